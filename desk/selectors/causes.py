"""What a problem's page shows beside the ticket: the incidents it causes."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from desk.selectors.orders import Related, related
from problems.models import Problem
from problems.selectors import seen_incidents_of
from tickets.models import Ticket

MOST_SHOWN = 50


@dataclass(frozen=True)
class Cause:
    """The incidents of a problem, as far as the reader sees them; ``open`` of those shown are not done."""

    incidents: list[Related]
    has_more: bool

    @property
    def open(self) -> int:
        """How many of the incidents shown are not done."""
        return sum(1 for each in self.incidents if each.ticket.state_rank < 60)


def cause_of(actor: User, ticket: Ticket) -> Cause | None:
    """What hangs on a problem; None for other kinds."""
    if not isinstance(ticket, Problem):
        return None
    rows = list(
        seen_incidents_of(actor, ticket.pk)
        .select_related("assignee", "group")
        .order_by("-pk")[: MOST_SHOWN + 1]
    )
    return Cause([related(row) for row in rows[:MOST_SHOWN]], len(rows) > MOST_SHOWN)
