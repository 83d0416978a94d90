"""Holidays of a country and of iCalendar files."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import RuleRefusedError
from schedules import holiday_files

SINCE = dt.date(2026, 1, 1)


def file_of(*events):
    """An iCalendar file of these event bodies."""
    parts = "".join(f"BEGIN:VEVENT\r\nUID:{at}\r\n{each}\r\nEND:VEVENT\r\n" for at, each in enumerate(events))
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{parts}END:VCALENDAR\r\n".encode()


def days_of(*events):
    return holiday_files.of_file(file_of(*events), since=SINCE)


def test_korea_comes_first_and_its_holidays_have_korean_names():
    assert holiday_files.countries()[0] == "KR"
    found = holiday_files.of_country("KR", 2026, language="ko")
    assert found[dt.date(2026, 10, 9)] == "한글날"
    assert found[dt.date(2026, 2, 17)] == "설날"
    assert {day.year for day in found} == {2026}


@pytest.mark.parametrize(("country", "year"), [("XX", 2026), ("KR", 1200), ("KR", 9999), ("", 2026)])
def test_an_unknown_country_or_year_is_refused(country, year):
    with pytest.raises(RuleRefusedError):
        holiday_files.of_country(country, year, language="en")


def test_one_day_several_days_and_times_of_day():
    assert days_of(
        "DTSTART;VALUE=DATE:20260501\r\nSUMMARY:Founding day",
        "DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Shut",
        "DTSTART:20260707T090000\r\nDTEND:20260707T180000\r\nSUMMARY:Outing",
    ) == {
        dt.date(2026, 5, 1): "Founding day",
        dt.date(2026, 7, 7): "Outing",
        dt.date(2026, 12, 24): "Shut",
        dt.date(2026, 12, 25): "Shut",
        dt.date(2026, 12, 26): "Shut",
    }


def test_what_comes_every_year_comes_for_the_next_ten():
    found = days_of("DTSTART;VALUE=DATE:20100301\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:삼일절")
    assert list(found) == [dt.date(year, 3, 1) for year in range(2026, 2037)]
    assert set(found.values()) == {"삼일절"}


@pytest.mark.parametrize(
    ("first", "rule", "days"),
    [
        ("20250120", "FREQ=YEARLY;BYMONTH=1;BYDAY=3MO", [dt.date(2026, 1, 19), dt.date(2027, 1, 18)]),
        ("20250526", "FREQ=YEARLY;BYMONTH=5;BYDAY=-1MO", [dt.date(2026, 5, 25), dt.date(2027, 5, 31)]),
        ("20250101", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=24", [dt.date(2026, 12, 24), dt.date(2027, 12, 24)]),
        ("20240229", "FREQ=YEARLY", [dt.date(2028, 2, 29), dt.date(2032, 2, 29)]),
        ("00010101", "FREQ=YEARLY;INTERVAL=1", [dt.date(2026, 1, 1), dt.date(2027, 1, 1)]),
        ("20250101", "FREQ=YEARLY;COUNT=2", [dt.date(2026, 1, 1)]),
        ("20250101", "FREQ=YEARLY;UNTIL=20270601", [dt.date(2026, 1, 1), dt.date(2027, 1, 1)]),
    ],
)
def test_one_day_of_every_year_as_files_say_it(first, rule, days):
    found = days_of(f"DTSTART;VALUE=DATE:{first}\r\nRRULE:{rule}\r\nSUMMARY:Day")
    assert list(found)[:2] == days


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;INTERVAL=0",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYDAY=6MO",
        "FREQ=YEARLY;BYDAY=MO",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=YEARLY;BYMONTH=1,2",
        "FREQ=YEARLY;BYHOUR=1,2;BYMINUTE=3,4;BYSECOND=5,6",
        "FREQ=SECONDLY",
    ],
)
def test_rules_that_never_come_or_come_too_often_are_refused_at_once(rule):
    with pytest.raises(RuleRefusedError):
        days_of(f"DTSTART;VALUE=DATE:20260101\r\nRRULE:{rule}\r\nSUMMARY:Never")


def test_what_is_past_or_has_no_name():
    found = days_of("DTSTART;VALUE=DATE:20200101\r\nSUMMARY:Old", "DTSTART;VALUE=DATE:20260102")
    assert list(found) == [dt.date(2026, 1, 2)]
    assert found[dt.date(2026, 1, 2)]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00\xff" * 100,
        b"BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n",
        b"<html></html>",
        file_of("SUMMARY:no date"),
        file_of("DTSTART:yesterday"),
        file_of("DTSTART;VALUE=DATE:20200101\r\nSUMMARY:All past"),
        file_of("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=DAILY\r\nSUMMARY:Standup"),
        file_of("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;INTERVAL=0\r\nSUMMARY:Never"),
        file_of(*["DTSTART;VALUE=DATE:20260101"] * 10_000),
        b"x" * 1_000_001,
    ],
    ids=[
        "empty",
        "noise",
        "no-event",
        "html",
        "no-date",
        "bad-date",
        "past",
        "daily",
        "bad-rule",
        "many",
        "large",
    ],
)
def test_garbage_is_refused_with_a_reason(data):
    with pytest.raises(RuleRefusedError) as refused:
        holiday_files.of_file(data, since=SINCE)
    assert refused.value.errors[0].field == "file"


def test_an_event_of_years_is_cut():
    found = days_of("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20990101\r\nSUMMARY:For ever")
    assert len(found) == holiday_files.LONGEST_DAYS
