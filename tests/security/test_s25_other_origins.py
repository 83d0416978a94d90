"""S-25: another site can neither call, nor read, nor frame: CSRF, CORS, framing, and what GET never does."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.security.hidden import paths_for
from tests.security.matrix import rows
from tests.security.operations import rows_digest
from tests.security.world import World

ORIGIN = {"Origin": "http://evil.test", "Referer": "http://evil.test/", "Sec-Fetch-Site": "cross-site"}
# Signed calls, and links whose secret is the credential (SECURITY SE-7): no session counts there.
WITHOUT_SESSION = ("api/v1/hooks/", "a/<str:token>/", "s/<str:token>/")
# Reading the log of events hands out the positions of what was committed since (decision 0016).
WRITTEN_BY_READING = ("accounts_session", "UPDATE core_outboxevent SET position")
UNSAFE = ("post", "patch", "delete", "put")


@pytest.fixture
def client(world: World) -> Client:
    """The agent's browser, as a page of another site makes it call."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False, headers=ORIGIN)
    client.force_login(world.people["agent"])
    return client


def test_no_form_of_another_site_is_taken(world: World, client: Client):
    before, wrong, count = rows_digest(), [], 0
    for route, method in rows():
        if method not in UNSAFE or route.startswith(WITHOUT_SESSION):
            continue
        path = world.path(route)
        for kind in ("application/x-www-form-urlencoded", "text/plain", "application/json"):
            answer = client.generic(method.upper(), path, "a=b", content_type=kind)
            count += 1
            if answer.status_code not in {403, 404, 405}:
                wrong.append(f"{method} {route} as {kind}: {answer.status_code}")
    print(f"S-25: {count} calls from another origin")
    assert wrong == []
    assert rows_digest() == before
    assert count > 500


def test_no_answer_may_be_read_by_another_site_or_shown_in_its_frame(world: World, client: Client):
    wrong = []
    for path in paths_for(world, details=True):
        for method in ("GET", "OPTIONS"):
            asks = {"Access-Control-Request-Method": "POST"} if method == "OPTIONS" else {}
            answer = client.generic(method, path, headers=asks)
            wrong += [f"{method} {path}: {name}" for name in answer.headers if _opens(name)]
            policy = answer.headers.get("Content-Security-Policy", "")
            framed = "frame-ancestors 'none'" in policy or policy.startswith("sandbox; default-src 'none'")
            if not framed or answer.headers.get("X-Frame-Options") != "DENY":
                wrong.append(f"{method} {path}: may be framed: {policy[:60]}")
            kept = not path.startswith("/problems/") and "no-store" not in answer.headers["Cache-Control"]
            if "'unsafe-" in policy or kept:
                wrong.append(f"{method} {path}: {policy[:60]} {answer.headers.get('Cache-Control')}")
            if answer.streaming:
                list(answer)
    assert wrong == []


def _opens(header: str) -> bool:
    return header.lower().startswith(("access-control-", "timing-allow-origin"))


def test_reading_writes_nothing(world: World, client: Client):
    """BR-2: GET and HEAD change no row, but for what the reader's own session and drafts keep."""
    wrote: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        if str(sql).lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            wrote.append(f"{here}: {' '.join(str(sql).split())[:80]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        for here in paths_for(world, details=True):
            answer = client.get(here)
            if answer.streaming:
                list(answer)
    assert [each for each in wrote if not any(known in each for known in WRITTEN_BY_READING)] == []
