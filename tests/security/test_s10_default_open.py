"""S-10: nothing is open by default: no address answers a stranger, by any method, but those that say so."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts import policies
from accounts.models import Role
from tests.api.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident
from tests.security.test_access_matrix import PUBLIC
from tests.security.world import World, routes

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "GETX")
# What tells a stranger nothing: sign in, not yours, no such method, no such address.
CLOSED = {401, 403, 404, 405}
# Signed calls: the signature is the credential, and who is unsigned is refused (tests/workflows).
SIGNED = {"api/v1/hooks/<key:flow_key>/"}


def is_sign_in(answer: Any) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/accounts/login/")


def strange(answer: Any) -> bool:
    """Whether the answer is anything but closed."""
    return answer.status_code not in CLOSED and not is_sign_in(answer)


def test_no_address_answers_a_stranger_by_any_method(world: World):
    wrong, count = [], 0
    for route, _view in routes():
        if route in PUBLIC | SIGNED:
            continue
        path = world.path(route)
        for method in METHODS:
            answer = Client(raise_request_exception=False).generic(method, path)
            count += 1
            if strange(answer):
                wrong.append(f"{method} {route}: {answer.status_code}")
            if path.startswith("/api/") and answer.status_code >= 400 and method != "HEAD":
                assert answer["Content-Type"] == "application/problem+json", (method, path)
    print(f"S-10: {count} calls of a stranger")
    assert wrong == []
    assert count > 3000


def test_a_method_that_overrides_another_is_not_heard(world: World):
    """A POST stays a POST whatever a header, a field or a parameter says."""
    number = world.parts["incidents", "number"]
    client = Client()
    client.force_login(world.people["agent"])
    for headers, path in (
        ({"X-HTTP-Method-Override": "PATCH", "If-Match": "*"}, f"/api/v1/incidents/{number}/"),
        ({"X-HTTP-Method": "DELETE"}, f"/api/v1/incidents/{number}/"),
        ({}, f"/api/v1/incidents/{number}/?_method=PATCH"),
    ):
        answer = client.post(path, {"title": "y"}, content_type="application/json", headers=headers)
        assert answer.status_code == 405, headers


def test_a_role_without_grants_opens_nothing(db: None):
    role = Role.objects.create(key="hollow", name_ko="빈 역할", name_en="Hollow", grants=[])
    person = UserFactory()
    person.roles.add(role)
    hidden, caller = make_incident(), Caller(person)
    assert caller.get(f"incidents/{hidden.number}/").status_code == 404
    assert caller.get("incidents/").json()["results"] == []
    assert caller.get("webhooks/").status_code == 403
    assert caller.get("audit/").status_code == 403


def test_a_grant_that_nobody_knows_opens_nothing(db: None):
    grants = ["*", "all", ""]
    role = Role.objects.create(key="strange", name_ko="이상한 역할", name_en="Strange", grants=grants)
    person = UserFactory()
    person.roles.add(role)
    caller = Caller(person)
    for path in ("webhooks/", "connectors/", "flow-dead-letters/", "reports/sla/"):
        assert caller.get(path).status_code == 403, path


def test_a_policy_that_fails_says_no(db: None, monkeypatch: pytest.MonkeyPatch):
    """AC-1: an exception inside a policy is no permission: nothing is shown, nothing is written."""
    person = UserFactory(roles=["administrator"])
    caller = Caller(person)
    assert caller.get("webhooks/").status_code == 200

    def broken(*_args: Any, **_kwargs: Any) -> Any:
        raise RuntimeError("planted")

    monkeypatch.setattr(policies, "grants_of", broken)
    client = Client(raise_request_exception=False)
    answer = client.get("/api/v1/webhooks/", headers=caller.headers)
    assert answer.status_code == 500
    assert "results" not in answer.json()
    assert "planted" not in answer.content.decode()
