"""How long it took, as people type it."""

from __future__ import annotations

import pytest
from django.utils import translation

from core import formats
from tickets.durations import NoLengthError, minutes_of


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("90", 90),
        (" 45 ", 45),
        ("1", 1),
        ("1440", 1440),
        ("1:30", 90),
        ("0:05", 5),
        ("24:00", 1440),
        ("1h 30m", 90),
        ("1h30m", 90),
        ("1H", 60),
        ("30m", 30),
        ("90m", 90),
        ("1.5h", 90),
        ("0.25h", 15),
        ("2 hours", 120),
        ("1 hour 30 minutes", 90),
        ("1 h 30 min", 90),
        ("1시간 30분", 90),
        ("1시간30분", 90),
        ("2시간", 120),
        ("90분", 90),
        ("２시간", 120),
        ("24시간", 1440),
    ],
)
def test_what_is_understood(typed: str, minutes: int):
    assert minutes_of(typed) == minutes


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "0", "0m", "0:00", "-5", "+5", "1.5", "1,5h", "1:75", "1:5", "1h 90m", "1h 30", "1h m"),
        *("h", "m", "시간", "분", "abc", "1d", "1h 30m 10s", "30m 1h", "25h", "24:01", "1441", "99999999"),
        *("٩٠", "१h", "1e3", "0x10", "1h\x00", "<b>1h</b>", "9" * 100_000, " " * 100_000, "1h " * 40_000),
    ],
)
def test_what_is_not(typed: str):
    with pytest.raises(NoLengthError):
        minutes_of(typed)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_what_the_page_writes_it_reads(language: str):
    with translation.override(language):
        for minutes in (1, 59, 60, 61, 90, 600, 1439, 1440):
            assert minutes_of(formats.hours(minutes * 60)) == minutes
