"""Hostile values in every field of every body, every parameter of every list, every part of an address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from rest_framework.settings import api_settings

from api.urls import addresses
from api.views import description_of
from catalog.models import Request
from cmdb.services import create_ci
from core.models import AuditLog, OutboxEvent
from incidents.models import Incident
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, GroupFactory, default_company
from tests.factories.approvals import make_approval_request, make_delegation, row_of
from tests.factories.catalog import item_of, make_order, make_version, task_of
from tests.factories.incidents import make_incident
from tests.factories.notifications import make_notice
from tickets.models import Activity

VALUES: list[Any] = [
    None,
    "",
    "a\0b",
    "\ud800",
    "x" * 30_000,
    "'; DROP TABLE tickets_ticket; --",
    "\u202e<script>{{ x }}%s",
    -1,
    2**70,
    1.5e300,
    True,
    [],
    [[{}]],
    {"a": {"b": [None]}},
    "9999-12-31T23:59:59Z",
]
TEXTS = [
    "",
    "'",
    '";SELECT pg_sleep(3)--',
    "%00",
    "%ED%A0%80",
    'a.b"c',
    "-1",
    "9" * 40,
    "[]",
    "\u202e",
    "x" * 500,
]
# Bodies that would be accepted, so that each hostile field is met by the code behind the serializer too.
GOOD: dict[str, dict[str, Any]] = {
    "incidents-list": {"title": "VPN", "impact": 2},
    "cis-list": {"name": "gw", "ci_class": "server"},
    "tokens-list": {"name": "t"},
    "incidents-comments-list": {"body": "x"},
    "incidents-work-notes-list": {"body": "x"},
    "catalog-items-order": {"variables": {"size": "small"}},
    "catalog-items-quote": {"variables": {"size": "small"}},
    "approvals-decision": {"decision": "reject", "comment": "No"},
}
MOVES = {
    "incidents": ["hold", "resolve", "cancel"],
    "requests": ["cancel"],
    "request-items": ["cancel"],
    "catalog-tasks": ["complete"],
}


@pytest.fixture
def caller(db: None, monkeypatch: pytest.MonkeyPatch) -> Caller:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")
    return Caller(AgentFactory(roles=["administrator"]))


@pytest.fixture
def places(caller: Caller) -> dict[str, str]:
    """A real key for each kind of address."""
    incident = make_incident(requester=caller.user)
    order = make_order(person=caller.user)
    approval = row_of(make_approval_request(caller.user), caller.user)
    ci = create_ci(actor=None, company=default_company(), class_key="server", name="gw")
    return {
        "incidents": incident.number,
        "tickets": incident.number,
        "requests": order.number,
        "request-items": item_of(order).number,
        "catalog-tasks": task_of(item_of(order)).number,
        "catalog/items": make_version().item.key,
        "cis": ci.number,
        "users": caller.user.username,
        "groups": GroupFactory().key,
        "approvals": str(approval.public_id),
        "delegations": str(make_delegation(caller.user, AgentFactory()).public_id),
        "notifications": str(make_notice(caller.user).public_id),
    }


def properties(name: str) -> list[str]:
    """The fields of a component of the OpenAPI document."""
    return list(description_of()["components"]["schemas"][name].get("properties", {}))


def writing() -> Iterator[tuple[str, str, list[str], str]]:
    """Each operation that takes JSON: method, route, its fields, its name; the parts of one kind only."""
    document = description_of()
    for address in addresses:
        if "kind" in address.options and not address.route.startswith("incidents/"):
            continue
        for method in set(address.actions) & {"post", "patch"}:
            path = "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", address.route)
            body = document["paths"][path][method].get("requestBody", {}).get("content", {})
            schema = body.get("application/json", {}).get("schema", {}).get("$ref", "")
            if schema:
                yield method, address.route, properties(schema.split("/")[-1]), address.name


def asking() -> Iterator[tuple[str, str]]:
    """Each query parameter of each list, once where lists share it, and names that are none."""
    seen = set()
    for route in sorted({address.route for address in addresses if address.is_collection}):
        yield from ((f"/api/v1/{route}", name) for name in ("bogus__lookup", "password"))
        for each in description_of()["paths"][f"/api/v1/{route}"]["get"]["parameters"]:
            same = str(each)
            if each["in"] == "query" and same not in seen:
                seen.add(same)
                yield f"/api/v1/{route}", each["name"]


WRITING = sorted(writing())
PARAMETERS = list(asking())
SHARES = 4  # so that parallel workers take one each; the rows are made once per share


def filled(route: str, places: dict[str, str]) -> str:
    """The route with real keys, where there are any."""
    prefix = next(
        (name for name in sorted(places, key=len, reverse=True) if route.startswith(f"{name}/")), ""
    )
    key = places.get(prefix, "nothing")
    route = re.sub(r"<(key|uuid):(number|key|username|public_id)>", key, route, count=1)
    return re.sub(r"<uuid:\w+>", "0197c0de-0000-7000-8000-000000000000", route)


def fine(answer: Any, told: str) -> None:
    """No defect, and a refusal is a problem document."""
    assert answer.status_code < 500, (told, answer.content)
    if answer.status_code >= 400:
        assert answer["Content-Type"] == "application/problem+json", told


@pytest.mark.parametrize("share", range(SHARES))
def test_no_value_of_a_field_is_a_defect(caller, places, share):
    for method, route, names, operation in WRITING[share::SHARES]:
        ends = MOVES.get(route.split("/")[0], [""]) if "<key:name>" in route else [""]
        for end in ends:
            path = filled(route.replace("<key:name>", end), places)
            for name in [*names, "bogus"]:
                for value in VALUES:
                    body = GOOD.get(operation, {}) | {name: value}
                    extra = {"If_Match": "*"} if method == "patch" else {}
                    answer = caller.call(method.upper(), path, body, **extra)
                    fine(answer, f"{method} {path} {name}={str(value)[:40]!r}")


@pytest.mark.parametrize("share", range(SHARES))
def test_no_value_of_a_parameter_is_a_defect(caller, places, share):
    for path, name in PARAMETERS[share::SHARES]:
        for text in TEXTS:
            told = f"{path}?{name}={text if '%' in text else quote(text)}"
            fine(caller.get(told), told)


def test_no_part_of_an_address_is_a_defect(caller, places):
    own = [a for a in addresses if "kind" not in a.options or a.route.startswith("incidents/")]
    for route in sorted({each.route for each in own if "<" in each.route and "get" in each.actions}):
        for text in TEXTS:
            told = re.sub(r"<\w+:\w+>", text if "%" in text else quote(text, safe=""), route, count=1)
            fine(caller.get(filled(told, places)), told)


def test_refused_bodies_write_nothing(caller, places):
    """All hostile values at once in each field of the four writes that matter most."""
    models = (Incident, Request, Activity, AuditLog, OutboxEvent)
    before = [model.objects.count() for model in models]
    for value in ("a\0b", "\ud800", 2**70, [[{}]], {"a": 1}):
        for path, name in (
            ("incidents/", "title"),
            (f"catalog/items/{places['catalog/items']}/order/", "variables"),
            (f"incidents/{places['incidents']}/comments/", "body"),
            (f"approvals/{places['approvals']}/decision/", "decision"),
        ):
            assert caller.post(path, {name: value}).status_code in {400, 422}
    assert [model.objects.count() for model in models] == before
