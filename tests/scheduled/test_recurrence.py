"""When a schedule comes due: literal days, and what holds for every rule (PITFALLS P-27)."""

from __future__ import annotations

import calendar
import datetime as dt
from dataclasses import replace
from itertools import islice, pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given
from hypothesis import strategies as st

from scheduled.choices import Nth, OffDay, Repeat
from scheduled.recurrence import LAST_DAY, MOST_MOVED, Rule, between, coming, days, following, moment

UTC = dt.UTC
NINE = dt.time(9)
SEOUL, BERLIN, NEW_YORK, APIA = "Asia/Seoul", "Europe/Berlin", "America/New_York", "Pacific/Apia"
ZONES = [SEOUL, BERLIN, NEW_YORK, "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]


def rule(repeat: str, starts_on: str = "2026-01-01", **more: Any) -> Rule:
    given = {"at": NINE, "tz": SEOUL} | more
    return Rule(repeat=repeat, starts_on=dt.date.fromisoformat(starts_on), **given)


@pytest.mark.parametrize(
    ("found", "since", "expected"),
    [
        (rule("once", "2026-03-02"), "2026-01-01", ["2026-03-02"]),
        (rule("once", "2026-03-02"), "2026-03-03", []),
        (rule("daily"), "2026-02-27", ["2026-02-27", "2026-02-28", "2026-03-01"]),
        (rule("daily", every=3), "2026-01-02", ["2026-01-04", "2026-01-07", "2026-01-10"]),
        (rule("daily"), "2025-12-01", ["2026-01-01", "2026-01-02", "2026-01-03"]),
        (rule("weekly", "2026-01-07", weekdays=(0, 3)), "2026-01-01", ["2026-01-08", "2026-01-12"]),
        (rule("weekly", "2026-01-07", weekdays=(0,), every=2), "2026-01-01", ["2026-01-19", "2026-02-02"]),
        (rule("weekly", "2026-01-07"), "2026-01-08", ["2026-01-14", "2026-01-21"]),
        (
            rule("monthly", "2026-01-31", month_day=31),
            "2026-02-01",
            ["2026-02-28", "2026-03-31", "2026-04-30"],
        ),
        (rule("monthly", "2028-01-31", month_day=31), "2028-02-01", ["2028-02-29", "2028-03-31"]),
        (rule("monthly", "2026-01-01", month_day=30), "2026-02-01", ["2026-02-28", "2026-03-30"]),
        (rule("monthly", "2026-01-20", month_day=5), "2026-01-01", ["2026-02-05", "2026-03-05"]),
        (rule("monthly", "2026-11-30", month_day=31, every=3), "2026-12-01", ["2027-02-28", "2027-05-31"]),
        (rule("monthly", nth=1, nth_weekday=0), "2026-01-01", ["2026-01-05", "2026-02-02", "2026-03-02"]),
        (rule("monthly", nth=4, nth_weekday=6), "2026-01-01", ["2026-01-25", "2026-02-22"]),
        (rule("monthly", nth=-1, nth_weekday=4), "2026-01-01", ["2026-01-30", "2026-02-27"]),
        (rule("monthly", nth=2, nth_weekday=1, every=2), "2026-01-14", ["2026-03-10", "2026-05-12"]),
        (
            rule("yearly", "2024-02-29"),
            "2025-01-01",
            ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"],
        ),
        (rule("yearly", "2026-05-10", every=2), "2026-05-11", ["2028-05-10", "2030-05-10"]),
        (rule("daily", ends_on=dt.date(2026, 1, 2)), "2026-01-01", ["2026-01-01", "2026-01-02"]),
    ],
)
def test_the_days_of_a_rule(found: Rule, since: str, expected: list[str]):
    named = [str(day) for day in islice(days(found, dt.date.fromisoformat(since)), len(expected) or 1)]
    assert named == expected


@pytest.mark.parametrize(
    ("day", "at", "zone", "instant"),
    [
        ("2026-03-02", "09:00", SEOUL, "2026-03-02T00:00:00+00:00"),
        ("2026-03-28", "02:30", BERLIN, "2026-03-28T01:30:00+00:00"),
        ("2026-03-29", "02:30", BERLIN, "2026-03-29T01:00:00+00:00"),  # left out: the first instant after it
        ("2026-03-29", "02:00", BERLIN, "2026-03-29T01:00:00+00:00"),
        ("2026-03-29", "03:00", BERLIN, "2026-03-29T01:00:00+00:00"),
        ("2026-10-25", "02:30", BERLIN, "2026-10-25T00:30:00+00:00"),  # comes twice: the first time
        ("2026-10-25", "03:30", BERLIN, "2026-10-25T02:30:00+00:00"),
        ("2026-03-08", "02:30", NEW_YORK, "2026-03-08T07:00:00+00:00"),
        ("2026-11-01", "01:30", NEW_YORK, "2026-11-01T05:30:00+00:00"),
        ("2011-12-30", "09:00", APIA, "2011-12-30T10:00:00+00:00"),  # a whole day that never was
    ],
)
def test_the_instant_of_a_wall_time(day: str, at: str, zone: str, instant: str):
    found = moment(dt.date.fromisoformat(day), dt.time.fromisoformat(at), zone)
    assert found.isoformat() == instant


# Monday to Friday, without new year's day (a Thursday) and the week from 5 October 2026
HOLIDAYS = {dt.date(2026, 1, 1), *(dt.date(2026, 10, day) for day in range(5, 10))}


def works_on(day: dt.date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def moving(repeat: str, off_day: OffDay, starts_on: str = "2026-01-01", **more: Any) -> Rule:
    return rule(repeat, starts_on, off_day=off_day, works_on=works_on, **more)


@pytest.mark.parametrize(
    ("found", "since", "expected"),
    [
        (moving("daily", OffDay.OPEN), "2026-01-01", ["2026-01-01", "2026-01-02", "2026-01-03"]),
        (moving("daily", OffDay.SKIP), "2026-01-01", ["2026-01-02", "2026-01-05", "2026-01-06"]),
        (moving("daily", OffDay.NEXT), "2026-01-01", ["2026-01-02", "2026-01-05", "2026-01-06"]),
        (moving("daily", OffDay.PREVIOUS), "2026-01-01", ["2026-01-02", "2026-01-05"]),
        # The first and the last working day of each month
        (
            moving("monthly", OffDay.NEXT, month_day=1),
            "2026-01-01",
            ["2026-01-02", "2026-02-02", "2026-03-02", "2026-04-01", "2026-05-01"],
        ),
        (
            moving("monthly", OffDay.PREVIOUS, month_day=31),
            "2026-01-01",
            ["2026-01-30", "2026-02-27", "2026-03-31", "2026-04-30", "2026-05-29"],
        ),
        # Days before the one that is asked from move behind it: a week of holidays and the weekends around it
        (moving("weekly", OffDay.NEXT, weekdays=(5,)), "2026-10-04", ["2026-10-12", "2026-10-19"]),
        (moving("weekly", OffDay.NEXT, weekdays=(5, 6)), "2026-10-04", ["2026-10-12", "2026-10-19"]),
        (moving("once", OffDay.PREVIOUS, "2026-10-11"), "2026-10-01", ["2026-10-02"]),
        (moving("once", OffDay.SKIP, "2026-10-11"), "2026-10-01", []),
        # First and last day name the days that move, not those they move to
        (
            moving("daily", OffDay.NEXT, ends_on=dt.date(2026, 1, 3)),
            "2026-01-01",
            ["2026-01-02", "2026-01-05"],
        ),
        (
            moving("daily", OffDay.PREVIOUS, "2026-01-03", ends_on=dt.date(2026, 1, 4)),
            "2026-01-01",
            ["2026-01-02"],
        ),
    ],
)
def test_days_on_which_nobody_works(found: Rule, since: str, expected: list[str]):
    named = [str(day) for day in islice(days(found, dt.date.fromisoformat(since)), len(expected) or 1)]
    assert named == expected


def test_a_calendar_without_working_days_has_no_occurrence():
    never = {"works_on": lambda _day: False, "off_day": OffDay.NEXT}
    assert following(rule("yearly", **never), dt.datetime(2026, 1, 1, tzinfo=UTC)) is None


def test_in_summer_and_winter_it_is_the_same_wall_time():
    daily = rule("daily", "2026-03-01", tz=BERLIN)
    found = coming(daily, dt.datetime(2026, 3, 27, 12, tzinfo=UTC), 4)
    assert [at.hour for at in found] == [8, 7, 7, 7]
    assert {at.astimezone(ZoneInfo(BERLIN)).time() for at in found} == {NINE}


def test_the_night_of_a_clock_change_has_one_occurrence():
    daily = rule("daily", "2026-01-01", at=dt.time(2, 30), tz=BERLIN)
    for since, until in (("2026-03-28T12", "2026-03-29T12"), ("2026-10-24T12", "2026-10-25T12")):
        start, end = (dt.datetime.fromisoformat(f"{text}:00:00+00:00") for text in (since, until))
        assert len(between(daily, start, end)) == 1


def test_two_days_at_one_instant_are_one_occurrence():
    midnight = rule("daily", "2011-12-01", at=dt.time(0), tz=APIA)
    start, end = dt.datetime(2011, 12, 29, tzinfo=UTC), dt.datetime(2012, 1, 1, 12, tzinfo=UTC)
    walls = [at.astimezone(ZoneInfo(APIA)).date().isoformat() for at in between(midnight, start, end)]
    assert walls == ["2011-12-29", "2011-12-31", "2012-01-01", "2012-01-02"]


def test_both_ends_of_a_span_count():
    daily = rule("daily", tz="UTC")
    at = dt.datetime(2026, 1, 5, 9, tzinfo=UTC)
    assert between(daily, at, at) == [at]
    assert following(daily, at) == at + dt.timedelta(days=1)
    assert following(daily, at - dt.timedelta(microseconds=1)) == at


def test_nothing_comes_after_the_last_day():
    assert following(rule("daily"), dt.datetime(2100, 1, 1, tzinfo=UTC)) is None
    assert following(rule("daily", "2099-12-30"), dt.datetime(2099, 12, 31, 12, tzinfo=UTC)) is None
    assert following(rule("yearly", "2026-01-01", every=366), dt.datetime(2026, 2, 1, tzinfo=UTC)) is None


@st.composite
def any_rule(draw: st.DrawFn) -> Rule:
    repeat = draw(st.sampled_from(Repeat.values))
    by_weekday = draw(st.booleans()) if repeat == Repeat.MONTHLY else False
    return Rule(
        repeat=repeat,
        starts_on=draw(st.dates(dt.date(2010, 1, 1), dt.date(2040, 12, 31))),
        at=draw(st.times()).replace(second=0, microsecond=0, tzinfo=None),
        tz=draw(st.sampled_from(ZONES)),
        every=draw(st.integers(1, 12)),
        weekdays=tuple(draw(st.sets(st.integers(0, 6), min_size=1))) if repeat == Repeat.WEEKLY else (),
        month_day=draw(st.integers(1, 31)) if repeat == Repeat.MONTHLY and not by_weekday else None,
        nth=draw(st.sampled_from(Nth.values)) if by_weekday else None,
        nth_weekday=draw(st.integers(0, 6)) if by_weekday else None,
    )


moments = st.integers(0, 36 * 365 * 86400).map(
    lambda seconds: dt.datetime(2009, 1, 1, tzinfo=UTC) + dt.timedelta(seconds=seconds)
)


@given(any_rule(), moments)
def test_instants_only_ever_go_forward_and_stand_at_the_wall_time(found: Rule, after: dt.datetime):
    ahead = coming(found, after, 6)
    assert all(one < two for one, two in pairwise([after, *ahead]))
    zone = ZoneInfo(found.tz)
    for at in ahead:
        wall = at.astimezone(zone)
        assert wall.date() >= found.starts_on
        if wall.time() != found.at:  # the clock left that time out: this is the first instant after the gap
            before = (at - dt.timedelta(seconds=1)).astimezone(zone)
            assert before.utcoffset() < wall.utcoffset()
            assert before.replace(tzinfo=None) < dt.datetime.combine(wall.date(), found.at)
            assert dt.datetime.combine(wall.date(), found.at) < wall.replace(tzinfo=None)


@given(any_rule(), moments, st.integers(1, 5))
def test_asked_one_by_one_the_same_instants_come(found: Rule, after: dt.datetime, most: int):
    ahead = coming(found, after, most)
    walked, at = [], after
    while len(walked) < most and (at := following(found, at)) is not None:
        walked.append(at)
    assert walked == ahead
    if ahead:
        assert between(found, ahead[0], ahead[-1]) == ahead


@given(any_rule(), st.dates(dt.date(2009, 1, 1), dt.date(2045, 1, 1)), st.integers(0, 900))
def test_days_do_not_depend_on_where_one_begins_to_look(found: Rule, since: dt.date, later: int):
    second = since + dt.timedelta(days=later)
    end = second + dt.timedelta(days=90)
    whole = [day for day in islice(days(found, since), 1000) if second <= day < end]
    part = [day for day in islice(days(found, second), 91) if day < end]
    assert part == whole


@given(any_rule())
def test_days_are_those_of_an_independent_reckoning(found: Rule):
    """RFC 5545 by dateutil, where it says the same thing: a month's missing day is left out there."""
    if found.repeat == Repeat.ONCE or (found.month_day or 0) > 28:
        return
    if found.repeat == Repeat.YEARLY and found.starts_on.day > 28:
        return
    kinds = {"daily": rrule.DAILY, "weekly": rrule.WEEKLY, "monthly": rrule.MONTHLY, "yearly": rrule.YEARLY}
    more: dict[str, Any] = {}
    if found.repeat == Repeat.WEEKLY:
        more = {"byweekday": list(found.weekdays), "wkst": 0}
    elif found.nth is not None:
        more = {"byweekday": rrule.weekday(found.nth_weekday, found.nth)}
    elif found.repeat == Repeat.MONTHLY:
        more = {"bymonthday": found.month_day}
    start = dt.datetime.combine(found.starts_on, dt.time(0))
    expected = rrule.rrule(kinds[found.repeat], dtstart=start, interval=found.every, **more)
    named = list(islice(days(found, found.starts_on), 20))
    assert named == [at.date() for at in islice(expected, 20) if at.date() <= LAST_DAY]


@given(st.integers(29, 31), st.integers(2000, 2090))
def test_a_month_without_that_day_has_its_last_one(day: int, year: int):
    found = rule("monthly", f"{year}-01-01", month_day=day)
    named = list(islice(days(found, found.starts_on), 12))
    assert named == [
        dt.date(year, month, min(day, calendar.monthrange(year, month)[1])) for month in range(1, 13)
    ]


@given(any_rule(), st.sampled_from(OffDay.values), st.dates(dt.date(2010, 1, 1), dt.date(2041, 1, 1)))
def test_moved_days_work_come_once_and_are_the_same_from_any_day_on(
    found: Rule, off_day: str, since: dt.date
):
    def free(day: dt.date) -> bool:
        return day.weekday() < 5 and day.day % 9 > 1

    moved = replace(found, off_day=off_day, works_on=free)
    named = list(islice(days(moved, since), 12))
    assert all(first < second for first, second in pairwise(named))
    if off_day == OffDay.OPEN:
        assert named == list(islice(days(found, since), 12))
        return
    assert all(free(day) for day in named)
    around = dt.timedelta(days=MOST_MOVED)
    plain = list(islice(days(found, since - around), 100))
    near = [day for day in named if day <= plain[-1]]
    assert all(any(abs(day - each) <= around for each in plain) for day in near)
    if named:
        assert list(islice(days(moved, named[-1]), 1)) == named[-1:]
