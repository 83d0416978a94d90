"""What open pages are told of families and problems: nothing that their readers may not know of."""

from __future__ import annotations

from typing import Any

import pytest

from core.models import OutboxEvent
from incidents import services
from incidents.models import Incident
from notifications.live import envelope_of
from problems.services import tell_incidents
from tests.factories.incidents import make_incident, make_incident_task
from tests.factories.problems import caused_by, make_problem
from tests.settling import settle
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db
SOLVED = {"close_code": "solution_provided", "close_notes": "Restarted."}


def heard_by_requester(incident: Incident) -> list[str]:
    """The kinds of news that who reported the incident hears about it, of all that happened."""
    topic = f"tickets/{incident.number}"
    return [
        str(message.data["kind"])
        for event in OutboxEvent.objects.order_by("pk")
        for message in envelope_of(event).messages
        if message.topic == topic and not message.internal
    ]


def test_who_reported_a_parent_hears_nothing_of_its_tasks_and_children(agent: Any):
    parent, child = make_incident("in_progress"), make_incident("in_progress")
    before = heard_by_requester(parent)
    Incident.objects.filter(pk=child.pk).update(parent=parent.pk)
    make_incident_task("work_in_progress", incident=parent)
    services.resolve_incident(child.pk, actor=agent, **SOLVED)
    settle()
    assert OutboxEvent.objects.filter(name="incident.children_resolved").exists()
    assert heard_by_requester(parent) == before


def test_who_reported_an_incident_hears_nothing_of_its_problem(agent: Any):
    problem = make_problem(agent=agent)
    incident = caused_by(problem)
    before = heard_by_requester(incident)
    update_ticket(problem.pk, actor=agent, workaround="Use the other gateway.")
    tell_incidents(problem.pk, actor=agent, what="workaround")
    settle()
    assert heard_by_requester(incident) == before
    tell_incidents(problem.pk, actor=agent, what="workaround", public=True)
    settle()
    assert heard_by_requester(incident) == [*before, "ticket.commented"]
