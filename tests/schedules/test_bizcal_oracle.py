"""Business time in every zone against a walk in small steps that knows nothing of tables (P-09, P-11).

At least 5,000 random calendars: none to seven days, none to four stretches, nights, holidays, exceptions,
near changes of offset. A case is made from one number: it is cheap to make and a failure can be repeated.
"""

from __future__ import annotations

import datetime as dt
import random
from bisect import bisect_left
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.bizcal import BizCal, Plan
from tests.schedules import minute_walk

DAY, QUARTER, MINUTE = dt.timedelta(days=1), 900, 60
EACH = 350  # times the zones: more than 5,000
SEEDS = st.integers(0, 2**32)
FIRST, LAST = dt.datetime(2009, 1, 1, tzinfo=dt.UTC), dt.datetime(2027, 1, 1, tzinfo=dt.UTC)


def changes(zone, grain):
    """The days after which the offset of a zone has changed, if it did so on a step of the walk."""
    found, at, before = [], FIRST, FIRST.astimezone(zone).utcoffset()
    while at < LAST:
        at += DAY
        if (now := at.astimezone(zone).utcoffset()) != before and moment(zone, at, now).minute % grain == 0:
            found.append(at)
        before = now
    return found or minute_walk.EDGES


def moment(zone, at, offset):
    """The minute of the day before at which the offset became that: 00:01 in St John's until 2011."""
    while (at - dt.timedelta(minutes=1)).astimezone(zone).utcoffset() == offset:
        at -= dt.timedelta(minutes=1)
    return at


PLACES = {(name, grain): changes(ZoneInfo(name), grain) for name in minute_walk.ZONES for grain in (1, 15)}


def day_of(source, grain):
    """None to four stretches that do not overlap; the last may run past midnight."""
    edges = sorted(source.sample(range(1440 // grain + 1), 2 * source.choice([0, 1, 1, 1, 2, 2, 3, 4])))
    spans = [(a * grain, b * grain) for a, b in zip(edges[::2], edges[1::2], strict=True)]
    if spans and source.random() < 0.4:
        start = spans[-1][0]
        spans[-1] = (start, min(start + grain * source.randint(1, 1440 // grain), 2880))
    return tuple(span for span in spans if span[0] < 1440)


def case(zone, seed, grain):
    """A calendar in that zone, and an instant near one of its changes of offset."""
    source = random.Random(seed)
    anchor = source.choice(PLACES[zone, grain])
    dates = [anchor.date() + DAY * shift for shift in range(-3, 6)]
    open_days = source.sample(range(7), source.randint(0, 7))
    plan = Plan(
        tz=zone,
        weekly={dow: day_of(source, grain) for dow in open_days},
        holidays=frozenset(source.sample(dates, source.randint(0, 2))),
        exceptions={date: day_of(source, grain) for date in source.sample(dates, source.randint(0, 2))},
    )
    start = anchor + dt.timedelta(minutes=grain * source.randint(-2880 // grain, 1440 // grain))
    return plan, start, source


def check(plan, start, source, *, step, days, amounts):
    """Elapsed to every step, add of some amounts, both ways, whether it is open: as the walk says."""
    calendar = BizCal(plan)
    walk = list(minute_walk.running_total(plan, start, start + DAY * days, step=step))
    totals = [total for _at, total in walk]
    assert [calendar.elapsed(start, at) for at, _total in walk] == totals
    for _turn in range(amounts):
        amount = step * source.randint(1, max(totals[-1] // step, 1))
        place = bisect_left(totals, amount)
        due = calendar.add(start, amount)
        if place == len(walk):
            assert due is None or due > walk[-1][0]
            continue
        assert due == walk[place][0]
        assert calendar.is_open(due - dt.timedelta(seconds=1))  # open time, or the closing edge
        assert calendar.add(due, 0) == due
        assert calendar.elapsed(due, start) == -amount
    at = start + dt.timedelta(seconds=step * source.randint(0, len(walk) - 1))
    assert calendar.is_open(at) == minute_walk.is_open(plan, calendar.zone, at)


@pytest.mark.pitfall("P-09")
@pytest.mark.pitfall("P-11")
@pytest.mark.parametrize("zone", minute_walk.ZONES)
@settings(max_examples=EACH, deadline=None)
@given(seed=SEEDS)
def test_p09_random_calendars_in_every_zone_equal_the_oracle(zone, seed):
    check(*case(zone, seed, 15), step=QUARTER, days=3, amounts=3)


@pytest.mark.pitfall("P-11")
@pytest.mark.parametrize("zone", minute_walk.ZONES)
@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_p11_to_the_minute_around_each_change_of_offset(zone, seed):
    check(*case(zone, seed, 1), step=MINUTE, days=2, amounts=3)


def test_there_are_enough_cases_and_zones():
    assert len(minute_walk.ZONES) >= 12
    assert EACH * len(minute_walk.ZONES) >= 5_000


LENGTHS = [
    ("America/New_York", dt.date(2026, 3, 8), 23.0),
    ("America/New_York", dt.date(2026, 11, 1), 25.0),
    ("Europe/London", dt.date(2026, 3, 29), 23.0),
    ("Europe/London", dt.date(2026, 10, 25), 25.0),
    ("Australia/Lord_Howe", dt.date(2026, 10, 4), 23.5),
    ("Australia/Lord_Howe", dt.date(2026, 4, 5), 24.5),
    ("Antarctica/Troll", dt.date(2026, 3, 29), 22.0),
    ("Antarctica/Troll", dt.date(2026, 10, 25), 26.0),
    ("Pacific/Apia", dt.date(2011, 12, 29), 24.0),
    ("Pacific/Apia", dt.date(2011, 12, 30), 0.0),  # a date that never was
    ("Asia/Seoul", dt.date(2026, 3, 8), 24.0),
]


@pytest.mark.pitfall("P-11")
@pytest.mark.parametrize(("zone", "date", "hours"), LENGTHS)
def test_p11_a_day_is_as_long_as_its_wall_clock_says(zone, date, hours):
    calendar = BizCal(Plan(tz=zone, exceptions={date: ((0, 1440),)}))
    start = dt.datetime.combine(date, dt.time(), dt.UTC) - 2 * DAY
    assert calendar.elapsed(start, start + 5 * DAY) == hours * 3600
    assert (calendar.add(start, 1) is None) == (hours == 0)


CLOSED = {
    "no hours at all": Plan(tz="Asia/Seoul"),
    "only days that are over": Plan(tz="Asia/Seoul", exceptions={dt.date(2020, 1, 1): ((0, 1440),)}),
    "hours that begin and end at once": Plan(tz="Asia/Seoul", weekly={0: ((540, 540),)}),
    "each open day a holiday": Plan(
        tz="Asia/Seoul",
        weekly={0: ((540, 1080),)},
        holidays=frozenset(dt.date(1969, 12, 29) + 7 * DAY * week for week in range(7_000)),
    ),
    "only in an hour that never is": Plan(
        tz="America/New_York", exceptions={dt.date(2027, 3, 14): ((120, 180),)}
    ),
}


@pytest.mark.parametrize("plan", CLOSED.values(), ids=CLOSED)
def test_a_calendar_with_no_open_time_ahead_answers_never_and_does_not_loop(plan):
    calendar = BizCal(plan)
    start = dt.datetime(2026, 3, 10, tzinfo=dt.UTC)
    for _again in range(3):  # the second time from the table it has by now
        assert calendar.add(start, 1) is None
        assert calendar.add(start, 10**9) is None
        assert calendar.next_open(start) is None
        assert calendar.elapsed(start, start + 3_000 * DAY) == 0
    assert list(calendar.open_segments(start, start + 3_000 * DAY)) == []


def test_a_target_beyond_the_last_known_year_is_never_and_not_a_loop():
    calendar = BizCal(Plan(tz="Asia/Seoul", weekly={0: ((540, 600),)}))
    assert calendar.add(dt.datetime(2026, 3, 10, tzinfo=dt.UTC), 3600 * 52 * 200) is None
    assert calendar.add(dt.datetime(2026, 3, 10, tzinfo=dt.UTC), 3600 * 52 * 10) is not None
