"""Checklist, time, task, SLA pause, merge and survey on one incident: none is in another's way (P-33)."""

from __future__ import annotations

from typing import Any

import pytest

from core.errors import WrongStateError
from incidents import services
from sla.choices import Stage, Target
from sla.models import Clock
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident, make_incident_task
from tests.settling import settle
from tickets.models import ChecklistItem, Survey, Ticket, TimeEntry
from tickets.services import (
    add_checklist_items,
    add_time,
    answer_survey,
    apply_transition,
    change_checklist_item,
)

pytestmark = pytest.mark.django_db


def stages(pk: int) -> set[str]:
    """Where the promises to resolve it stand."""
    rows = Clock.objects.filter(ticket=pk, definition__target=Target.RESOLUTION)
    return set(rows.values_list("stage", flat=True))


def test_one_incident_with_all_that_can_hang_on_it(agent: Any, group: Any):
    incident = make_incident("in_progress", requester=UserFactory(), agent=agent, group=group)
    items = add_checklist_items(incident.pk, actor=agent, texts=["Look at the log", "Restart", "Tell them"])
    change_checklist_item(incident.pk, items[0].public_id, actor=agent, is_done=True)
    add_time(incident.pk, actor=agent, minutes=25)
    task = make_incident_task(incident=incident, group=group)
    add_checklist_items(task.pk, actor=agent, texts=["Of the task"])
    add_time(task.pk, actor=agent, minutes=15)
    twin = make_incident(requester=UserFactory())
    add_time(twin.pk, actor=agent, minutes=5)
    services.merge_incident(twin.pk, actor=agent, into=Ticket.objects.get(pk=incident.pk))
    assert stages(incident.pk) == {Stage.IN_PROGRESS}

    services.hold_incident(incident.pk, actor=agent, hold_reason="awaiting_caller", comment="Which one?")
    assert stages(incident.pk) == {Stage.PAUSED}
    change_checklist_item(incident.pk, items[1].public_id, actor=agent, is_done=True)
    add_time(incident.pk, actor=agent, minutes=10, note="While it waits")
    settle()
    assert stages(incident.pk) == {Stage.PAUSED}
    services.resume_incident(incident.pk, actor=agent)
    assert stages(incident.pk) == {Stage.IN_PROGRESS}

    apply_transition(type(task), task.pk, "complete", actor=agent)
    services.resolve_incident(
        incident.pk, actor=agent, close_code="solution_provided", close_notes="Restarted."
    )
    change_checklist_item(incident.pk, items[2].public_id, actor=agent, is_done=True)
    services.close_incident(incident.pk, actor=None)
    settle()
    assert stages(incident.pk) == {Stage.COMPLETED}
    with pytest.raises(WrongStateError):
        change_checklist_item(incident.pk, items[2].public_id, actor=agent, is_done=False)
    add_time(incident.pk, actor=agent, minutes=5, note="Written down later")
    answer_survey(incident.pk, actor=incident.requester, score=5)
    assert Survey.objects.get(ticket=incident.pk).score == 5
    assert ChecklistItem.objects.filter(ticket=incident.pk, is_done=True).count() == 3
    assert sum(TimeEntry.objects.filter(ticket=incident.pk).values_list("minutes", flat=True)) == 40
