"""When a person's mails may come: quiet hours, working time, and the moments of the digest; no database.

Everything is reckoned in the person's own zone by ``schedules.bizcal``, which knows about clock changes.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from zoneinfo import ZoneInfo

from notifications.choices import Rhythm
from notifications.models import NotificationHours
from schedules.bizcal import MINUTES_PER_DAY, BizCal, Interval, Plan

HOUR = dt.timedelta(hours=1)


def outside_quiet(hours: NotificationHours, tz: str) -> BizCal:
    """The time in which mails may come to somebody who has said quiet hours."""
    assert hours.quiet_from is not None  # noqa: S101 - a constraint of the table
    assert hours.quiet_until is not None  # noqa: S101 - the same
    return _outside(_minute(hours.quiet_from), _minute(hours.quiet_until), tuple(hours.quiet_days), tz)


@lru_cache(maxsize=256)
def _outside(start: int, end: int, days: tuple[int, ...], tz: str) -> BizCal:
    open_time: list[Interval] = [(end, start)] if end < start else [(0, start), (end, MINUTES_PER_DAY)]
    spans = tuple((low, high) for low, high in open_time if low < high)
    return BizCal(Plan(tz=tz, weekly={day: spans for day in range(7) if day not in days}))


def _minute(time: dt.time) -> int:
    return time.hour * 60 + time.minute


def next_digest(hours: NotificationHours | None, tz: str, now: dt.datetime) -> dt.datetime:
    """When the period ends in which ``now`` lies: the next full hour, or the next day's chosen hour."""
    zone = ZoneInfo(tz)
    local = now.astimezone(zone)
    if hours is not None and hours.rhythm == Rhythm.HOURLY:
        over = dt.timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        return now - over + HOUR
    hour = hours.digest_hour if hours is not None else NotificationHours().digest_hour
    due = now
    for days in range(3):
        day = local.date() + dt.timedelta(days=days)
        due = dt.datetime.combine(day, dt.time(hour), zone).astimezone(dt.UTC)
        if due > now:
            break
    return due
