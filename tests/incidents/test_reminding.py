"""Callers who do not answer: reminders in business days of the group, and giving up if so set (INC-04)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from core import sweep
from core.settings_store import change
from core.time import db_now
from incidents import services
from incidents.models import CallerWait, Incident
from incidents.waiting import next_step
from notifications.models import Notification
from schedules.selectors import business_time, business_time_of_group
from tests.factories.accounts import GroupFactory
from tests.factories.incidents import make_incident, make_incident_task
from tests.factories.schedules import CalendarFactory, GroupCalendarFactory
from tests.settling import again, settle
from tickets.models import Activity
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db
TEN_DAYS = dt.timedelta(days=10)


def asked_before(incident: Any, ago: dt.timedelta = TEN_DAYS) -> None:
    """Let the question be older, and the next step due."""
    now = db_now()
    CallerWait.objects.filter(pk=incident.pk).update(asked_at=now - ago, due_at=now)


def reminded(incident: Any) -> int:
    """How often the timeline says that the caller was reminded."""
    return Activity.objects.filter(ticket=incident.pk, verb="caller_reminded", is_public=True).count()


@pytest.mark.parametrize(
    ("first", "second", "last", "reminders", "days", "gives_up"),
    [
        (2, 4, 0, 0, 2, False),
        (2, 4, 0, 1, 4, False),
        (2, 4, 0, 2, None, None),
        (4, 2, 0, 0, 2, False),
        (0, 4, 0, 0, 4, False),
        (0, 4, 0, 1, None, None),
        (0, 0, 0, 0, None, None),
        (2, 4, 7, 2, 7, True),
        (2, 4, 3, 1, 3, True),
        (2, 4, 2, 0, 2, True),
        (0, 0, 7, 0, 7, True),
        (2, 4, -1, 2, None, None),
    ],
)
def test_what_comes_next_and_when(
    first: int, second: int, last: int, reminders: int, days: int | None, gives_up: bool | None
):
    for name, value in (("reminder", first), ("second_reminder", second), ("no_answer_resolve", last)):
        change(f"incident.{name}_days", value, actor=None)
    incident, now = make_incident("on_hold"), db_now()
    step = next_step(incident, now, reminders=reminders)
    if days is None:
        assert step is None
    else:
        assert step == (business_time_of_group(None).add_business_days(now, days), gives_up)


def test_a_caller_is_reminded_twice_and_then_left_in_peace(agent: Any):
    incident = make_incident("on_hold", agent=agent)
    sweep.run()
    assert reminded(incident) == 0
    for number in (1, 2):
        asked_before(incident)
        settle()
        assert reminded(incident) == number
        notices = Notification.objects.filter(user=incident.requester, template="ticket_reminder")
        assert notices.filter(channel="inapp").count() == number
    assert "Which office are you in?" in str(
        Activity.objects.get(pk=notices.latest("pk").title_params["activity"]).body
    )
    assert CallerWait.objects.get(pk=incident.pk).due_at is None
    asked_before(incident)
    settle()
    assert reminded(incident) == 2
    assert Incident.objects.get(pk=incident.pk).state == "on_hold"


def test_after_a_standstill_two_reminders_are_a_day_apart(agent: Any):
    incident = make_incident("on_hold", agent=agent)
    asked_before(incident)
    for _ in range(3):
        sweep.run()
    assert reminded(incident) == 1
    assert CallerWait.objects.get(pk=incident.pk).due_at >= db_now() + dt.timedelta(hours=23)


def test_an_answered_question_reminds_nobody_also_when_its_event_comes_twice(agent: Any):
    incident = make_incident("on_hold", agent=agent)
    asked_before(incident)
    sweep.run()
    before = Notification.objects.filter(template="ticket_reminder").count()
    again("notifications.handlers.remind_of_question")
    assert Notification.objects.filter(template="ticket_reminder").count() == before > 0
    services.resume_incident(incident.pk, actor=agent)
    asked_before(incident)
    settle()
    assert reminded(incident) == 1
    assert not CallerWait.objects.filter(pk=incident.pk).exists()


def test_a_new_question_counts_anew_and_other_reasons_do_not_count(agent: Any):
    incident = make_incident("on_hold", agent=agent)
    asked_before(incident)
    sweep.run()
    services.resume_incident(incident.pk, actor=agent)
    services.hold_incident(incident.pk, actor=agent, hold_reason="awaiting_vendor")
    asked_before(incident)
    settle()
    assert reminded(incident) == 1
    services.resume_incident(incident.pk, actor=agent)
    services.hold_incident(incident.pk, actor=agent, hold_reason="awaiting_caller", comment="And now?")
    wait = CallerWait.objects.get(pk=incident.pk)
    assert wait.reminders == 0
    assert wait.due_at == business_time_of_group(None).add_business_days(wait.asked_at, 2)


def test_what_nobody_answers_is_resolved_if_so_set_and_can_be_reopened(agent: Any):
    change("incident.no_answer_resolve_days", 6, actor=None)
    incident = make_incident("on_hold", agent=agent)
    assert incident.hold_until == business_time("kr-office").add_business_days(
        CallerWait.objects.get(pk=incident.pk).asked_at, 6
    )
    CallerWait.objects.filter(pk=incident.pk).update(reminders=2)
    asked_before(incident)
    settle()
    row = Incident.objects.get(pk=incident.pk)
    assert (row.state, row.close_code, row.resolved_by) == ("resolved", "no_resolution_provided", None)
    assert Notification.objects.filter(user=incident.requester, template="ticket_resolved").exists()
    services.reopen_incident(incident.pk, actor=incident.requester, comment="I was away.")


def test_neither_a_major_incident_nor_one_with_open_tasks_is_given_up(agent: Any):
    change("incident.no_answer_resolve_days", 6, actor=None)
    major, busy = make_incident("on_hold", agent=agent), make_incident("on_hold", agent=agent)
    Incident.objects.filter(pk=major.pk).update(major_status="accepted")
    make_incident_task(incident=busy)
    for each in (major, busy):
        CallerWait.objects.filter(pk=each.pk).update(reminders=2)
        asked_before(each)
    settle()
    for each in (major, busy):
        assert Incident.objects.get(pk=each.pk).state == "on_hold"
        assert CallerWait.objects.get(pk=each.pk).due_at is None
    assert Activity.objects.filter(ticket=busy.pk, kind="work_note", actor=None).count() == 1


def test_business_days_are_those_of_the_group(agent: Any):
    group = GroupFactory()
    saturdays = CalendarFactory(weekly={5: [(0, 1440)]})
    GroupCalendarFactory(group=group, calendar=saturdays)
    incident = make_incident("on_hold", agent=agent, group=group)
    wait, counted = CallerWait.objects.get(pk=incident.pk), business_time_of_group(group.pk)
    assert wait.due_at == counted.add_business_days(wait.asked_at, 2)
    assert incident.hold_until == counted.add_business_days(wait.asked_at, 5)
    assert (wait.due_at - wait.asked_at).days >= 7


def test_a_group_that_counts_other_days_puts_the_reminder_off(agent: Any):
    incident = make_incident("on_hold", agent=agent)
    group = GroupFactory()
    GroupCalendarFactory(group=group, calendar=CalendarFactory(weekly={5: [(0, 1440)]}))
    update_ticket(incident.pk, actor=None, group=group)
    asked_before(incident, dt.timedelta(days=4))
    settle()
    assert reminded(incident) == 0
    assert CallerWait.objects.get(pk=incident.pk).due_at > db_now()
