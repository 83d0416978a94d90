"""Promises that are due at a date (PROCESSES SLA-06)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.models import Location
from cmdb.services import create_ci
from schedules.models import CalendarException, GroupCalendar
from sla.calendars.services import choose_calendar
from sla.models import ClockEvent
from sla.services import fire_due_clocks
from tests.factories.accounts import (
    GroupFactory,
    LocationFactory,
    UserFactory,
    administrator,
    default_company,
)
from tests.factories.schedules import CalendarFactory
from tests.factories.sla import Probe, SLADefinitionFactory, is_
from tests.sla.moments import HOUR, at, events

pytestmark = pytest.mark.django_db
SECOND = dt.timedelta(seconds=1)


def dated(relative="due_field", **fields):
    fields = {
        "target_s": None,
        "pause_cond": None,
        "due_field": "due_at" if relative == "due_field" else "",
    } | fields
    return SLADefinitionFactory(relative=relative, **fields)


# The 9th of March 2026 is a Monday, hours are 9 to 18.
@pytest.mark.parametrize(
    ("start", "date", "due", "target_s"),
    [
        (at(10, 10), at(10, 15), at(10, 15), 5 * HOUR),
        (at(10, 10), at(11, 10), at(11, 10), 9 * HOUR),
        (at(10, 10), at(10, 18), at(10, 18), 8 * HOUR),  # the instant of closing counts as that instant
        (at(10, 10), at(10, 18, 0, 1), at(11, 9, 0, 1), 8 * HOUR + 1),  # closed: with the next opening
        (at(13, 17), at(14, 12), at(16, 9, 0, 1), HOUR + 1),  # Saturday: Monday morning
        (at(14, 10), at(15, 12), at(16, 9, 0, 1), 1),  # from Saturday to Sunday
        (at(10, 7), at(10, 8), at(10, 9, 0, 1), 1),
        (at(10, 10), None, at(10, 10, 0, 1), 1),  # empty
        (at(10, 10), at(9, 15), at(10, 10, 0, 1), 1),  # past
        (at(10, 10), at(10, 10), at(10, 10, 0, 1), 1),  # now
        (at(14, 10), None, at(16, 9, 0, 1), 1),
    ],
)
def test_a_date_of_the_ticket_is_the_due_time(start, date, due, target_s):
    dated()
    clock = Probe(start, due_at=date).clock()
    assert (clock.due_at, clock.original_due_at, clock.target_s) == (due, due, target_s)


@pytest.mark.parametrize(
    ("start", "due"),
    [
        (at(10, 10), at(11, 18)),
        (at(10, 20), at(11, 18)),
        (at(10, 3), at(11, 18)),
        (at(13, 10), at(16, 18)),  # Friday
        (at(14, 10), at(16, 18)),  # Saturday
        (at(11, 10), at(12, 13)),  # the 12th ends early
    ],
)
def test_the_end_of_the_next_business_day(start, due):
    calendar = CalendarFactory()
    CalendarException.objects.create(
        calendar=calendar, date=dt.date(2026, 3, 12), intervals=[[540, 780]], name="Half day"
    )
    dated("end_next_bd", calendar=calendar)
    assert Probe(start).clock().due_at == due


@pytest.mark.parametrize(
    ("start", "time", "due"),
    [
        (at(10, 10), dt.time(16), at(11, 16)),
        (at(10, 17), dt.time(16), at(11, 16)),
        (at(13, 17), dt.time(16), at(16, 16)),
        (at(10, 10), dt.time(18), at(11, 18)),
        (at(10, 10), dt.time(7, 30), at(11, 9, 0, 1)),  # before opening
        (at(10, 10), dt.time(20), at(12, 9, 0, 1)),  # after closing
        (at(10, 10), dt.time(12, 30), at(11, 13, 0, 1)),  # lunch
    ],
)
def test_a_time_of_the_next_business_day(start, time, due):
    lunch = {dow: [(540, 720), (780, 1080)] for dow in range(5)}
    dated("next_bd_at", relative_at=time, calendar=CalendarFactory(weekly=lunch))
    assert Probe(start).clock().due_at == due


def test_an_overnight_day_ends_in_the_morning_after():
    dated("end_next_bd", calendar=CalendarFactory(weekly={dow: [(1320, 1800)] for dow in range(5)}))
    assert Probe(at(10, 23)).clock().due_at == at(12, 6)


def test_the_time_is_read_in_the_zone_of_the_clock():
    dated("next_bd_at", relative_at=dt.time(16), tz_source="requester")
    probe = Probe(at(10, 10), requester=UserFactory(time_zone="Europe/London"))
    assert (probe.clock().due_at, probe.clock().tz) == (at(12, 1), "Europe/London")


def test_round_the_clock_every_day_is_a_business_day():
    dated("end_next_bd", calendar=None, calendar_source="none")
    assert Probe(at(13, 10)).clock().due_at == at(15, 0)


def test_it_warns_and_breaks_as_any_other_and_a_sweep_a_second_early_does_nothing():
    dated(thresholds=[50])
    probe = Probe(at(10, 10), due_at=at(10, 14))
    assert fire_due_clocks(limit=5, now=at(10, 12) - SECOND) == 0
    assert fire_due_clocks(limit=5, now=at(10, 12)) == 1
    assert fire_due_clocks(limit=5, now=at(10, 14) - SECOND) == 0
    assert fire_due_clocks(limit=5, now=at(10, 14)) == 1
    assert events(probe.clock())[1:] == [("warn", 1, 50, at(10, 12)), ("breach", 1, 100, at(10, 14))]


@pytest.mark.parametrize(
    ("date", "due", "breached"),
    [
        (at(11, 10), at(11, 10), None),
        (at(10, 13), at(10, 13), None),
        (at(10, 12), at(10, 12), at(10, 12)),
        (at(9, 12), at(10, 12), at(10, 12)),  # past: used up, missed by the change itself
        (None, at(10, 12), at(10, 12)),
        (at(14, 12), at(16, 9, 0, 1), None),
    ],
)
def test_another_date_plans_the_open_clock_anew(date, due, breached):
    dated(thresholds=[])
    probe = Probe(at(10, 10), due_at=at(10, 15))
    probe.write(at(10, 12), "rescheduled", due_at=date)
    clock = probe.clock()
    assert (clock.gen, clock.due_at, clock.breached_at) == (2, due, breached)
    assert clock.started_at == at(10, 10)
    told = ClockEvent.objects.get(clock=clock, kind="retarget")
    assert (told.at, told.cause["verb"], list(told.cause["changes"])) == (
        at(10, 12),
        "rescheduled",
        ["due_at"],
    )


def test_another_date_with_the_same_due_time_or_another_field_changes_nothing():
    dated()
    probe = Probe(at(10, 10), due_at=at(14, 10))
    probe.write(at(10, 12), due_at=at(15, 10))
    probe.write(at(10, 13), title="Other")
    assert (probe.clock().gen, probe.clock().due_at) == (1, at(16, 9, 0, 1))


def test_a_date_moved_in_the_write_that_completes_it_does_not_matter_any_more():
    dated()
    probe = Probe(at(10, 10), due_at=at(10, 15))
    probe.write(at(10, 12), state="solved", due_at=at(9, 12))
    assert (probe.clock().stage, probe.clock().gen, probe.clock().breached_at) == ("completed", 1, None)


def test_a_mistyped_year_stops_no_write():
    dated()
    probe = Probe(at(10, 10), due_at=dt.datetime(9999, 12, 31, tzinfo=dt.UTC))
    assert probe.clock().due_at.year == 2046
    probe.write(at(10, 12), due_at=dt.datetime(1, 1, 2, tzinfo=dt.UTC))
    assert probe.clock().due_at == at(10, 12)


def test_a_length_that_becomes_a_date_ends_at_that_date_whatever_was_waited():
    SLADefinitionFactory(track="t", start_cond=is_("priority", 3), target_s=40 * HOUR)
    dated("end_next_bd", track="t", start_cond=is_("priority", 1), calendar=CalendarFactory())
    probe = Probe(at(10, 10), priority=3)
    probe.write(at(10, 11), state="waiting")
    probe.write(at(10, 16), state="working")
    probe.write(at(10, 17), priority=1)
    clock = probe.clock()
    assert (clock.gen, clock.accrued_s, clock.due_at) == (2, 2 * HOUR, at(11, 18))


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"target_s": None}, "sla_definition_target"),
        ({"target_s": 0, "relative": "end_next_bd"}, "sla_definition_target"),
        ({"relative": "due_field"}, "sla_definition_relative"),
        ({"relative": "next_bd_at"}, "sla_definition_relative"),
        ({"overdue_repeat_s": 0}, "sla_definition_overdue"),
    ],
)
def test_the_database_refuses_half_a_promise(wrong, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        SLADefinitionFactory(**wrong)


NIGHT = {1: [(600, 1200)]}  # Tuesday 10 to 20


@pytest.fixture
def place():
    """A room in a building that has a calendar, in a zone of its own."""
    building = LocationFactory(time_zone="Asia/Kolkata")
    choose_calendar(building, actor=administrator(), calendar_key=CalendarFactory(weekly=NIGHT).key)
    return LocationFactory(parent=building, time_zone="Asia/Kolkata")


def test_the_calendar_may_be_that_of_the_place_around_the_tickets_location(place):
    SLADefinitionFactory(calendar_source="location")
    assert Probe(at(10), location=place).clock().due_at == at(10, 14)
    assert Probe(at(10), location=LocationFactory()).clock().due_at == at(10, 13)
    assert Probe(at(10)).clock().due_at == at(10, 13)


def test_the_calendar_and_the_zone_may_be_those_of_the_requesters_location(place):
    SLADefinitionFactory(calendar_source="requester", tz_source="req_loc")
    # Tuesday 10:00 in Kolkata is 13:30 in Seoul.
    assert Probe(at(10), requester=UserFactory(location=place)).clock().due_at == at(10, 17, 30)
    assert Probe(at(10), requester=UserFactory()).clock().due_at == at(10, 13)


def test_the_calendar_and_the_zone_may_be_those_of_the_configuration_item(place):
    SLADefinitionFactory(calendar_source="ci", tz_source="ci")
    item = create_ci(actor=None, company=default_company(), class_key="server", name="gw", location=place)
    plain = create_ci(actor=None, company=default_company(), class_key="server", name="other")
    key = CalendarFactory(weekly=NIGHT).key
    choose_calendar(item, actor=administrator(), calendar_key=key)
    assert Probe(at(10), ci=item).clock().due_at == at(10, 17, 30)
    assert Probe(at(10), ci=plain).clock().due_at == at(10, 13)
    choose_calendar(item, actor=administrator(), calendar_key=None)
    assert Probe(at(10), ci=item).clock().due_at == at(10, 16, 30)


def test_the_zone_may_be_that_of_the_groups_calendar():
    group = GroupFactory()
    GroupCalendar.objects.create(group=group, calendar=CalendarFactory(tz="Europe/London"))
    SLADefinitionFactory(tz_source="group")
    assert Probe(at(10), group=group).clock().tz == "Europe/London"
    assert Probe(at(10), group=GroupFactory()).clock().tz == "Asia/Seoul"


def test_places_inside_each_other_in_a_ring_stop_no_write(place):
    SLADefinitionFactory(calendar_source="location")
    one, two = LocationFactory(), LocationFactory()
    Location.objects.filter(pk=one.pk).update(parent=two)
    Location.objects.filter(pk=two.pk).update(parent=one)
    one.refresh_from_db()
    assert Probe(at(10), location=one).clock().due_at == at(10, 13)
