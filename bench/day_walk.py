"""Business time as it is usually counted, day by day: what ``schedules.bizcal`` is compared with.

It is right for the same calendars, changes of offset included, and it is no straw man: it looks at each date
once, skips closed ones at once, and asks the zone only for the edges of intervals.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from schedules.bizcal import Plan

ONE = dt.timedelta(days=1)
LONGEST_DAYS = 4_000


def spans(plan: Plan, zone: ZoneInfo, day: dt.date) -> Iterator[tuple[float, float]]:
    """The open stretches that begin on a date, as seconds since 1970."""
    midnight = dt.datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a wall clock
    for start, end in plan.intervals(day.toordinal()):
        yield tuple(
            (midnight + dt.timedelta(minutes=minute)).replace(tzinfo=zone).timestamp()
            for minute in (start, end)
        )


def elapsed(plan: Plan, zone: ZoneInfo, start: dt.datetime, end: dt.datetime) -> int:
    """Open seconds from ``start`` to ``end``."""
    low, high, total = start.timestamp(), end.timestamp(), 0.0
    day, last = start.astimezone(zone).date() - ONE, end.astimezone(zone).date()
    while day <= last:
        for opens, closes in spans(plan, zone, day):
            total += max(0.0, min(closes, high) - max(opens, low))
        day += ONE
    return int(total)


def add(plan: Plan, zone: ZoneInfo, start: dt.datetime, seconds: int) -> dt.datetime | None:
    """The earliest instant with ``seconds`` of open time since ``start``; None within ten years."""
    low, left = start.timestamp(), float(seconds)
    day = start.astimezone(zone).date() - ONE
    for _step in range(LONGEST_DAYS):
        for opens, closes in spans(plan, zone, day):
            length = closes - max(opens, low)
            if length >= left:
                return dt.datetime.fromtimestamp(max(opens, low) + left, dt.UTC)
            left -= max(0.0, length)
        day += ONE
    return None
