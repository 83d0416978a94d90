"""What the database itself keeps true about calendars."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction

from core.revisions import revisions
from schedules.models import Calendar, CalendarHoliday, CalendarHours, GroupCalendar
from tests.factories.accounts import GroupFactory
from tests.factories.schedules import (
    CalendarExceptionFactory,
    CalendarFactory,
    CalendarHolidayFactory,
    GroupCalendarFactory,
)

pytestmark = pytest.mark.django_db
ADD_HOURS = (
    "INSERT INTO schedules_calendarhours (calendar_id, dow, start_min, end_min, lock_version)"
    " VALUES (%s, %s, %s, %s, 1)"
)
BROKEN = [None, {}, [540], [[540]], [[540, 540]], [[-1, 60]], [[1440, 1500]], [[0, 2881]], [[0.5, 3]]]


def add_hours(calendar, dow, start, end):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ADD_HOURS, [calendar.pk, dow, start, end])


@pytest.mark.parametrize(
    ("dow", "start", "end"),
    [(0, 600, 660), (0, 0, 541), (1, 0, 30), (0, 1079, 1500)],
    ids=["inside", "one minute", "into the night before", "from the evening"],
)
def test_dd1_overlapping_hours_are_refused_also_over_midnight(dow, start, end):
    calendar = CalendarFactory(weekly={0: [(540, 1080), (1320, 1800)]})
    with pytest.raises(IntegrityError, match="calendar_hours_do_not_overlap"):
        add_hours(calendar, dow, start, end)


def test_dd1_hours_that_only_touch_are_accepted():
    calendar = CalendarFactory(weekly={0: [(540, 1080), (1320, 1800)]})
    add_hours(calendar, 0, 1080, 1320)
    add_hours(calendar, 1, 360, 600)
    add_hours(CalendarFactory(), 0, 0, 540)


@pytest.mark.parametrize(
    ("dow", "start", "end"), [(7, 0, 60), (0, 1440, 1500), (0, 60, 60), (0, 120, 60), (0, 0, 2881)]
)
def test_hours_outside_their_range_are_refused(dow, start, end):
    with pytest.raises(IntegrityError, match=r"calendar_hours_range|range lower bound"):
        add_hours(CalendarFactory(weekly={}), dow, start, end)


def version(calendar):
    return Calendar.objects.values_list("version", "stamp").get(pk=calendar.pk)


@pytest.mark.parametrize(
    "write",
    [
        lambda c: CalendarHolidayFactory(calendar=c, date=dt.date(2026, 5, 5)),
        lambda c: CalendarExceptionFactory(calendar=c, date=dt.date(2026, 5, 5)),
        lambda c: CalendarHours.objects.filter(calendar=c, dow=0).update(end_min=1000),
        lambda c: CalendarHours.objects.filter(calendar=c, dow=0).delete(),
        lambda c: Calendar.objects.filter(pk=c.pk).update(tz="Europe/London"),
        lambda c: CalendarHours.objects.filter(calendar=c, dow=0).update(calendar=CalendarFactory(weekly={})),
    ],
    ids=["holiday", "exception", "hours changed", "hours deleted", "zone", "hours moved away"],
)
def test_any_write_to_a_calendar_or_its_parts_makes_a_new_version_and_stamp(write):
    calendar = CalendarFactory()
    (number, stamp), revision = version(calendar), revisions()["calendars"]
    write(calendar)
    assert version(calendar)[0] == number + 1
    assert version(calendar)[1] != stamp
    assert revisions()["calendars"] != revision


def test_a_file_of_holidays_makes_one_version():
    calendar = CalendarFactory()
    before = version(calendar)[0]
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=shift) for shift in range(300)]
    CalendarHoliday.objects.bulk_create(
        CalendarHoliday(calendar=calendar, date=day, name="x") for day in days
    )
    assert version(calendar)[0] == before + 1


def test_another_calendar_keeps_its_version():
    calendar, other = CalendarFactory(), CalendarFactory()
    before = version(other)
    CalendarHolidayFactory(calendar=calendar, date=dt.date(2026, 5, 5))
    assert version(other) == before


def test_choosing_a_calendar_for_a_group_changes_the_revision():
    before = revisions()["calendars"]
    GroupCalendarFactory(group=GroupFactory())
    assert revisions()["calendars"] != before
    assert GroupCalendar.objects.count() == 1


@pytest.mark.parametrize("model", [CalendarHolidayFactory, CalendarExceptionFactory])
def test_a_date_has_one_holiday_and_one_exception(model):
    calendar = CalendarFactory()
    model(calendar=calendar, date=dt.date(2026, 5, 5))
    with pytest.raises(IntegrityError), transaction.atomic():
        model(calendar=calendar, date=dt.date(2026, 5, 5))
