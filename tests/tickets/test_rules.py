"""A company narrows edges with rows; what is offered is what is accepted (PROCESSES G-01, API A-14)."""

from __future__ import annotations

import pytest

from accounts.models import Role
from core.errors import NotAllowedError, RuleRefusedError
from incidents import services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.models import TransitionRule
from tickets.services import apply_transition
from tickets.transitions import available

STATES = ["new", "in_progress", "on_hold", "resolved", "closed", "cancelled"]
INPUTS = {
    "hold": {"hold_reason": "awaiting_vendor", "hold_until": "2099-01-01T00:00:00Z"},
    "resolve": {"close_code": "solution_provided", "close_notes": "Done."},
    "cancel": {"reason_text": "Sent twice."},
    "reopen": {"comment": "Still broken"},
}


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("who", ["requester", "agent", "incident_manager", "watcher"])
def test_what_is_offered_is_accepted_and_the_rest_is_refused(state, who):
    requester, agent = UserFactory(), AgentFactory()
    incident = make_incident(state, requester=requester, agent=agent)
    actor = {
        "requester": requester,
        "agent": agent,
        "incident_manager": UserFactory(roles=["incident_manager"]),
        "watcher": UserFactory(),
    }[who]
    if who == "watcher":
        incident.watchers.create(user=actor)
    offered = {move.name for move in available(actor, incident)}
    for name in ["start", "hold", "resume", "resolve", "reopen", "close", "cancel"]:
        fresh = make_incident(state, requester=requester, agent=agent)
        if who == "watcher":
            fresh.watchers.create(user=actor)
        given = INPUTS.get(name, {})
        if name in offered:
            apply_transition(Incident, fresh.pk, name, actor=actor, **given)
        else:
            with pytest.raises(Exception) as refusal:  # noqa: PT011 - 403 and 409 are both right, by the table
                apply_transition(Incident, fresh.pk, name, actor=actor, **given)
            assert refusal.value.status in {403, 409}


@pytest.mark.django_db
def test_a_rule_may_ask_for_a_role():
    TransitionRule.objects.create(
        kind="incident", name="cancel", role=Role.objects.get(key="incident_manager")
    )
    incident, agent = make_incident(), AgentFactory()
    with pytest.raises(NotAllowedError):
        services.cancel_incident(incident.pk, actor=agent, reason_text="x")
    closed = {move.name: (move.closed_by, move.reason) for move in available(agent, incident, blocked=True)}
    assert closed["cancel"][0] == "rule"
    assert "Incident manager" in closed["cancel"][1] or "인시던트 관리자" in closed["cancel"][1]
    manager = UserFactory(roles=["incident_manager"])
    assert services.cancel_incident(incident.pk, actor=manager, reason_text="x").state == "cancelled"


@pytest.mark.django_db
def test_a_rule_may_ask_for_a_condition_and_fields():
    TransitionRule.objects.create(
        kind="incident", name="resolve", condition={"f": "priority", "op": "gte", "v": 3},
        refusal_ko="긴급 건은 관리자가 해결합니다.", refusal_en="Urgent ones are resolved by the manager.",
        required_fields=["category"],
    )  # fmt: skip
    agent = AgentFactory()
    urgent = make_incident("in_progress", agent=agent, impact=1, urgency=1, category="network")
    with pytest.raises(RuleRefusedError):
        services.resolve_incident(urgent.pk, actor=agent, close_code="user_error", close_notes="x")
    bare = make_incident("in_progress", agent=agent)
    with pytest.raises(RuleRefusedError) as refusal:
        services.resolve_incident(bare.pk, actor=agent, close_code="user_error", close_notes="x")
    assert refusal.value.errors[0].field == "category"


@pytest.mark.django_db
def test_a_disabled_rule_rules_nothing():
    TransitionRule.objects.create(
        kind="incident", name="cancel", role=Role.objects.get(key="super"), enabled=False
    )
    assert (
        services.cancel_incident(make_incident().pk, actor=AgentFactory(), reason_text="x").state
        == "cancelled"
    )
