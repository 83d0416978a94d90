"""An oracle for business time that shares nothing with it: is this step open, by the words of DS-1?"""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

ZONES = [
    "Asia/Seoul",
    "America/New_York",
    "Europe/London",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Pacific/Apia",
    "America/St_Johns",
    "Africa/Casablanca",
    "Antarctica/Troll",
    "Pacific/Chatham",
    "America/Sao_Paulo",
    "Asia/Tehran",
    "Europe/Dublin",
    "UTC",
]
# Near changes of offset: spring, autumn, half an hour, two hours, a date that never was.
EDGES = [
    dt.datetime(2026, 3, 8, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 29, tzinfo=dt.UTC),
    dt.datetime(2026, 4, 4, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 3, tzinfo=dt.UTC),
    dt.datetime(2026, 10, 25, tzinfo=dt.UTC),
    dt.datetime(2026, 11, 1, tzinfo=dt.UTC),
    dt.datetime(2011, 12, 30, tzinfo=dt.UTC),
    dt.datetime(2018, 11, 4, tzinfo=dt.UTC),
    dt.datetime(2026, 2, 15, tzinfo=dt.UTC),
    dt.datetime(2026, 12, 31, tzinfo=dt.UTC),
]


def day_intervals(plan, day):
    """What the calendar says about one date: exceptions beat holidays beat weekly hours."""
    if day in plan.exceptions:
        return plan.exceptions[day]
    return () if day in plan.holidays else plan.weekly.get(day.weekday(), ())


def is_open(plan, zone, at):
    """Whether the wall clock lies in an interval of its date, or in the overnight part of the date before."""
    local = at.astimezone(zone)
    minute = local.hour * 60 + local.minute
    today, yesterday = local.date(), local.date() - dt.timedelta(days=1)
    return any(start <= minute < end for start, end in day_intervals(plan, today)) or any(
        minute + 1440 < end for _start, end in day_intervals(plan, yesterday)
    )


def running_total(plan, start, end, *, step):
    """Each step boundary from ``start`` to ``end`` with the open seconds since ``start``."""
    zone = ZoneInfo(plan.tz)
    total, at = 0, start
    while at <= end:
        yield at, total
        total += step if is_open(plan, zone, at) else 0
        at += dt.timedelta(seconds=step)


def due(plan, start, seconds, *, step=60, pauses=(), days=20):
    """The earliest instant at which ``seconds`` of open, unpaused time have passed; None within ``days``."""
    zone = ZoneInfo(plan.tz)
    at, left = start, seconds
    for _step in range(days * 86_400 // step):
        if left <= 0:
            return at
        paused = any(begin <= at < end for begin, end in pauses)
        left -= step if not paused and is_open(plan, zone, at) else 0
        at += dt.timedelta(seconds=step)
    return None
