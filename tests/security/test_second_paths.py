"""S-7, A-34: what one may not do singly one may not do in a bulk or by a job; equal decisions everywhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.settings import api_settings

from api.models import JobItem
from api.urls import addresses
from api.working import work_jobs
from tests.security.world import World, build

ROLES = ("own", "other", "agent", "supplier", "approver")
SHARES = 4
NOT_IN_BULK = {"attachments", "bulk", "hooks", "jobs"}


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")
    monkeypatch.setattr("api.working.AT_ONCE", 1000)
    monkeypatch.setattr("api.working.SECONDS", 60.0)
    return build()


OPERATIONS = [
    (f"api/v1/{each.route}", method, each)
    for each in addresses
    for method in ("get", "post", "patch", "delete")
    if method in each.actions and each.view.in_bulk
]


def signed_in(person: Any) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def operation(client: Client, world: World, route: str, method: str) -> dict[str, Any]:
    """The call as an operation of a bulk; a change names the version that its caller reads."""
    path = world.path(route)
    made: dict[str, Any] = {"method": method.upper(), "path": path}
    if method in {"post", "patch"}:
        made["body"] = world.body(path)
    if method in {"patch", "delete"}:
        made["if_match"] = client.get(path).headers.get("ETag", '"none"')
    return made


def code_of(document: Any) -> str:
    return document.get("code", "") if isinstance(document, dict) else ""


def singly(client: Client, told: dict[str, Any]) -> tuple[int, str]:
    headers = {"If-Match": told["if_match"]} if "if_match" in told else {}
    sent = getattr(client, told["method"].lower())
    if told["method"] == "GET":
        answer = sent(told["path"])
    else:
        answer = sent(told["path"], told.get("body", {}), content_type="application/json", headers=headers)
    status = answer.status_code
    return status, code_of(answer.json()) if status >= 400 else ""


def in_bulk(client: Client, told: dict[str, Any]) -> tuple[int, str]:
    answer = client.post("/api/v1/bulk/", {"operations": [told]}, content_type="application/json")
    assert answer.status_code == 200, (told, answer.content)
    result = answer.json()["results"][0]
    return result["status"], code_of(result.get("problem"))


def by_job(client: Client, told: dict[str, Any]) -> tuple[int, str]:
    answer = client.post(
        "/api/v1/bulk/",
        {"operations": [told]},
        content_type="application/json",
        headers={"Prefer": "respond-async"},
    )
    assert answer.status_code == 202, (told, answer.content)
    while work_jobs(limit=1000):
        pass
    item = JobItem.objects.latest("pk")
    assert item.status is not None
    return item.status, code_of(item.problem)


def undone(act: Any, *given: Any) -> Any:
    """What ``act`` answers; what it writes is undone."""
    with transaction.atomic():
        answer = act(*given)
        transaction.set_rollback(True)
    return answer


@pytest.mark.parametrize("share", range(SHARES))
def test_a_bulk_decides_as_single_calls_do(world, share):
    wrong = []
    clients = {role: signed_in(world.people[role]) for role in ROLES}
    for route, method, address in OPERATIONS[share::SHARES]:
        takes_secret = address.actions[method] in address.view.secret_actions
        for role, client in clients.items():
            told = operation(client, world, route, method)
            expected = undone(singly, client, told)
            ways = [in_bulk] if method == "get" or takes_secret else [in_bulk, by_job]
            wrong += [
                f"{method} {told['path']} {role} {way.__name__}: {found}, singly {expected}"
                for way in ways
                if (found := undone(way, client, told)) != expected
            ]
    assert not wrong, "\n".join(wrong)


def test_what_a_bulk_does_not_do_is_a_short_list():
    outside = {each.route for each in addresses if not each.view.in_bulk}
    assert {next(name for name in NOT_IN_BULK if name in route) for route in outside} == NOT_IN_BULK
    assert len(OPERATIONS) > 150
