"""The machine of incidents is exactly the table of PROCESSES INC-01."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import IllegalTransitionError
from incidents import services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tickets.services import apply_transition
from tickets.transitions import all_edges

EDGES = {
    ("start", "new", "in_progress"),
    ("hold", "new", "on_hold"),
    ("hold", "in_progress", "on_hold"),
    ("resume", "on_hold", "in_progress"),
    ("resolve", "new", "resolved"),
    ("resolve", "in_progress", "resolved"),
    ("resolve", "on_hold", "resolved"),
    ("reopen", "resolved", "in_progress"),
    ("close", "resolved", "closed"),
    ("cancel", "new", "cancelled"),
    ("cancel", "in_progress", "cancelled"),
    ("cancel", "on_hold", "cancelled"),
    ("merge", "new", "cancelled"),
    ("merge", "in_progress", "cancelled"),
    ("merge", "on_hold", "cancelled"),
    ("merge", "resolved", "cancelled"),
    ("unmerge_new", "cancelled", "new"),
    ("unmerge_in_progress", "cancelled", "in_progress"),
    ("unmerge_on_hold", "cancelled", "on_hold"),
    ("unmerge_resolved", "cancelled", "resolved"),
}
STATES = ["new", "in_progress", "on_hold", "resolved", "closed", "cancelled"]
INPUTS = {
    "hold": {"hold_reason": "awaiting_vendor"},
    "resolve": {"close_code": "solution_provided", "close_notes": "Done."},
    "cancel": {"reason_text": "Sent twice."},
    "merge": {"into": "whatever"},
    "unmerge_on_hold": {
        "hold_reason": "awaiting_vendor",
        "hold_until": dt.datetime(2030, 1, 1, tzinfo=dt.UTC),
    },
    "unmerge_resolved": {"close_code": "solution_provided", "close_notes": "Done."},
}


def test_the_machine_has_exactly_these_edges():
    assert {(each.name, each.source, each.target) for each in all_edges(Incident)} == EDGES


@pytest.mark.django_db
@pytest.mark.parametrize("state", STATES)
def test_every_other_move_is_refused_and_changes_nothing(state):
    incident = make_incident(state)
    before = incident.lock_version
    for name in {edge[0] for edge in EDGES}:
        if any(edge[0] == name and edge[1] == state for edge in EDGES):
            continue
        with pytest.raises(IllegalTransitionError) as refusal:
            apply_transition(Incident, incident.pk, name, actor=None, **INPUTS.get(name, {}))
        assert refusal.value.extra["current_state"] == state
    incident.refresh_from_db()
    assert (incident.state, incident.lock_version) == (state, before)


@pytest.mark.django_db
@pytest.mark.parametrize("edge", sorted(each for each in EDGES if "merge" not in each[0]))
def test_every_edge_can_be_walked(edge):
    name, source, target = edge
    agent = AgentFactory(roles=["incident_manager"])
    incident = make_incident(source, agent=agent)
    moved = services.SERVICES[name](incident.pk, actor=agent, **INPUTS.get(name, {}))
    assert moved.state == target
    moved.refresh_from_db()
    assert moved.state == target


@pytest.mark.django_db
def test_a_state_is_never_assigned():
    incident = make_incident()
    with pytest.raises(AttributeError):
        incident.state = "closed"
