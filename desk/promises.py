"""SLA clocks as the workspace shows them: the next one of each row, all of them on a ticket."""

from __future__ import annotations

from collections.abc import Collection

from sla.selectors import ClockView, clocks_for

OVER = ("met", "missed")


def clocks_of(ticket_ids: Collection[int]) -> dict[int, list[ClockView]]:
    """All clocks of these tickets, by ticket, in one query; none is asked when there are no tickets."""
    return clocks_for(ticket_ids) if ticket_ids else {}


def next_clock(clocks: Collection[ClockView]) -> ClockView | None:
    """The clock that breaks first; a paused one when none runs; None when all are over."""
    live = [clock for clock in clocks if clock.state not in OVER]
    return min(live, key=lambda clock: (clock.state == "paused", clock.left_seconds), default=None)
