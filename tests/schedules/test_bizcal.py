"""Business time against golden vectors, a minute walk and plain arithmetic (DOMAIN DS-1 … DS-5)."""

from __future__ import annotations

import datetime as dt
import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.bizcal import ALWAYS, BizCal, Plan
from tests.schedules import minute_walk

UTC = dt.UTC
VECTORS = json.loads(Path(__file__).with_name("sla_vectors.json").read_text())["vectors"]
QUARTER = 900
MONDAYS = frozenset(dt.date(1969, 12, 29) + dt.timedelta(weeks=week) for week in range(7_000))


def parse(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def plan_of(data):
    return Plan(
        tz=data["tz"],
        weekly={int(dow): tuple(map(tuple, spans)) for dow, spans in data["weekly"].items()},
        holidays=frozenset(map(dt.date.fromisoformat, data["holidays"])),
        exceptions={
            dt.date.fromisoformat(day): tuple(map(tuple, spans)) for day, spans in data["exceptions"].items()
        },
    )


def office(tz="Asia/Seoul", **more):
    return BizCal(Plan(tz=tz, weekly=dict.fromkeys(range(5), ((540, 1080),)), **more))


def add_around(calendar, start, seconds, pauses):
    """The due instant with pauses, as a clock computes it: in stretches of running time."""
    running_since, accrued = start, 0
    for begin, end in pauses:
        spent = calendar.elapsed(running_since, max(begin, running_since))
        if accrued + spent >= seconds:
            break
        accrued, running_since = accrued + spent, max(end, running_since)
    return calendar.add(running_since, seconds - accrued)


@pytest.mark.parametrize("vector", VECTORS, ids=[vector["id"] for vector in VECTORS])
def test_every_golden_vector_comes_out(vector):
    calendar = BizCal(plan_of(vector["calendar"]))
    start, seconds = parse(vector["start_utc"]), vector["duration_minutes"] * 60
    pauses = [(parse(begin), parse(end)) for begin, end in vector["pauses_utc"]]
    assert add_around(calendar, start, seconds, pauses) == parse(vector["due_utc"])


def test_there_are_25_golden_vectors():
    assert len(VECTORS) == 25


@st.composite
def day_plans(draw, *, grain):
    """0 to 4 intervals that do not overlap; the last may run past midnight."""
    edges = draw(st.lists(st.integers(0, 1440 // grain), max_size=8, unique=True).map(sorted))
    spans = [(a * grain, b * grain) for a, b in zip(edges[::2], edges[1::2], strict=False)]
    if spans and draw(st.booleans()):
        start, end = spans[-1]
        spans[-1] = (start, min(end + draw(st.integers(1, 1440 // grain)) * grain, 2880))
    return tuple(span for span in spans if span[0] < 1440)


@st.composite
def cases(draw, *, grain):
    """A random calendar, a start near a change of offset, and a span of some days."""
    anchor = draw(st.sampled_from(minute_walk.EDGES))
    days = [anchor.date() + dt.timedelta(days=shift) for shift in range(-3, 6)]
    plan = Plan(
        tz=draw(st.sampled_from(minute_walk.ZONES)),
        weekly=draw(st.dictionaries(st.integers(0, 6), day_plans(grain=grain), max_size=7)),
        holidays=frozenset(draw(st.sets(st.sampled_from(days), max_size=3))),
        exceptions=draw(st.dictionaries(st.sampled_from(days), day_plans(grain=grain), max_size=2)),
    )
    start = anchor + dt.timedelta(minutes=grain * draw(st.integers(-2880 // grain, 2880 // grain)))
    span = dt.timedelta(minutes=grain * draw(st.integers(0, 4320 // grain)))
    return plan, start, start + span


@pytest.mark.pitfall("P-09")
@settings(max_examples=400, deadline=None)
@given(cases(grain=15))
def test_elapsed_equals_a_walk_in_quarters_to_every_instant_of_a_random_calendar(case):
    plan, start, end = case
    calendar = BizCal(plan)
    for at, total in minute_walk.running_total(plan, start, end, step=QUARTER):
        assert calendar.elapsed(start, at) == total


@pytest.mark.pitfall("P-11")
@settings(max_examples=120, deadline=None)
@given(cases(grain=1))
def test_elapsed_equals_a_walk_in_minutes_around_changes_of_offset(case):
    plan, start, end = case
    calendar = BizCal(plan)
    for at, total in minute_walk.running_total(plan, start, end, step=60):
        assert calendar.elapsed(start, at) == total


@pytest.mark.pitfall("P-04")
@settings(max_examples=200, deadline=None)
@given(cases(grain=15), st.integers(1, 96))
def test_add_gives_the_instant_of_the_walk_and_it_is_open_or_a_closing_edge(case, quarters):
    plan, start, _end = case
    calendar = BizCal(plan)
    due = calendar.add(start, quarters * QUARTER)
    expected = minute_walk.due(plan, start, quarters * QUARTER, step=QUARTER, days=20)
    if expected is None:
        assert due is None or due > start + dt.timedelta(days=19)
        return
    assert due == expected
    assert calendar.is_open(due - dt.timedelta(seconds=1))


@settings(max_examples=150, deadline=None)
@given(cases(grain=1), st.integers(0, 10**6), st.integers(0, 4320 * 60))
def test_add_and_elapsed_are_inverse_additive_and_monotone(case, seconds, middle):
    plan, start, end = case
    calendar = BizCal(plan)
    due = calendar.add(start, seconds)
    if due is not None:
        assert calendar.elapsed(start, due) == seconds
        back = calendar.add(due, -seconds)
        assert back is None or calendar.elapsed(back, due) == seconds
    between = min(start + dt.timedelta(seconds=middle), end)
    assert calendar.elapsed(start, between) + calendar.elapsed(between, end) == calendar.elapsed(start, end)
    assert calendar.elapsed(start, end) == -calendar.elapsed(end, start) >= 0


@settings(max_examples=150, deadline=None)
@given(cases(grain=15))
def test_open_segments_are_ordered_apart_and_sum_to_elapsed(case):
    plan, start, end = case
    calendar = BizCal(plan)
    segments = list(calendar.open_segments(start, end))
    assert sum((b - a).total_seconds() for a, b in segments) == calendar.elapsed(start, end)
    assert all(a < b for a, b in segments)
    assert all(first[1] < second[0] for first, second in pairwise(segments))


@pytest.mark.pitfall("P-09")
@given(
    st.sampled_from(minute_walk.ZONES),
    st.integers(915_148_800, 2_840_140_800).map(lambda second: dt.datetime.fromtimestamp(second, UTC)),
    st.integers(0, 10**8),
)
def test_round_the_clock_is_plain_seconds(tz, start, seconds):
    calendar = BizCal(Plan(tz=tz, weekly=ALWAYS))
    end = start + dt.timedelta(seconds=seconds)
    assert calendar.add(start, seconds) == end
    assert calendar.elapsed(start, end) == seconds


def test_round_the_clock_is_one_segment_also_across_changes_of_offset():
    calendar = BizCal(Plan(tz="America/New_York", weekly=ALWAYS, holidays=frozenset([dt.date(2030, 1, 1)])))
    start, end = dt.datetime(2026, 1, 1, tzinfo=UTC), dt.datetime(2027, 1, 1, tzinfo=UTC)
    assert list(calendar.open_segments(start, end)) == [(start, end)]


@pytest.mark.pitfall("P-05")
def test_three_days_are_72_hours_and_a_weekend_of_waiting_costs_its_open_seconds_only():
    calendar = office()
    start = dt.datetime(2026, 3, 12, 1, 0, tzinfo=UTC)  # Thursday 10:00
    assert calendar.add(start, 3 * 86_400) == calendar.add(start, 72 * 3600)
    friday, monday = dt.datetime(2026, 3, 13, 8, 0, tzinfo=UTC), dt.datetime(2026, 3, 16, 1, 0, tzinfo=UTC)
    held = add_around(calendar, start, 72 * 3600, [(friday, monday)])
    assert calendar.elapsed(calendar.add(start, 72 * 3600), held) == 2 * 3600  # Fri 17–18 and Mon 9–10


@pytest.mark.pitfall("P-07")
@given(st.integers(0, 30), st.integers(1, 12 * 3600))
def test_pausing_closed_time_moves_nothing(days, seconds):
    calendar = office()
    start = dt.datetime(2026, 3, 13, 0, 0, tzinfo=UTC) + dt.timedelta(days=days)
    close = next(calendar.open_segments(start, start + dt.timedelta(days=4)))[1]
    opening = calendar.next_open(close)
    assert add_around(calendar, start, seconds, [(close, opening)]) == calendar.add(start, seconds)


def test_instants_count_in_whole_seconds_rounded_down():
    calendar = office()
    start = dt.datetime(2026, 3, 10, 1, 0, 0, 999_999, tzinfo=UTC)
    assert calendar.elapsed(start, dt.datetime(2026, 3, 10, 1, 0, 10, 1, tzinfo=UTC)) == 10
    assert calendar.add(start, 10) == dt.datetime(2026, 3, 10, 1, 0, 10, tzinfo=UTC)


def test_adding_nothing_stays_at_the_instant_even_in_closed_time():
    saturday = dt.datetime(2026, 3, 14, 3, 0, tzinfo=UTC)
    assert office().add(saturday, 0) == saturday


@pytest.mark.parametrize(
    "plan",
    [Plan(tz="Asia/Seoul"), Plan(weekly={0: ((0, 60),)}, holidays=MONDAYS)],
    ids=["no hours", "all holidays"],
)
def test_a_calendar_that_never_opens_answers_never(plan):
    calendar = BizCal(plan)
    start = dt.datetime(2026, 3, 10, tzinfo=UTC)
    assert calendar.add(start, 1) is None
    assert calendar.next_open(start) is None
    assert calendar.elapsed(start, start + dt.timedelta(days=3650)) == 0
    assert calendar.add_business_days(start, 3) == start + dt.timedelta(days=3)


def test_far_targets_and_old_starts_widen_the_table():
    calendar = office()
    start = dt.datetime(2026, 3, 10, tzinfo=UTC)
    calendar.add(start, 3600)
    far = calendar.add(start, 9 * 3600 * 260 * 15)
    assert far.year == 2041
    assert calendar.elapsed(start, far) == 9 * 3600 * 260 * 15
    long_ago = dt.datetime(2005, 3, 10, tzinfo=UTC)
    assert calendar.elapsed(long_ago, long_ago + dt.timedelta(days=1)) == 9 * 3600


@pytest.mark.parametrize("year", [1969, 2101])
def test_instants_outside_the_known_years_are_refused(year):
    with pytest.raises(ValueError, match="1970 to 2100"):
        office().is_open(dt.datetime(year, 6, 1, tzinfo=UTC))


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        office().add(dt.datetime(2026, 3, 10), 60)  # noqa: DTZ001 - the point of the test


def test_next_open_is_the_instant_itself_in_open_time_and_the_opening_otherwise():
    calendar = office()
    tuesday_noon = dt.datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
    assert calendar.next_open(tuesday_noon) == tuesday_noon
    assert calendar.next_open(dt.datetime(2026, 3, 13, 9, 0, tzinfo=UTC)) == dt.datetime(
        2026, 3, 16, tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-13T01:30", 1, "2026-03-16T01:30"),  # Friday 10:30 → Monday 10:30
        ("2026-03-14T01:30", 1, "2026-03-16T01:30"),  # from a Saturday
        ("2026-03-09T01:30", 5, "2026-03-16T01:30"),
        ("2026-05-04T01:30", 1, "2026-05-06T01:30"),  # over Children's Day
        ("2026-03-10T01:30", 0, "2026-03-10T01:30"),
        ("2026-03-09T16:00", 1, "2026-03-10T16:00"),  # Tuesday 01:00 in Seoul → Wednesday 01:00
    ],
)
def test_business_days_keep_the_wall_clock_and_skip_closed_dates(start, days, expected):
    calendar = office(holidays=frozenset([dt.date(2026, 5, 5)]))
    assert calendar.add_business_days(parse(f"{start}:00Z"), days) == parse(f"{expected}:00Z")


def test_business_days_keep_the_wall_clock_over_a_change_of_offset():
    friday = dt.datetime(2026, 3, 6, 15, 0, tzinfo=UTC)  # 10:00 in New York
    assert office("America/New_York").add_business_days(friday, 1) == dt.datetime(
        2026, 3, 9, 14, 0, tzinfo=UTC
    )
