"""Firing what is due, and planning anew after a calendar changed."""

from __future__ import annotations

import datetime as dt
import time

from django.db import transaction
from django.db.models.functions import Now

from core import sweep
from core.revisions import revisions
from core.time import clock_now, db_now
from sla import machine
from sla.book import Book, current
from sla.choices import EventKind, Stage
from sla.ledger import store
from sla.machine import Cause, Notes
from sla.models import Clock

SWEEP = Cause("sweep")
CALENDAR_CHANGED = Cause("calendar_changed")
RECHECK_SECONDS = 60.0


@sweep.register
@transaction.atomic
def fire_due_clocks(*, limit: int, now: dt.datetime | None = None) -> int:
    """Fire the warnings and breaches that are due by the database's clock; returns how many clocks moved.

    Any number of copies may run: a locked clock is skipped, a second event of one mark is refused and tells
    nobody. After downtime each missed mark fires once, in order, stamped with the instant it was due (RL-25).
    ``now`` is another clock, for replays and tests.
    """
    clocks = list(
        Clock.objects.filter(next_fire_at__lte=now or Now())
        .order_by("next_fire_at", "pk")
        .select_for_update(skip_locked=True, no_key=True)[:limit]
    )
    if not clocks:
        return 0
    book, now, notes = current(), now or clock_now(), Notes()
    for clock in clocks:
        machine.fire(clock, book.terms_of(clock), now, notes, SWEEP)
    store([], clocks, notes)
    return len(clocks)


class _Replanned:
    """Which calendars this process last found all clocks planned by, and when."""

    stamp: object = None
    checked = 0.0


@sweep.register
def replan_clocks(*, limit: int) -> int:
    """Plan running clocks anew whose calendar has changed since; returns how many. An edit never un-breaches.

    Looks after a change of any calendar, and once a minute for a clock that was planned meanwhile by a writer
    who had not seen the change.
    """
    stamps = revisions()
    is_fresh = time.monotonic() - _Replanned.checked < RECHECK_SECONDS
    if _Replanned.stamp == stamps.get("calendars") and is_fresh:
        return 0
    moved = _replan(current(stamps), limit)
    if not moved:
        _Replanned.stamp, _Replanned.checked = stamps.get("calendars"), time.monotonic()
    return moved


@transaction.atomic
def _replan(book: Book, limit: int) -> int:
    found: list[Clock] = []
    for pk, calendar in book.calendars.items():
        stale = Clock.objects.filter(
            stage=Stage.IN_PROGRESS, calendar=pk, calendar_version__lt=calendar.version
        )
        rows = stale.order_by("calendar_version", "pk").select_for_update(skip_locked=True, no_key=True)
        found += rows[: limit - len(found)]
        if len(found) >= limit:
            break
    if found:
        at, notes = db_now().replace(microsecond=0), Notes()
        for clock in found:
            machine.plan(clock, book.terms_of(clock))
            notes.event(clock, EventKind.RECALC, at, CALENDAR_CHANGED)
        store([], found, notes)
    return len(found)
