"""Hours as people write them, and what a week may hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadInputError, RuleRefusedError
from schedules import rules

NINE, NOON, SIX = 540, 720, 1080


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", ()),
        ("09:00-18:00", ((NINE, SIX),)),
        ("13:00-18:00, 9-12", ((NINE, NOON), (780, SIX))),
        ("9~12; 13–18", ((NINE, NOON), (780, SIX))),
        ("0-24", ((0, 1440),)),
        ("22:00-06:00", ((1320, 1800),)),
        ("00:00-00:00", ((0, 1440),)),
        ("23:30-24:00", ((1410, 1440),)),
    ],
)
def test_hours_are_read_as_people_write_them(text, spans):
    assert rules.parsed("hours", text) == spans


@pytest.mark.parametrize(
    "text", ["nine to six", "9", "9-", "25-26", "09:60-10:00", "9-12-15", "9-12, 11-13", "24:30-25", "-9-10"]
)
def test_other_words_are_refused_with_an_example(text):
    with pytest.raises(RuleRefusedError) as refused:
        rules.parsed("hours_0", text)
    assert [each.field for each in refused.value.errors] == ["hours_0"]


@given(st.lists(st.integers(0, 1439), min_size=2, max_size=8, unique=True))
def test_what_is_written_is_read_as_it_was(edges):
    edges = sorted(edges)[: len(edges) // 2 * 2]
    spans = tuple(zip(edges[::2], edges[1::2], strict=True))
    assert rules.parsed("hours", rules.written(spans)) == spans


@pytest.mark.parametrize(
    "hours",
    [
        {},
        {0: []},
        {7: [(0, 60)]},
        {"0": [(0, 60)]},
        [],
        {0: [(60, 60)]},
        {0: [(60, 0)]},
        {0: [(0, 1441)]},
        {0: [(True, 60)]},
        {0: [(0, "60")]},
        {0: [(0, 60, 90)]},
        {0: [(0, 61), (60, 90)]},
        {0: [(1320, 1800)], 1: [(0, 60)]},
        {6: [(1320, 1800)], 0: [(300, 400)]},
        {0: [(at, at + 1) for at in range(0, 26, 2)]},
    ],
)
def test_a_week_that_cannot_be_is_refused(hours):
    with pytest.raises(RuleRefusedError):
        rules.check_hours(hours)


def test_nights_may_follow_each_other():
    week = {day: [(1320, 1800)] for day in range(7)}
    assert rules.check_hours(week) == dict.fromkeys(range(7), ((1320, 1800),))


def test_names_and_zones_are_checked():
    assert rules.check_names({"name_ko": " 야간 ", "tz": "Europe/Berlin"}) == {
        "name_ko": "야간",
        "tz": "Europe/Berlin",
    }
    zones = ({"tz": zone} for zone in ("Mars/Olympus", "", "../../etc/passwd", "Asia/Seoul\x00"))
    for wrong in ({"name_ko": " "}, {"name_en": "a\0b"}, *zones):
        with pytest.raises(RuleRefusedError):
            rules.check_names(wrong)
    with pytest.raises(BadInputError):
        rules.check_names({"version": 7})
