"""What a token may be limited to, and that nobody makes one above themselves (API A-40, A-41)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts import scopes, tokens
from accounts.models import ApiToken, Role, RoleAssignment
from accounts.selectors import living_secrets
from core.errors import NotAllowedError, RuleRefusedError, WrongStateError
from core.models import AuditLog
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory, default_company


@pytest.fixture
def owner(db):
    return AgentFactory()


@pytest.mark.parametrize(
    ("networks", "address", "serves"),
    [
        ([], "203.0.113.9", True),
        ([], "", True),
        (["10.1.0.0/16"], "10.1.2.3", True),
        (["10.1.0.0/16"], "10.2.0.1", False),
        (["10.1.0.0/16"], "::ffff:10.1.2.3", True),
        (["10.1.0.0/16", "2001:db8::/32"], "2001:db8::1", True),
        (["2001:db8::/32"], "10.1.2.3", False),
        (["10.1.2.3"], "10.1.2.3", True),
        (["10.1.2.3"], "", False),
    ],
)
def test_a_token_serves_only_from_its_networks(owner, networks, address, serves):
    _row, plain = tokens.mint(actor=owner, owner=owner, name="x", networks=networks)
    assert (tokens.check(plain, address=address) is not None) is serves


def test_the_address_is_that_of_the_request_and_no_header_of_the_caller(owner, settings):
    _row, plain = tokens.mint(actor=owner, owner=owner, name="x", networks=["10.1.0.0/16"])
    caller = Caller(token=plain)
    problem(caller.get("users/me/", X_Forwarded_For="10.1.2.3"), 401, "not_signed_in")
    settings.TRUSTED_PROXIES = 1
    assert caller.get("users/me/", X_Forwarded_For="10.1.2.3").status_code == 200
    problem(caller.get("users/me/", X_Forwarded_For="10.1.2.3, 203.0.113.9"), 401, "not_signed_in")
    settings.TRUSTED_PROXIES = 2
    assert caller.get("users/me/", X_Forwarded_For="1.1.1.1, 10.1.2.3, 203.0.113.9").status_code == 200
    problem(caller.get("users/me/", X_Forwarded_For="10.1.2.3"), 401, "not_signed_in")


@pytest.mark.parametrize("wrong", ["10.1.2", "10.1.0.0/40", "corp", "10.0.0.1; x"])
def test_what_is_no_network_is_refused(owner, wrong):
    with pytest.raises(RuleRefusedError) as refused:
        tokens.mint(actor=owner, owner=owner, name="x", networks=[wrong])
    assert refused.value.errors[0].field == "networks"
    with pytest.raises(RuleRefusedError):
        tokens.mint(actor=owner, owner=owner, name="x", networks=[f"10.0.0.{n}" for n in range(21)])
    assert not ApiToken.objects.exists()


def test_after_a_rotation_both_secrets_serve_for_the_overlap(owner):
    row, first = tokens.mint(actor=owner, owner=owner, name="x", days=30)
    rotated, second = tokens.rotate(row, actor=owner, days=10, overlap_hours=2)
    assert tokens.check(first).pk == tokens.check(second).pk == row.pk
    assert rotated.former_until - timezone.now() <= dt.timedelta(hours=2)
    assert dt.timedelta(days=9) < rotated.expires_at - timezone.now() <= dt.timedelta(days=10)
    assert len(living_secrets([row.pk])) == 2
    ApiToken.objects.update(former_until=timezone.now() - dt.timedelta(seconds=1))
    assert tokens.check(first) is None
    assert tokens.check(second) is not None
    assert len(living_secrets([row.pk])) == 1
    assert AuditLog.objects.filter(object_ref=row.public_part, action="rotated").count() == 1


def test_without_an_overlap_the_former_secret_ends_at_once(owner):
    row, first = tokens.mint(actor=owner, owner=owner, name="x")
    _row, second = tokens.rotate(row, actor=owner, overlap_hours=0)
    assert tokens.check(first) is None
    assert tokens.check(second) is not None


def test_the_former_secret_never_lives_longer_than_it_would_have(owner):
    row, _first = tokens.mint(actor=owner, owner=owner, name="x", days=1)
    rotated, _second = tokens.rotate(row, actor=owner, days=365, overlap_hours=168)
    assert rotated.former_until <= timezone.now() + dt.timedelta(days=1)
    with pytest.raises(RuleRefusedError):
        tokens.rotate(row, actor=owner, overlap_hours=169)


def test_a_token_that_ended_is_not_rotated(owner):
    row, _plain = tokens.mint(actor=owner, owner=owner, name="x")
    tokens.revoke(row, actor=owner)
    with pytest.raises(WrongStateError):
        tokens.rotate(row, actor=owner)
    with pytest.raises(NotAllowedError):
        tokens.rotate(row, actor=AgentFactory())


def test_nobody_gives_a_token_what_its_owner_lacks(owner):
    with pytest.raises(NotAllowedError):
        tokens.mint(actor=owner, owner=owner, name="x", scopes=["connectors:read"])
    editor = UserFactory(roles=["administrator"])
    assert tokens.mint(actor=editor, owner=editor, name="x", scopes=["connectors:read"])
    offered = {scope.code for scope in scopes.allowed_to(owner)}
    assert "incidents:write" in offered
    assert "webhooks:write" not in offered


def test_a_service_account_above_the_actor_gets_no_token_from_them(db):
    keeper = UserFactory(roles=["administrator"])
    robot = UserFactory(is_service=True, roles=["super"])
    with pytest.raises(NotAllowedError):
        tokens.mint(actor=keeper, owner=robot, name="x")
    row, _plain = tokens.mint(actor=robot, owner=robot, name="x")
    with pytest.raises(NotAllowedError):
        tokens.rotate(row, actor=keeper)
    tokens.revoke(row, actor=keeper)
    row.refresh_from_db()
    assert row.revoked_at is not None, "who edits people ends every token"


def test_a_token_makes_none_that_is_more_than_itself(owner):
    row, plain = tokens.mint(
        actor=owner, owner=owner, name="x", days=5, scopes=["tokens:write"], networks=["127.0.0.0/8"]
    )
    caller = Caller(token=plain)
    made = caller.post("tokens/", {"name": "y", "scopes": ["tokens:write"], "days": 300}).json()
    child = ApiToken.objects.get(public_id=made["id"])
    assert child.expires_at == row.expires_at
    assert child.networks == ["127.0.0.0/8"]
    wider = {"name": "y", "scopes": ["tokens:write"], "networks": ["0.0.0.0/0"]}
    problem(caller.post("tokens/", wider), 403, "not_allowed")
    problem(
        caller.post("tokens/", {"name": "y", "scopes": ["tokens:write", "users:read"]}), 403, "not_allowed"
    )
    turned = caller.post(f"tokens/{row.public_id}/rotate/", {"days": 300}).json()
    row.refresh_from_db()
    assert turned["token"] != plain
    assert row.expires_at == child.expires_at, "no token prolongs itself"
    wide = tokens.mint(actor=owner, owner=owner, name="wide")[0]
    problem(caller.post(f"tokens/{wide.public_id}/rotate/"), 403, "not_allowed")


def test_rights_taken_from_the_owner_are_gone_from_the_token_at_once(db):
    editor = UserFactory()
    role = Role.objects.create(
        key="conf", name_ko="x", grants=["config.write", "api.use"], company=default_company()
    )
    RoleAssignment.objects.create(user=editor, role=role)
    _row, plain = tokens.mint(actor=editor, owner=editor, name="x", scopes=["connectors:read"])
    caller = Caller(token=plain)
    assert caller.get("connectors/").status_code == 200
    role.grants = ["api.use"]
    role.save()
    problem(caller.get("connectors/"), 403, "not_allowed")


def test_a_browser_makes_a_token_over_rest_only_after_a_fresh_sign_in(client, owner):
    client.force_login(owner)
    answer = client.post("/api/v1/tokens/", {"name": "x"}, content_type="application/json")
    problem(answer, 403, "reauthenticate")
    row, _plain = tokens.mint(actor=owner, owner=owner, name="x")
    problem(
        client.post(f"/api/v1/tokens/{row.public_id}/rotate/", {}, content_type="application/json"),
        403,
        "reauthenticate",
    )
    assert ApiToken.objects.count() == 1
