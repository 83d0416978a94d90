"""Instants and events in the words of the tests."""

from __future__ import annotations

import datetime as dt

from sla.models import ClockEvent

HOUR = 3600


def at(day, hour=9, minute=0, second=0):
    """That wall clock in Seoul on a day of March 2026; the 9th is a Monday."""
    local = dt.datetime(2026, 3, day, hour, minute, second, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    return local.astimezone(dt.UTC)


def events(clock):
    """Kind, target, percentage and instant of what happened to the clock."""
    return list(ClockEvent.objects.filter(clock=clock).order_by("pk").values_list("kind", "gen", "pct", "at"))
