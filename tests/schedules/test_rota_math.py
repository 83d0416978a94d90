"""Who is on call, against an oracle that walks the clock, around changes of offset (FEATURES FT-43)."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.rota_math import (
    Layer,
    Override,
    Rota,
    layer_turns,
    on_call,
    reached,
    stretches,
    turn_at,
    turns,
    turns_of,
    whole_turns,
)
from tests.schedules import minute_walk, rota_walk
from tests.schedules.test_bizcal import day_plans

UTC = dt.UTC
QUARTER = 900
PEOPLE = range(1, 6)
A, B, C = 1, 2, 3


def at(text):
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def weekly(people=(A, B, C), **more):
    """A week each from Monday 2 March 2026, 09:00."""
    monday = {"start": dt.date(2026, 3, 2), "handover": dt.time(9), "weekday": 0}
    return Layer(people=people, **({"unit": "weeks", "length": 1} | monday | more))


def daily(people=(A, B, C), **more):
    return weekly(people, **({"unit": "days", "weekday": None} | more))


@st.composite
def layers(draw, day):
    """A layer that begins shortly before or after ``day``."""
    unit = draw(st.sampled_from(["hours", "days", "weeks"]))
    hours = None
    if draw(st.booleans()):
        plans = {dow: draw(day_plans(grain=15)) for dow in draw(st.sets(st.integers(0, 6), min_size=1))}
        hours = tuple(sorted(plans.items()))
    return Layer(
        start=day + dt.timedelta(days=draw(st.integers(-9, 2))),
        handover=dt.time(draw(st.integers(0, 23)), 15 * draw(st.integers(0, 3))),
        unit=unit,
        length=draw(st.integers(1, {"hours": 50, "days": 4, "weeks": 2}[unit])),
        people=tuple(draw(st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=4))),
        weekday=draw(st.none() | st.integers(0, 6)) if unit == "weeks" else None,
        hours=hours,
    )


@st.composite
def rotas(draw, *, days):
    """A rota near a change of offset, and the stretch of time to look at."""
    anchor = draw(st.sampled_from(minute_walk.EDGES))
    start = anchor - dt.timedelta(days=days // 2, minutes=15 * draw(st.integers(0, 95)))
    edges = sorted(draw(st.sets(st.integers(0, days * 96 + 40), max_size=6)))
    spans = zip(edges[::2], edges[1::2], strict=False)
    overrides = tuple(
        Override(key, draw(st.sampled_from(PEOPLE)), *(start + dt.timedelta(minutes=15 * e) for e in span))
        for key, span in enumerate(spans)
    )
    rota = Rota(
        draw(st.sampled_from(minute_walk.ZONES)),
        tuple(draw(st.lists(layers(anchor.date()), max_size=3))),
        overrides,
        frozenset(draw(st.sets(st.sampled_from(PEOPLE), max_size=2))),
    )
    return rota, start, start + dt.timedelta(days=days)


def check_against_the_walk(rota, start, end, step):
    """Every step of the walk finds the people that ``stretches``, ``turns`` and ``on_call`` tell of."""
    found = list(stretches(rota, start, end))
    begins = [each.start for each in found]
    assert [each.end for each in found[:-1]] == begins[1:]  # nothing is missing and nothing twice
    firsts = turns(rota, start, end)
    first_begins = [turn.start for turn in firsts]
    early = start - dt.timedelta(days=14)
    for number, (moment, people) in enumerate(rota_walk.chains(rota, early, start, end, step=step)):
        stretch = found[bisect_right(begins, moment) - 1]
        assert [duty.person for duty in stretch.chain] == people, moment
        place = bisect_right(first_begins, moment) - 1
        first = firsts[place].duty.person if place >= 0 and moment < firsts[place].end else None
        assert first == (people[0] if people else None), moment
        if number % 53 == 0:
            assert [duty.person for duty in on_call(rota, moment)] == people, moment


@given(rotas(days=6))
@settings(max_examples=150)
def test_who_is_on_call_at_any_quarter_equals_a_walk_of_the_clock(case):
    check_against_the_walk(*case, QUARTER)


@given(rotas(days=2))
@settings(max_examples=30)
def test_who_is_on_call_at_any_minute_equals_a_walk_of_the_clock(case):
    check_against_the_walk(*case, 60)


@pytest.mark.parametrize("zone", minute_walk.ZONES)
def test_around_each_change_of_offset_in_each_zone_the_walk_agrees(zone):
    """Not by chance: every zone with every edge, with turns of eight hours over a daily layer with hours."""
    assert len(minute_walk.ZONES) >= 12
    for edge in minute_walk.EDGES:
        first = edge.date() - dt.timedelta(days=3)
        short = daily((A, B), start=first, unit="hours", length=8, handover=dt.time(2, 15))
        hours = tuple((dow, ((60, 150), (1320, 1600))) for dow in range(7))
        long = daily((C, B), start=first, handover=dt.time(1, 30), hours=hours)
        rota = Rota(zone, (long, short))
        check_against_the_walk(rota, edge - dt.timedelta(days=1), edge + dt.timedelta(days=2), QUARTER)


@given(rotas(days=6), st.integers(0, 400), st.integers(1, 400))
@settings(max_examples=60)
def test_a_whole_turn_has_the_same_times_whatever_was_asked_for(case, ahead, length):
    rota, start, end = case
    low = start + dt.timedelta(minutes=15 * ahead)
    high = low + dt.timedelta(minutes=15 * length)
    shown = whole_turns(rota, low, high)
    wide = whole_turns(rota, start - dt.timedelta(days=3), end + dt.timedelta(days=3))
    assert [turn for turn in wide if turn.start < high and turn.end > low] == shown


@given(rotas(days=6), st.sampled_from(PEOPLE))
@settings(max_examples=60)
def test_the_turns_of_a_person_are_when_they_are_called_and_in_that_place(case, person):
    rota, start, end = case
    told = turns_of(rota, person, start, end)
    for stretch in stretches(rota, start, end):
        called = [duty.person for duty in stretch.chain]
        ranks = {rank for rank, turn in told if turn.start <= stretch.start and stretch.end <= turn.end}
        assert ranks == ({called.index(person)} if person in called else set())


def test_a_hand_over_stays_at_nine_over_winter_and_summer():
    rota = Rota("Europe/London", (weekly(),))
    found = turns(rota, at("2026-03-02T09:00Z"), at("2026-12-01T00:00Z"))
    walls = {turn.start.astimezone(ZoneInfo("Europe/London")).strftime("%a %H:%M") for turn in found}
    assert walls == {"Mon 09:00"}
    assert {turn.start.strftime("%H:%M") for turn in found} == {"09:00", "08:00"}
    assert [turn.duty.person for turn in found[:4]] == [A, B, C, A]


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00Z"),  # skipped: when the clock jumps
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z"),  # twice: the first of them
        ("America/New_York", "2026-11-01T02:00", "2026-11-01T07:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30Z"),  # half an hour
        ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45Z"),
        ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T10:00Z"),  # a date that never was
        ("Asia/Seoul", "2026-03-02T09:00", "2026-03-02T00:00Z"),
    ],
)
def test_a_hand_over_is_when_the_clock_first_has_reached_it(zone, wall, instant):
    assert reached(dt.datetime.fromisoformat(wall), ZoneInfo(zone)) == at(instant)


def test_turns_inside_a_date_that_never_was_do_not_happen():
    layer = daily((A, B, C), start=dt.date(2011, 12, 29), unit="hours", length=6, handover=dt.time(0))
    found = layer_turns(Rota("Pacific/Apia", (layer,)), 0, at("2011-12-30T04:00Z"), at("2011-12-30T22:00Z"))
    # 29 December 18:00 is turn 3; those of the 30th begin with the jump, and only the last of them lasts.
    assert [(turn.duty.turn, turn.start) for turn in found] == [
        (3, at("2011-12-30T04:00Z")),
        (8, at("2011-12-30T10:00Z")),
        (9, at("2011-12-30T16:00Z")),
    ]


def test_an_upper_layer_wins_in_its_hours_and_the_next_one_fills_the_gap():
    office = ((0, ((540, 1080),)),)
    rota = Rota("Asia/Seoul", (weekly((A,), hours=office), weekly((B, C))))
    found = turns(rota, at("2026-03-02T00:00Z"), at("2026-03-03T00:00Z"))
    assert [(turn.duty.person, turn.start.hour, turn.end.hour) for turn in found] == [(A, 0, 9), (B, 9, 0)]
    assert [duty.person for duty in on_call(rota, at("2026-03-02T03:00Z"))] == [A, B]


def test_an_override_wins_over_all_layers_and_ends_to_the_second():
    over = Override(7, C, at("2026-03-03T00:00Z"), at("2026-03-03T12:00:30Z"))
    rota = Rota("Asia/Seoul", (weekly((A, B)),), (over,))
    assert [duty.person for duty in on_call(rota, at("2026-03-03T12:00:29Z"))] == [C, A]
    assert [duty.person for duty in on_call(rota, at("2026-03-03T12:00:30Z"))] == [A]
    found = turns(rota, at("2026-03-02T00:00Z"), at("2026-03-05T00:00Z"))
    assert [turn.duty.person for turn in found] == [A, C, A]


def test_who_left_is_passed_over_and_nobody_elses_turn_moves():
    rota = Rota("Asia/Seoul", (weekly((A, B, C)),), absent=frozenset({B}))
    found = turns(rota, at("2026-03-02T00:00Z"), at("2026-03-30T00:00Z"))
    assert [turn.duty.person for turn in found] == [A, C, C, A]
    assert [turn.duty.turn for turn in found] == [0, 1, 2, 3]
    nobody = Rota("Asia/Seoul", (weekly((B,)), weekly((C,))), absent=frozenset({B}))
    assert [duty.person for duty in on_call(nobody, at("2026-03-04T00:00Z"))] == [C]
    assert on_call(Rota("Asia/Seoul", (weekly((B,)),), absent=frozenset({B})), at("2026-03-04T00:00Z")) == []


def test_before_the_first_hand_over_nobody_is_on_call():
    rota = Rota("Asia/Seoul", (weekly(start=dt.date(2026, 3, 3)),))  # a Tuesday: the first Monday is the 9th
    assert turn_at(rota.layers[0], rota.zone, at("2026-03-08T23:59:59Z")) == -1
    assert on_call(rota, at("2026-03-08T23:59:59Z")) == []
    assert [duty.person for duty in on_call(rota, at("2026-03-09T00:00:00Z"))] == [A]


def test_a_rota_without_layers_has_nobody():
    assert on_call(Rota("UTC"), at("2026-03-02T00:00Z")) == []
    assert turns(Rota("UTC"), at("2026-03-02T00:00Z"), at("2026-03-09T00:00Z")) == []


def test_a_turn_far_from_its_start_is_found_at_once():
    layer = daily((A, B), start=dt.date(1971, 1, 1), unit="hours", length=1)
    zone = ZoneInfo("America/New_York")
    assert turn_at(layer, zone, at("2097-07-01T12:00Z")) == turn_at(layer, zone, at("2097-07-01T11:00Z")) + 1
