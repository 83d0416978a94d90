"""What cannot be about promises and their calendars is refused with its reason, and nothing changes."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.db import DatabaseError, transaction

from core.errors import DomainError, RuleRefusedError
from core.models import AuditLog, OutboxEvent
from schedules import services as calendars
from schedules.models import Calendar
from sla import services
from sla.models import Clock, SLADefinition
from sla.services import fire_due_clocks, replan_clocks
from tests.factories.accounts import UserFactory
from tests.factories.schedules import CalendarFactory, CalendarHolidayFactory
from tests.factories.sla import Probe, SLADefinitionFactory

pytestmark = pytest.mark.django_db
HOUR = 3600
TEN = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)  # Tuesday 10:00 in Seoul
WEEK = {day: [(540, 1080)] for day in range(5)}
HEAD, TAIL = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n", "END:VCALENDAR\r\n"


def events(count):
    """A holiday file with so many events."""
    first = dt.date(2026, 1, 1)
    days = (first + dt.timedelta(days=number) for number in range(count))
    lines = [
        f"BEGIN:VEVENT\r\nUID:{day}\r\nDTSTART;VALUE=DATE:{day:%Y%m%d}\r\nSUMMARY:Off\r\nEND:VEVENT\r\n"
        for day in days
    ]
    return (HEAD + "".join(lines) + TAIL).encode()


def written():
    """What a refused change must leave as it is."""
    return Calendar.objects.count(), AuditLog.objects.count(), OutboxEvent.objects.count()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"hours": {0: [(540, 720), (700, 800)]}}, "hours"),
        ({"hours": {0: [(1320, 1800)], 1: [(300, 400)]}}, "hours"),
        ({"hours": {0: [(720, 540)]}}, "hours"),
        ({"hours": {0: [(540, 540)]}}, "hours"),
        ({"hours": {}}, "hours"),
        ({"tz": "Mars/Olympus"}, "tz"),
        ({"tz": ""}, "tz"),
    ],
    ids=[
        "overlap",
        "overlap with the night",
        "end before start",
        "no length",
        "never opens",
        "zone",
        "no zone",
    ],
)
def test_a_calendar_that_cannot_be_is_refused(wrong, field):
    before = written()
    with pytest.raises(RuleRefusedError) as refusal:
        calendars.create(
            actor=None, **{"key": "x", "name_ko": "가", "tz": "Asia/Seoul", "hours": WEEK} | wrong
        )
    assert [error.field for error in refusal.value.errors] == [field]
    assert all(error.detail for error in refusal.value.errors)
    assert written() == before


@pytest.mark.parametrize(
    "data",
    [b"", b"noise", b"\x00\xff" * 5_000, b"BEGIN:VCALENDAR", events(3)[:-40], events(10_000)],
    ids=["nothing", "noise", "bytes", "half", "cut off", "10,000 events"],
)
def test_a_holiday_file_that_cannot_be_is_refused_soon_and_whole(data):
    row = CalendarFactory(key="x")
    before, began = written(), time.monotonic()
    with pytest.raises(RuleRefusedError) as refusal:
        calendars.load_file("x", actor=None, data=data)
    assert time.monotonic() - began < 20
    assert [error.field for error in refusal.value.errors] == ["file"]
    assert refusal.value.errors[0].detail
    assert not row.holidays.exists()
    assert written() == before


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"start_cond": {"f": "no_such_field", "op": "eq", "v": 1}}, "start_cond.f"),
        ({"stop_cond": {"f": "requester.password", "op": "nempty"}}, "stop_cond.f"),
        ({"pause_cond": {"f": "priority", "op": "no_such", "v": 1}}, "pause_cond.op"),
        ({"cancel_cond": "priority = 1"}, "cancel_cond"),
        ({"reset_cond": {"all": "x"}}, "reset_cond.all"),
    ],
)
def test_conditions_on_what_does_not_exist_are_refused(wrong, field):
    draft = SLADefinitionFactory(status="draft", **wrong)
    before = written()
    with pytest.raises(RuleRefusedError) as refusal:
        services.publish_definition(draft.pk, actor=UserFactory(roles=["config_admin"]))
    assert [error.field for error in refusal.value.errors] == [field]
    assert SLADefinition.objects.get(pk=draft.pk).status == "draft"
    assert written() == before


@pytest.mark.parametrize("seconds", [0, -1])
def test_a_target_of_nothing_is_no_target(seconds):
    with pytest.raises(DatabaseError), transaction.atomic():
        SLADefinitionFactory(status="draft", target_s=seconds)
    assert not SLADefinition.objects.filter(kind="probe").exists()


def test_a_promise_by_a_calendar_without_open_time_ahead_is_refused():
    calendar = CalendarFactory(weekly={})
    calendar.exceptions.create(date=dt.date(2020, 1, 1), intervals=[[540, 1080]], name="Over")
    draft = SLADefinitionFactory(status="draft", calendar=calendar)
    with pytest.raises(DomainError) as refusal:
        services.publish_definition(draft.pk, actor=UserFactory(roles=["config_admin"]))
    assert [error.code for error in refusal.value.errors] == ["never_due"]


def test_clocks_of_a_calendar_without_open_time_ahead_never_loop():
    """It lost its last open day after the promise was published: nothing hangs, nothing fires."""
    calendar = CalendarFactory(weekly={0: [(540, 1080)]})
    SLADefinitionFactory(calendar=calendar)
    before = Probe(TEN)
    for week in range(60):
        day = dt.date(2026, 3, 9) + dt.timedelta(weeks=week)
        CalendarHolidayFactory(calendar=calendar, date=day)
    calendar.hours.all().delete()
    began = time.monotonic()
    while replan_clocks(limit=50):
        pass
    after = Probe(TEN)
    for probe in (before, after):
        assert (probe.clock().due_at, probe.clock().next_fire_at) == (None, None)
        probe.write(TEN + dt.timedelta(hours=1), state="waiting")
        probe.write(TEN + dt.timedelta(hours=2), state="working")
    assert fire_due_clocks(limit=50, now=TEN + dt.timedelta(days=20_000)) == 0
    after.write(TEN + dt.timedelta(hours=3), state="solved")
    assert Clock.objects.get(ticket=after.ticket.pk).stage == "completed"
    assert time.monotonic() - began < 20
