"""What is told of accounts and tokens, to whom, and never a secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from accounts import tokens
from accounts.machines.services import create_account, update_account
from accounts.people.services import switch
from accounts.roles.services import give_role, take_role
from api.selectors import known_to
from core.models import AuditLog, OutboxEvent
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from webhooks.catalogue import find
from webhooks.choices import Payload
from webhooks.messages import body_of

pytestmark = pytest.mark.django_db
NAMES = (
    "role.given",
    "role.taken",
    "service_account.changed",
    "service_account.made",
    "token.ended",
    "token.made",
    "token.rotated",
    "user.disabled",
    "user.enabled",
)


@pytest.fixture
def keeper() -> Any:
    return UserFactory(roles=["administrator"])


def events(*names: str) -> list[OutboxEvent]:
    return list(OutboxEvent.objects.filter(name__in=names or NAMES).order_by("pk"))


def told(person: Any) -> list[tuple[str, dict[str, Any]]]:
    """What the event log tells this person."""
    return [(each.event.name, each.data) for each in known_to(person, events())]


def sent(person: Any) -> list[tuple[str, dict[str, Any]]]:
    """What a webhook with this person's rights sends."""
    bodies = [body_of(each, person, Payload.FULL) for each in events()]
    messages = [json.loads(body) for body in bodies if body is not None]
    return [(each["type"], each["data"] | {"sequence": 0}) for each in messages]


def test_a_tokens_life_is_told_to_its_owner_and_to_who_edits_people_by_both_ways(keeper):
    owner = AgentFactory()
    row, _plain = tokens.mint(actor=owner, owner=owner, name="x")
    tokens.rotate(row, actor=owner)
    tokens.revoke(row, actor=keeper)
    tokens.revoke(row, actor=keeper)
    assert [(each.name, each.actor_id) for each in events()] == [
        ("token.made", owner.pk),
        ("token.rotated", owner.pk),
        ("token.ended", keeper.pk),
    ]
    data = {"token": str(row.public_id), "user": owner.username}
    expected = [(name, data) for name in ("token.made", "token.rotated", "token.ended")]
    for person in (owner, keeper):
        assert told(person) == expected
        assert sent(person) == [(name, data | {"sequence": 0}) for name, data in expected]
    strangers = (
        UserFactory(),
        AgentFactory(),
        UserFactory(company=CompanyFactory(), roles=["administrator"]),
    )
    for person in strangers:
        assert told(person) == sent(person) == []


def test_no_secret_is_in_an_event_or_in_the_audit_trail(keeper):
    owner = AgentFactory()
    row, first = tokens.mint(actor=owner, owner=owner, name="x")
    row, second = tokens.rotate(row, actor=owner)
    kept = [
        *OutboxEvent.objects.values_list("payload", flat=True),
        *AuditLog.objects.values_list("diff", flat=True),
    ]
    text = json.dumps(kept)
    for secret in (first.split("_", 3)[3], second.split("_", 3)[3], row.secret_hash, row.former_hash):
        assert len(secret) > 40
        assert secret[:20] not in text


def test_each_token_that_ends_with_the_others_is_told(keeper):
    owner = AgentFactory()
    rows = [tokens.mint(actor=owner, owner=owner, name="x")[0] for _ in range(3)]
    tokens.revoke(rows[0], actor=owner)
    tokens.revoke_all(owner, actor=keeper)
    assert [each.payload["token_id"] for each in events("token.ended")] == [row.pk for row in rows]


def test_a_service_accounts_life_is_told_to_who_edits_people(keeper):
    robot = create_account(actor=keeper, username="nagios", name_ko="x", roles=["agent"])
    tokens.mint(actor=keeper, owner=robot, name="x")
    update_account("nagios", actor=keeper, name_en="Nagios", roles=[])
    update_account("nagios", actor=keeper, name_en="Nagios")
    update_account("nagios", actor=keeper, is_active=False)
    found = [(name, data) for name, data in told(keeper) if name != "token.made"]
    assert found == [
        ("service_account.made", {"user": "nagios"}),
        ("service_account.changed", {"user": "nagios", "fields": ["name_en", "roles"]}),
        ("token.ended", {"user": "nagios", "token": found[2][1]["token"]}),
        ("service_account.changed", {"user": "nagios", "fields": ["is_active"], "is_active": False}),
    ]
    assert [name for name, _data in sent(keeper) if name != "token.made"] == [name for name, _data in found]
    assert told(AgentFactory()) == []


def test_people_switched_and_roles_handed_out_are_told_to_who_edits_people(keeper):
    person = AgentFactory()
    switch(person.username, actor=keeper, on=False)
    switch(person.username, actor=keeper, on=True)
    give_role("incident_manager", actor=keeper, user=person)
    take_role("incident_manager", actor=keeper, user=person)
    user = {"user": person.username}
    expected = [
        ("user.disabled", user),
        ("user.enabled", user),
        ("role.given", user | {"key": "incident_manager"}),
        ("role.taken", user | {"key": "incident_manager"}),
    ]
    assert told(keeper) == expected
    assert sent(keeper) == [(name, data | {"sequence": 0}) for name, data in expected]
    for stranger in (person, AgentFactory(), UserFactory(roles=["config_admin"])):
        assert told(stranger) == sent(stranger) == []


def test_all_of_them_may_leave_by_webhooks():
    assert all(find(name) for name in NAMES)
