"""Firing what is due; planning anew after a calendar changed is in ``sla.replanning``."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models.functions import Now

from core import sweep
from core.time import clock_now
from sla import machine
from sla.book import current
from sla.ledger import store
from sla.machine import Cause, Notes
from sla.models import Clock
from sla.selectors import is_any_due

SWEEP = Cause("sweep")
_FIRED = (
    "due_at", "breached_at", "next_fire_at", "next_pct", "next_overdue", "calendar_version", "lock_version",
)  # fmt: skip


@sweep.register
def fire_due_clocks(*, limit: int, now: dt.datetime | None = None) -> int:
    """Fire the marks that are due by the database's clock; returns how many clocks moved.

    Any number of copies may run: a locked clock is skipped, a second event of one mark is refused and tells
    nobody. After downtime each missed mark fires once, in order, stamped with the instant it was due (RL-25).
    ``now`` is another clock, for replays and tests. When nothing is due it asks the database one question.
    """
    return _fire_due(limit, now) if is_any_due(now) else 0


@transaction.atomic
def _fire_due(limit: int, now: dt.datetime | None) -> int:
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
    store([], clocks, notes, _FIRED)
    return len(clocks)
