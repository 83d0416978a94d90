"""Promises that are due at a date instead of after a length of time, and the instants that clocks count from.

A due date becomes open seconds, so that a relative clock counts, warns and breaks like any other (SLA-06).
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from core.conditions.dictionary import as_type
from schedules.bizcal import CEILING, BizCal, instant
from sla.choices import Relative
from sla.models import SLADefinition
from tickets.conditions import DICTIONARY
from tickets.models import Ticket

SECOND = dt.timedelta(seconds=1)
LEAST_S = 1
# Nothing is promised further ahead, nor counted from further back; a mistyped year must not stop a write.
FURTHEST = dt.timedelta(days=20 * 366)
_LATEST = instant(CEILING) - dt.timedelta(days=2)
_ALWAYS_THERE = ("created_at",)  # what every ticket has beside the fields that conditions may name


def instants() -> tuple[str, ...]:
    """The ticket's fields that hold an instant: a clock may count from one of them."""
    own = tuple(each.path for each in DICTIONARY if each.type == "datetime" and "." not in each.path)
    return (*_ALWAYS_THERE, *own)


def dates() -> tuple[str, ...]:
    """The ticket's fields that hold a date or an instant: a promise may be due at one of them."""
    own = (each.path for each in DICTIONARY if each.type in {"date", "datetime"} and "." not in each.path)
    return tuple(own)


def instant_of(ticket: Ticket, name: str) -> dt.datetime | None:
    """The instant in the field ``name``, in whole seconds; None when it is empty or no instant."""
    value = getattr(ticket, name, None)
    found = as_type("datetime", value)
    return found.replace(microsecond=0) if isinstance(found, dt.datetime) else None


def target_seconds(
    row: SLADefinition, ticket: Ticket, biz: BizCal, *, started: dt.datetime, at: dt.datetime, used: int
) -> int:
    """The open seconds after which a clock of this promise is due, at least one.

    The clock began at ``started`` and has used ``used`` of them at ``at``. A past or empty date is due one
    second after the start; a date in closed time is due in the first second of the next opening.
    """
    if row.relative == Relative.DURATION:
        return row.target_s or LEAST_S
    due = _due(row, ticket, biz, started)
    if due is None or due <= started:
        return LEAST_S
    due = min(due, started + FURTHEST, _LATEST)
    beyond = LEAST_S if _is_inside_closed_time(biz, due) else 0
    return max(used + biz.elapsed(at, due) + beyond, LEAST_S)


def _is_inside_closed_time(biz: BizCal, at: dt.datetime) -> bool:
    """Closed, and not the very instant of closing, which still belongs to the hours before."""
    return not biz.is_open(at) and not biz.is_open(at - SECOND)


def _due(row: SLADefinition, ticket: Ticket, biz: BizCal, started: dt.datetime) -> dt.datetime | None:
    if row.relative == Relative.DUE_FIELD:
        return _date_of(ticket, row.due_field, biz)
    return next_day_due(row, biz, started)


def next_day_due(row: SLADefinition, biz: BizCal, started: dt.datetime) -> dt.datetime:
    """When a promise about the next business day is due that begins at ``started``.

    Raises ValueError when the calendar has no such day.
    """
    day = biz.add_business_days(started, 1).astimezone(biz.zone).date()
    if row.relative == Relative.NEXT_BD_AT and row.relative_at is not None:
        return _at_wall(biz, day, row.relative_at.hour * 60 + row.relative_at.minute)
    ends = [end for _start, end in biz.plan.intervals(day.toordinal())]
    return _at_wall(biz, day, max(ends, default=24 * 60))


def _date_of(ticket: Ticket, name: str, biz: BizCal) -> dt.datetime | None:
    """The instant in the field; a date without a time is its end in the clock's zone."""
    found = instant_of(ticket, name)
    day: Any = None if found is not None else as_type("date", getattr(ticket, name, None))
    return _at_wall(biz, day, 24 * 60) if isinstance(day, dt.date) else found


def _at_wall(biz: BizCal, day: dt.date, minute: int) -> dt.datetime:
    """The instant at which the clocks of the zone show that minute after midnight of the day."""
    wall = dt.datetime.combine(day, dt.time()) + dt.timedelta(minutes=minute)
    return wall.replace(tzinfo=biz.zone).astimezone(dt.UTC)
