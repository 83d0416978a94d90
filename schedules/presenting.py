"""A year of a calendar as a picture: twelve months of days, each with what it is like."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from schedules import rules
from schedules.bizcal import BizCal, Interval
from schedules.selectors import SpecialDay

OPEN, CLOSED, HOLIDAY, OWN = "open", "closed", "holiday", "own"


@dataclass(frozen=True)
class Day:
    """One cell: ``look`` is open, closed, holiday or own; ``text`` says it in words."""

    date: dt.date
    look: str
    text: str


@dataclass(frozen=True)
class Month:
    """A month: its first day, and weeks from Monday to Sunday with None outside of it."""

    first: dt.date
    weeks: list[list[Day | None]]


def months(counted: BizCal, special: Iterable[SpecialDay], year: int) -> list[Month]:
    """The twelve months of a year."""
    said = {day.date: day for day in special}
    found = []
    for number in range(1, 13):
        weeks = calendar.Calendar().monthdatescalendar(year, number)
        found.append(
            Month(
                dt.date(year, number, 1),
                [
                    [_day(day, counted, said.get(day)) if day.month == number else None for day in week]
                    for week in weeks
                ],
            )
        )
    return found


def _day(day: dt.date, counted: BizCal, said: SpecialDay | None) -> Day:
    if said is not None:
        look = OWN if said.spans else HOLIDAY
        return Day(day, look, f"{said.name} ({hours_text(said.spans)})")
    spans = counted.plan.intervals(day.toordinal())
    return Day(day, OPEN if spans else CLOSED, hours_text(spans))


def hours_text(spans: Iterable[Interval]) -> str:
    """The hours of a day in words."""
    return rules.written(spans) or _("closed")


def weekdays() -> list[tuple[str, str]]:
    """Short and full names of the days, Monday first; Korean says a day in one letter."""
    short = 1 if (get_language() or "ko").startswith("ko") else 3
    return [(str(WEEKDAYS_ABBR[day])[:short], str(WEEKDAYS[day])) for day in range(7)]
