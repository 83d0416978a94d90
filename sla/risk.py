"""Tickets by what their clocks say, as filters and as an order for lists of tickets."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Now

from sla.choices import OPEN_STAGES, Stage
from sla.models import Clock

# Later than any due time: tickets of which no clock runs come last.
NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
SOON = dt.timedelta(hours=24)


def missed() -> Q:
    """Tickets with an open clock past its target."""
    return _of(Clock.objects.filter(stage__in=OPEN_STAGES, breached_at__isnull=False))


def due_soon() -> Q:
    """Tickets of which a running clock is due within a day and not missed."""
    running = Clock.objects.filter(stage=Stage.IN_PROGRESS, breached_at=None)
    return _of(running.filter(due_at__lte=Now() + Value(SOON)))


def waiting() -> Q:
    """Tickets with a clock that waits."""
    return _of(Clock.objects.filter(stage=Stage.PAUSED))


def without_clock() -> Q:
    """Tickets on which no clock is open."""
    return ~_of(Clock.objects.filter(stage__in=OPEN_STAGES))


def next_due() -> Any:
    """When the ticket's next clock is or was due, as an annotation; NEVER for a ticket without one."""
    clocks = Clock.objects.filter(ticket=OuterRef("pk"), stage__in=OPEN_STAGES)
    due = clocks.annotate(due=Coalesce(F("due_at"), F("breached_at"))).filter(due__isnull=False)
    return Coalesce(Subquery(due.order_by("due").values("due")[:1]), Value(NEVER))


def _of(clocks: Any) -> Q:
    return Q(pk__in=clocks.values("ticket"))
