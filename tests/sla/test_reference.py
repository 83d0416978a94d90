"""The seed promises on real incidents."""

from __future__ import annotations

import pytest

from incidents import services
from sla import reference
from sla.models import Clock, SLADefinition
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tickets.services import add_comment, add_work_note, update_ticket

pytestmark = pytest.mark.django_db
MINUTE, HOUR = 60, 3600


def stages(incident):
    rows = Clock.objects.filter(ticket=incident.pk).order_by("track", "cycle")
    return [(row.track.removeprefix("incident_"), row.cycle, row.stage) for row in rows]


@pytest.mark.parametrize(
    ("impact", "urgency", "response", "resolution", "calendar"),
    [
        (1, 1, 15 * MINUTE, 4 * HOUR, None),
        (1, 2, 30 * MINUTE, 8 * HOUR, None),
        (2, 2, 4 * HOUR, 27 * HOUR, "kr-office"),
        (3, 2, 8 * HOUR, 45 * HOUR, "kr-office"),
        (3, 3, 18 * HOUR, 90 * HOUR, "kr-office"),
    ],
)
def test_an_incident_gets_response_and_resolution_by_its_priority(
    impact, urgency, response, resolution, calendar
):
    incident = make_incident(impact=impact, urgency=urgency)
    rows = Clock.objects.filter(ticket=incident.pk).order_by("track")
    found = [(row.track, row.target_s, row.calendar and row.calendar.key) for row in rows]
    assert found == [("incident_resolution", resolution, calendar), ("incident_response", response, calendar)]


def test_the_life_of_an_incident_moves_its_clocks():
    agent = AgentFactory()
    incident = make_incident()
    services.start_incident(incident.pk, actor=agent)
    assert stages(incident) == [("resolution", 1, "in_progress"), ("response", 1, "in_progress")]
    services.hold_incident(
        incident.pk, actor=agent, hold_reason="awaiting_caller", comment="Which office are you in?"
    )
    assert stages(incident) == [("resolution", 1, "paused"), ("response", 1, "completed")]
    services.resume_incident(incident.pk, actor=agent)
    services.resolve_incident(
        incident.pk, actor=agent, close_code="solution_provided", close_notes="Restarted the gateway."
    )
    assert stages(incident) == [("resolution", 1, "completed"), ("response", 1, "completed")]
    services.reopen_incident(incident.pk, actor=agent)
    assert stages(incident)[:2] == [("resolution", 1, "completed"), ("resolution", 2, "in_progress")]


def test_the_first_public_word_of_an_agent_is_the_response_and_a_note_is_not():
    agent = AgentFactory()
    incident = make_incident()
    add_work_note(incident.pk, actor=agent, body="Looking into it.")
    assert stages(incident)[1] == ("response", 1, "in_progress")
    add_comment(incident.pk, actor=incident.requester, body="It still drops.")
    assert stages(incident)[1] == ("response", 1, "in_progress")
    add_comment(incident.pk, actor=agent, body="We are looking into it.")
    assert stages(incident) == [("resolution", 1, "in_progress"), ("response", 1, "completed")]


def test_a_raised_priority_takes_over_the_running_clock():
    agent = AgentFactory()
    incident = make_incident(impact=3, urgency=3)
    update_ticket(incident.pk, actor=agent, impact=1, urgency=1)
    rows = Clock.objects.filter(ticket=incident.pk).order_by("track")
    assert [(row.target_s, row.gen, row.cycle, row.stage) for row in rows] == [
        (4 * HOUR, 2, 1, "in_progress"),
        (15 * MINUTE, 2, 1, "in_progress"),
    ]


def test_a_cancelled_incident_cancels_its_clocks():
    assert stages(make_incident("cancelled")) == [
        ("resolution", 1, "cancelled"),
        ("response", 1, "cancelled"),
    ]


def test_a_closed_incident_keeps_its_verdicts():
    incident = make_incident("closed")
    assert stages(incident) == [("resolution", 1, "completed"), ("response", 1, "completed")]


def test_the_seed_is_loaded_once_and_never_over_what_a_company_changed():
    row = SLADefinition.objects.get(key="purchase_3bd")
    assert (row.kind, row.target_s, row.status) == ("sctask", 27 * HOUR, "published")
    SLADefinition.objects.filter(pk=row.pk).update(status="retired")
    count = SLADefinition.objects.count()
    reference.load()
    assert SLADefinition.objects.count() == count
    assert not SLADefinition.objects.filter(key="purchase_3bd", status="published").exists()
