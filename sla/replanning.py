"""Planning running clocks anew after their calendar changed, and how far that has come (DOMAIN DS-11)."""

from __future__ import annotations

import time

from django.core.cache import cache
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core import rows, sweep
from core.revisions import revisions
from core.time import db_now
from schedules.dependents import Following
from schedules.models import Calendar
from sla import machine
from sla.book import Book, current
from sla.choices import EventKind, Stage
from sla.ledger import note_events
from sla.machine import Cause, Notes
from sla.models import Clock
from sla.selectors import stale_calendars

CALENDAR_CHANGED = Cause("calendar_changed")
RECHECK_SECONDS = 60.0
# Nobody is told, so planning a clock anew is a small part of the work of firing one. With the sweep's 50
# pieces a batch is 500 clocks: of 1,000 some batches held their locks longer than a second (DOMAIN DB-5).
PER_PIECE = 10
_PLANNED = ("due_at", "next_fire_at", "calendar_version", "lock_version")
_REMEMBERED_SECONDS = 24 * 3600


class _Replanned:
    """Which calendars this process last found all clocks planned by, and when."""

    stamp: object = None
    checked = 0.0


@sweep.register
def replan_clocks(*, limit: int) -> int:
    """Plan running clocks anew whose calendar has changed since; returns how many. An edit never un-breaches.

    Looks after a change of any calendar, and once a minute for a clock that was planned meanwhile by a writer
    who had not seen the change. Any number of copies may run: a locked clock is left to who holds it.
    """
    stamps = revisions()
    is_fresh = time.monotonic() - _Replanned.checked < RECHECK_SECONDS
    if _Replanned.stamp == stamps.get("calendars") and is_fresh:
        return 0
    moved = _replan(current(stamps), limit * PER_PIECE)
    if not moved:
        _Replanned.stamp, _Replanned.checked = stamps.get("calendars"), time.monotonic()
    return moved


@transaction.atomic
def _replan(book: Book, most: int) -> int:
    found: list[Clock] = []
    for calendar in filter(None, map(book.calendars.get, stale_calendars())):
        # In the order of the index: any other would sort all clocks of the calendar for each batch.
        stale = _stale(calendar.pk, calendar.version).order_by("calendar_version")
        found += stale.select_for_update(skip_locked=True, no_key=True)[: most - len(found)]
        if len(found) >= most:
            break
    if found:
        at, notes = db_now().replace(microsecond=0), Notes()
        for clock in found:
            machine.plan(clock, book.terms_of(clock))
            clock.lock_version += 1
            notes.event(clock, EventKind.RECALC, at, CALENDAR_CHANGED)
        rows.update(found, _PLANNED)
        note_events(notes.events)
    return len(found)


def following(calendar: Calendar) -> Following:
    """How many of the clocks that an edit of the calendar concerned are planned by it; one query.

    What is left is counted exactly, and only that: its part of the index gets shorter to the end. How many
    there were when somebody first looked is remembered in the cache, and may be forgotten with it.
    """
    left = _stale(calendar.pk, calendar.version).count()
    key = f"sla:replanning:{calendar.pk}:{calendar.version}"
    seen = int(cache.get(key) or 0)
    if left > seen:
        cache.set(key, left, _REMEMBERED_SECONDS)
    total = max(left, seen)
    return Following(str(_("Running SLA clocks")), done=total - left, total=total)


def _stale(calendar_id: int, version: int) -> QuerySet[Clock]:
    """The running clocks that were planned by an older version."""
    return Clock.objects.filter(stage=Stage.IN_PROGRESS, calendar=calendar_id, calendar_version__lt=version)
