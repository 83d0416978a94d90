"""Spans of whole days that a report is about, and how an address names them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_QUARTER = re.compile(r"(\d{4})-[Qq]([1-4])")
FIRST_YEAR, LAST_YEAR = 2000, 2200
MOST_DAYS = 3 * 366


@dataclass(frozen=True)
class Period:
    """Both days belong to it; ``key`` is its name in addresses, empty when the days themselves are given."""

    key: str
    first: dt.date
    last: dt.date

    def months(self) -> Iterator[tuple[dt.date, dt.date]]:
        """The first and last day of each month of it, as far as they belong to it."""
        start = self.first
        while start <= self.last:
            following = _next_month(start)
            yield start, min(following - dt.timedelta(days=1), self.last)
            start = following


def named(key: str, today: dt.date) -> Period | None:
    """``month``, ``last_month``, ``quarter``, ``last_quarter``, ``2026-03``, ``2026-Q1``; None for others."""
    quarter = dt.date(today.year, today.month - (today.month - 1) % 3, 1)
    day = dt.timedelta(days=1)
    firsts = {
        "month": (today.replace(day=1), 1),
        "last_month": ((today.replace(day=1) - day).replace(day=1), 1),
        "quarter": (quarter, 3),
        "last_quarter": (_months_on(quarter, -3), 3),
    }
    found = firsts.get(key) or _written(key)
    if found is None:
        return None
    first, length = found
    return Period(key, first, _months_on(first, length) - day)


def between(first: dt.date, last: dt.date) -> Period | None:
    """The days from ``first`` to ``last``; None when they are the wrong way round, far off or too many."""
    fits = first.year >= FIRST_YEAR and last.year < LAST_YEAR
    return Period("", first, last) if fits and 0 <= (last - first).days < MOST_DAYS else None


def _written(key: str) -> tuple[dt.date, int] | None:
    month, quarter = _MONTH.fullmatch(key), _QUARTER.fullmatch(key)
    if month:
        year, number, length = int(month[1]), int(month[2]), 1
    elif quarter:
        year, number, length = int(quarter[1]), int(quarter[2]) * 3 - 2, 3
    else:
        return None
    return (dt.date(year, number, 1), length) if FIRST_YEAR <= year < LAST_YEAR else None


def _next_month(day: dt.date) -> dt.date:
    return _months_on(day.replace(day=1), 1)


def _months_on(first: dt.date, count: int) -> dt.date:
    """The first day of the month that many months on; ``first`` is a first day."""
    place = first.year * 12 + first.month - 1 + count
    return dt.date(place // 12, place % 12 + 1, 1)
