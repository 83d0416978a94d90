"""Calendars from the database, ready to count with."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import transaction

from core.errors import NotVisibleError
from schedules import reference
from schedules.models import Calendar, CalendarHoliday, CalendarHours
from schedules.selectors import business_time, business_time_of_group
from tests.factories.accounts import GroupFactory
from tests.factories.schedules import (
    CalendarExceptionFactory,
    CalendarFactory,
    CalendarHolidayFactory,
    GroupCalendarFactory,
)

pytestmark = pytest.mark.django_db
TUESDAY = dt.datetime(2026, 3, 10, 1, 0, tzinfo=dt.UTC)  # 10:00 in Seoul
HOUR = 3600


def test_round_the_clock_needs_no_row(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert business_time(None).add(TUESDAY, 90) == TUESDAY + dt.timedelta(seconds=90)


def test_a_calendar_is_read_once_per_version(django_assert_num_queries):
    calendar = CalendarFactory()
    assert business_time(calendar.key).elapsed(TUESDAY, TUESDAY + dt.timedelta(days=1)) == 9 * HOUR
    with django_assert_num_queries(1):
        business_time(calendar.key)


def test_a_change_is_seen_at_once():
    calendar = CalendarFactory()
    day = TUESDAY + dt.timedelta(days=1)
    assert business_time(calendar.key).elapsed(TUESDAY, day) == 9 * HOUR
    CalendarExceptionFactory(calendar=calendar, date=dt.date(2026, 3, 10), intervals=[[540, 660]])
    assert business_time(calendar.key).elapsed(TUESDAY, day) == 2 * HOUR
    CalendarHolidayFactory(calendar=calendar, date=dt.date(2026, 3, 11))
    assert business_time(calendar.key).elapsed(TUESDAY, day) == HOUR
    Calendar.objects.filter(pk=calendar.pk).update(tz="Europe/London")
    assert business_time(calendar.key).elapsed(TUESDAY, day) == 2 * HOUR


def test_an_edit_that_is_rolled_back_leaves_no_trace_in_the_copy_of_this_process():
    calendar = CalendarFactory()
    with transaction.atomic():
        CalendarHours.objects.filter(calendar=calendar).delete()
        assert not business_time(calendar.key).is_open(TUESDAY)
        transaction.set_rollback(True)
    CalendarHours.objects.filter(calendar=calendar, dow=4).update(end_min=1020)
    assert business_time(calendar.key).is_open(TUESDAY)


def test_another_zone_counts_by_its_own_wall_clock():
    calendar = CalendarFactory()
    assert business_time(calendar.key).is_open(TUESDAY)
    assert not business_time(calendar.key, tz="Europe/London").is_open(TUESDAY)


def test_an_unknown_calendar_is_not_found():
    with pytest.raises(NotVisibleError):
        business_time("no-such-calendar")


def test_a_group_works_by_its_own_calendar_else_by_the_companys():
    own, plain = GroupFactory(), GroupFactory()
    GroupCalendarFactory(group=own, calendar=CalendarFactory(weekly={5: [(0, 1440)]}))
    saturday = dt.datetime(2026, 3, 14, 3, 0, tzinfo=dt.UTC)
    assert business_time_of_group(own.pk).is_open(saturday)
    assert not business_time_of_group(plain.pk).is_open(saturday)
    assert business_time_of_group(None).is_open(TUESDAY)


def test_the_seed_calendars_are_there():
    always = business_time("24x7")
    assert always.elapsed(TUESDAY, TUESDAY + dt.timedelta(days=365)) == 365 * 24 * HOUR
    office = business_time("kr-office")
    assert office.elapsed(TUESDAY, TUESDAY + dt.timedelta(days=1)) == 9 * HOUR
    assert office.zone.key == "Asia/Seoul"


def test_the_seed_holidays_reach_two_years_ahead_and_load_once():
    office = Calendar.objects.get(key="kr-office")
    years = {
        day.year for day in CalendarHoliday.objects.filter(calendar=office).values_list("date", flat=True)
    }
    this = dt.datetime.now(dt.UTC).year
    assert years == {this, this + 1, this + 2}
    version = office.version
    reference.load()
    assert Calendar.objects.get(key="kr-office").version == version


def test_a_holiday_that_was_removed_stays_removed_and_edited_hours_stay_edited():
    office = Calendar.objects.get(key="kr-office")
    christmas = CalendarHoliday.objects.filter(calendar=office, date__month=12, date__day=25)
    assert christmas.count() == 3
    christmas.delete()
    CalendarHours.objects.filter(calendar=office).update(end_min=1020)
    reference.load()
    assert not christmas.exists()
    assert set(CalendarHours.objects.filter(calendar=office).values_list("end_min", flat=True)) == {1020}


def test_new_time_zone_data_makes_a_new_version_of_every_calendar_once():
    calendar = CalendarFactory()
    before = Calendar.objects.get(pk=calendar.pk).version
    reference.load()
    assert Calendar.objects.get(pk=calendar.pk).version == before
    for _again in range(2):
        reference.follow_zone_data("2099a")
    assert Calendar.objects.get(pk=calendar.pk).version == before + 1
