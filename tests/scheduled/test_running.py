"""What is due is opened: once, by the right time, whatever happens in between (PITFALLS P-27)."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from accounts.models import Group, User
from core import dispatch, sweep
from core.errors import BusyError, RuleRefusedError
from core.models import AuditLog, OutboxEvent
from core.time import db_now
from incidents.models import Incident
from notifications.models import Notification
from scheduled import handlers, services
from scheduled.models import Occurrence, TicketSchedule
from scheduled.services import running
from tests.factories.accounts import GroupFactory, UserFactory, administrator
from tests.factories.cmdb import make_ci
from tests.factories.scheduled import DAY, make_due, make_schedule
from tickets.models import Activity

pytestmark = [pytest.mark.django_db, pytest.mark.pitfall("P-27")]


def outcomes() -> list[tuple[str, str]]:
    return list(Occurrence.objects.order_by("due_at").values_list("outcome", "reason"))


def test_the_step_is_part_of_every_sweep():
    assert services.open_due in sweep.steps()


def test_what_is_due_becomes_the_incident_that_was_described():
    group, person = GroupFactory(), UserFactory()
    ci = make_ci()
    fields = {"impact": 2, "urgency": 1, "category": "software", "description": "All of them.", "ci": ci}
    row = make_schedule(group=group, requester=person, **fields)
    due = make_due(row)
    assert services.open_due(limit=50) == 1
    incident = Incident.objects.get()
    told = {name: getattr(incident, name) for name in (*fields, "title", "state", "channel", "opened_by")}
    assert told == fields | {
        "title": "Check the backups",
        "state": "new",
        "channel": "system",
        "opened_by": None,
    }
    assert (incident.requester, incident.group, incident.company) == (person, group, row.company)
    found = Occurrence.objects.get()
    assert (found.due_at, found.outcome, found.by_hand) == (due, "opened", False)
    assert found.ticket.number == incident.number
    [line] = Activity.objects.filter(ticket=incident.pk, kind="state")
    assert line.cause_chain == [f"schedule:backups:{due:%Y%m%dT%H%M%SZ}"]
    version = row.lock_version
    row.refresh_from_db()
    assert (row.next_at, row.lock_version) == (due + DAY, version + 1)


def test_run_again_it_does_nothing():
    row = make_schedule()
    make_due(row)
    assert [services.open_due(limit=50) for _again in range(3)] == [1, 0, 0]
    assert Incident.objects.count() == 1


def test_what_is_not_due_waits():
    make_schedule()
    assert services.open_due(limit=50) == 0
    assert not Occurrence.objects.exists()


def test_after_a_long_stop_the_newest_is_opened_and_the_others_are_noted():
    row = make_schedule()
    newest = make_due(row)
    make_due(row, at=newest - 3 * DAY)
    assert services.open_due(limit=50) == 1
    assert outcomes() == [("skipped", "missed")] * 3 + [("opened", "")]
    assert Incident.objects.count() == 1
    assert Occurrence.objects.get(outcome="opened").due_at == newest
    row.refresh_from_db()
    assert row.next_at == newest + DAY


def test_after_years_only_the_last_of_the_missed_are_noted():
    row = make_schedule()
    make_due(row, at=make_due(row) - 200 * DAY)
    services.open_due(limit=50)
    assert Occurrence.objects.filter(outcome="skipped").count() == running.MOST_NOTED
    assert Incident.objects.count() == 1


def test_one_that_is_switched_off_opens_nothing_and_switched_on_makes_up_for_nothing():
    row = make_schedule()
    make_due(row, ago=5 * DAY)
    services.update("backups", actor=None, is_active=False)
    assert services.open_due(limit=50) == 0
    row = services.update("backups", actor=None, is_active=True)
    assert row.next_at > db_now()
    assert services.open_due(limit=50) == 0
    assert not Incident.objects.exists()
    assert not Occurrence.objects.exists()


def test_an_instant_that_had_its_turn_has_no_second_one():
    """The database's clock was turned back, or somebody put the row back."""
    row = make_schedule()
    due = make_due(row)
    services.open_due(limit=50)
    make_due(row, at=due)
    assert services.open_due(limit=50) == 1  # it moves on
    assert Incident.objects.count() == 1
    row.refresh_from_db()
    assert row.next_at == due + DAY


def test_what_breaks_in_the_middle_leaves_nothing_and_is_done_the_next_time(monkeypatch: Any):
    row, other = make_schedule(), make_schedule("later")
    due = make_due(row)
    make_due(other)

    def broken(**given: Any) -> Any:
        if given["title"] == "Check the backups" and given["requester"] == row.requester:
            assert Occurrence.objects.filter(schedule=row).exists()
            raise ZeroDivisionError
        return opened(**given)

    opened = running.open_incident
    monkeypatch.setattr(running, "open_incident", broken)
    monkeypatch.setattr(running, "AT_ONCE", 1)  # those that fail take nobody's turn
    assert services.open_due(limit=50) == 1  # the other one is not stopped by it
    assert list(Occurrence.objects.values_list("schedule", flat=True)) == [other.pk]
    row.refresh_from_db()
    assert row.next_at == due
    monkeypatch.setattr(running, "open_incident", opened)
    assert services.open_due(limit=50) == 1
    assert Incident.objects.count() == 2


def test_after_the_ticket_too_everything_or_nothing_holds(monkeypatch: Any):
    row = make_schedule()
    due = make_due(row)

    def cut_off(*_args: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(running, "touch", cut_off)
        assert services.open_due(limit=50) == 0
    assert not Incident.objects.exists()
    assert not Occurrence.objects.exists()
    services.open_due(limit=50)
    assert Occurrence.objects.get().due_at == due
    assert Incident.objects.count() == 1


def test_an_installation_that_is_busy_tries_again(monkeypatch: Any):
    make_due(make_schedule())

    def busy(**_given: Any) -> None:
        raise BusyError

    with monkeypatch.context() as patch:
        patch.setattr(running, "open_incident", busy)
        assert services.open_due(limit=50) == 0
    assert not Occurrence.objects.exists()
    assert services.open_due(limit=50) == 1


@pytest.mark.parametrize("reason", ["requester_left", "group_off", "refused"])
def test_one_that_cannot_be_opened_is_noted_told_and_goes_on(reason: str, monkeypatch: Any):
    row = make_schedule(group=GroupFactory())
    due = make_due(row)
    if reason == "requester_left":
        User.objects.filter(pk=row.requester_id).update(is_active=False)
    elif reason == "group_off":
        Group.objects.filter(pk=row.group_id).update(is_active=False)
    else:

        def refuse(**_given: Any) -> None:
            raise RuleRefusedError("Say more.")

        monkeypatch.setattr(running, "open_incident", refuse)
    assert services.open_due(limit=50) == 1
    found = Occurrence.objects.get()
    assert (found.outcome, found.reason, found.ticket) == ("failed", reason, None)
    assert found.detail == ("Say more." if reason == "refused" else "")
    assert not Incident.objects.exists()
    row.refresh_from_db()
    assert row.next_at == due + DAY
    event = OutboxEvent.objects.get(name="ticket_schedule.failed")
    for _again in range(2):
        handlers.tell_of_failure(event)
    [notice] = Notification.objects.filter(channel="inapp")
    assert (notice.user, notice.template) == (row.owner, "schedule_failed")
    assert notice.url == "/design/ticket-schedules/backups/"


def test_the_handler_is_registered():
    patterns = {each.pattern for each in dispatch.outbox._handlers}
    assert {"ticket_schedule.failed", "calendar.changed"} <= patterns


def test_run_by_hand_it_opens_one_more_and_the_calendar_stays():
    actor = administrator()
    row = make_schedule()
    following = row.next_at
    found = services.run_now("backups", actor=actor)
    assert (found.outcome, found.by_hand, found.ticket.title) == ("opened", True, "Check the backups")
    row.refresh_from_db()
    assert row.next_at == following
    assert AuditLog.objects.filter(action="run", actor_id=actor.pk).count() == 1
    services.run_now("backups", actor=actor)
    assert Incident.objects.count() == 2


def test_a_schedule_of_one_day_is_over_after_it():
    row = make_schedule(repeat="once", starts_on=dt.date(2090, 1, 2), at=dt.time(9))
    assert row.next_at == dt.datetime(2090, 1, 2, tzinfo=dt.UTC)
    TicketSchedule.objects.filter(pk=row.pk).update(starts_on=dt.date(2026, 1, 2))
    make_due(row, at=dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
    assert services.open_due(limit=50) == 1
    row.refresh_from_db()
    assert (row.next_at, row.is_active, row.is_over) == (None, True, True)
    assert services.open_due(limit=50) == 0
    assert Incident.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "due", "following"),
    [
        # a month end: the 31st of February is its last day, in March it is the 31st again
        (
            {"repeat": "monthly", "month_day": 31, "starts_on": dt.date(2026, 1, 31)},
            "2026-02-28T00:00:00+00:00",
            "2026-03-31T00:00:00+00:00",
        ),
        # the night in which Berlin leaves out 02:00 to 03:00
        (
            {"at": dt.time(2, 30), "tz": "Europe/Berlin"},
            "2026-03-29T01:00:00+00:00",
            "2026-03-30T00:30:00+00:00",
        ),
        # and the one in which that hour comes twice
        (
            {"at": dt.time(2, 30), "tz": "Europe/Berlin"},
            "2026-10-25T00:30:00+00:00",
            "2026-10-26T01:30:00+00:00",
        ),
    ],
)
def test_month_ends_and_clock_changes_open_one_ticket(fields, due, following, monkeypatch):
    row = make_schedule(**fields)
    at = dt.datetime.fromisoformat(due)
    make_due(row, at=at)
    for minutes in (0, 1, 30, 60, 90, 120):  # sweeps through that night
        now = at + dt.timedelta(minutes=minutes)
        monkeypatch.setattr(running, "db_now", lambda now=now: now)
        services.open_due(limit=50)
    assert [each.due_at for each in Occurrence.objects.all()] == [at]
    assert Incident.objects.count() == 1
    row.refresh_from_db()
    assert row.next_at == dt.datetime.fromisoformat(following)
