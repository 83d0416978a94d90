"""S-26, AU-6: one JSON line per entry whatever is in it, and no secret in any line, error, figure or row."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from django.test import Client
from django.urls import reverse

from accounts import tokens
from approvals.services import link_for
from connectors.services import set_secret
from core.models import AuditLog, Delivery, OutboxEvent, RowChange
from itsm.logs import logging_settings
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.approvals import make_approval_request, row_of
from tests.factories.connectors import make_connector
from tests.stepped import stepped_up

BREAKS = ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1b[2J", "\x00"]
FORGED = '{"event": "audit_verified", "level": "info"}'
LOGIN = "/accounts/login/"


@pytest.fixture
def lines() -> Iterator[Any]:
    """Everything that is logged, written as the platform writes it; ``lines()`` gives the lines so far."""
    made: dict[str, Any] = logging_settings(json=True)["formatters"]["line"]  # type: ignore[index]
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(made.pop("()")(**made))
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lambda: stream.getvalue().splitlines()
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@pytest.mark.parametrize("text", BREAKS)
def test_an_entry_is_one_line_of_json_whatever_is_in_it(lines, text):
    hostile = f"before{text}{FORGED}"
    structlog.get_logger("maru.test").warning(hostile, **{"name": hostile, f"key{text}": hostile})
    structlog.get_logger("maru.test").info("x", path=[hostile, {"deep": hostile}])
    logging.getLogger("foreign.test").warning("Not Found: %s", hostile)
    with structlog.contextvars.bound_contextvars(request_id=hostile):
        logging.getLogger("foreign.test").warning("bound")
    try:
        int(hostile)
    except ValueError:
        structlog.get_logger("maru.test").exception("failed")
        logging.getLogger("foreign.test").exception(hostile)
    found = lines()
    assert len(found) == 6, found
    entries = [json.loads(line) for line in found]
    assert all(entry["event"] != "audit_verified" for entry in entries)
    assert all(line.isascii() and line.isprintable() for line in found)
    assert entries[0]["name"] == hostile


@pytest.mark.parametrize("text", ["%0D%0A", "%E2%80%A8", "%1B%5B2J"])
def test_what_is_asked_for_and_by_whom_breaks_no_line(db, lines, text):
    browser = Client(headers={"User-Agent": "x", "X-Request-ID": f"a{text}"})
    assert browser.get(f"/nothing{text}{FORGED}/").status_code == 404
    browser.post(LOGIN, {"login": f"a\r\n\u2028{FORGED}", "password": "wrong wrong wrong"})
    assert lines()
    assert all(isinstance(json.loads(line), dict) for line in lines())


# Canaries


@pytest.fixture
def canaries(db: None, lines: Any, monkeypatch: pytest.MonkeyPatch) -> tuple[list[str], list[str]]:
    """The secrets that were used in every way that fails and succeeds, and what was answered."""
    password, header, secret = "canary-password-7531", "canary-header-7531", "canary-connector-7531"
    person = UserFactory(roles=["administrator"])
    person.set_password(password)
    person.save()
    _row, plain = tokens.mint(actor=person, owner=person, name="x")
    approver = AgentFactory()
    link = link_for(row_of(make_approval_request(approver), approver).pk).strip("/").split("/")[-1]
    browser = Client(raise_request_exception=False)
    sent = [
        browser.post(LOGIN, {"login": person.username, "password": f"wrong-{password}"}),
        browser.post(LOGIN, {"login": f"nobody-{person.username}", "password": password}),
        browser.post(LOGIN, {"login": person.username, "password": password}),
        browser.post("/accounts/reauthenticate/", {"stepup": "GET", "stepup_password": f"not-{password}"}),
    ]
    stepped_up(browser)
    headers = {"Authorization": f"Bearer {plain}", "X-Api-Key": header, "Cookie": f"x={header}"}
    basic = {"Authorization": f"Basic {header}"}
    wrong = {"Authorization": f"Bearer {plain[:-8]}00000000"}
    program = Client(raise_request_exception=False)
    for path in ("users/me/", "users/nobody/", "nothing/", "users/?strange=1"):
        sent += [program.get(f"/api/v1/{path}", headers=each) for each in (headers, basic, wrong)]
    sent.append(program.post("/api/v1/incidents/", "{", content_type="application/json", headers=headers))
    made = browser.post("/account/tokens/new/", {"name": "x", "everything": "on", "days": "1"})
    assert made.status_code == 200
    connector = make_connector(auth="bearer", base_url="https://erp.invalid/")
    place = f"/api/v1/connectors/{connector.key}/"
    for name in ("token", "nonsense"):
        body = {"name": name, "value": secret}
        sent.append(browser.post(f"{place}secrets/", body, content_type="application/json"))
    set_secret(connector.key, actor=person, name="token", value=secret)
    sent.append(browser.post(f"{place}test/", {}, content_type="application/json"))
    for answer in ("reject", "nonsense"):  # a refusal, after which the link still works
        sent.append(Client(raise_request_exception=False).post(f"/a/{link}/", {"decision": answer}))
    monkeypatch.setattr("accounts.api.views.people_for", lambda *_given: 1 / 0)
    sent.append(program.get("/api/v1/users/", headers=headers))
    assert sent[-1].status_code == 500
    secrets = [password, header, secret, plain.split("_", 3)[3][:43], link]
    return secrets, [each.content.decode() for each in sent]


def test_no_secret_is_in_a_log_line_an_error_a_figure_or_a_row(canaries, lines, client, settings):
    secrets, answers = canaries
    settings.METRICS_FROM = ["127.0.0.1"]
    figures = client.get(reverse("metrics")).content.decode()
    tables = [repr(list(model.objects.values())) for model in (AuditLog, RowChange, OutboxEvent, Delivery)]
    logged = lines()
    assert any("ZeroDivisionError" in line for line in logged)
    places = {"log": "\n".join(logged), "figures": figures, "rows": "\n".join(tables)}
    found = [f"{secret} in {name}" for name, text in places.items() for secret in secrets if secret in text]
    # The page of a link holds its own address; nothing else answers with what it was sent.
    own = secrets[-1]
    found += [
        f"{secret} in an answer"
        for text in answers
        for secret in secrets
        if secret in text and not (secret == own and f"/a/{own}/" in text)
    ]
    assert not found, "\n".join(found)
