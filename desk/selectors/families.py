"""What stands above and below a ticket: its parent, its children, the tasks of teams for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Case, QuerySet, When

from accounts.models import User
from desk.selectors.orders import Related, related
from tickets import kinds
from tickets.models import Ticket
from tickets.selectors import seen_by

MOST_SHOWN = 50


@dataclass(frozen=True)
class Family:
    """As far as the reader sees them. ``tasks`` is None for a kind that has none, or shows them elsewhere.

    ``has_more`` says that there are children beyond those shown.
    """

    parent: Related | None = None
    children: list[Related] = field(default_factory=list)
    has_more: bool = False
    tasks: list[Related] | None = None

    @property
    def open_children(self) -> int:
        """How many of the children shown are not resolved yet."""
        return sum(1 for each in self.children if each.ticket.state_rank < 60)


def family_of(actor: User, ticket: Ticket) -> Family:
    """The family of a ticket the actor may see: one query, and one for the parent where it has one."""
    spec = kinds.get(ticket.kind)
    if not spec.task_kind and ticket.parent_id is None:
        return Family()
    below: list[Ticket] = []
    if spec.task_kind:
        wanted = _shown(actor).filter(parent=ticket.pk, kind__in=[spec.key, spec.task_kind])
        tasks_first = Case(When(kind=spec.task_kind, then=0), default=1)
        below = list(wanted.order_by(tasks_first, "pk")[: MOST_SHOWN + 1])
    shown = [related(row) for row in below[:MOST_SHOWN]]
    return Family(
        parent=_parent(actor, ticket),
        children=[each for each in shown if each.ticket.kind == spec.key],
        has_more=len(below) > MOST_SHOWN,
        tasks=[each for each in shown if each.ticket.kind == spec.task_kind] if spec.task_kind else None,
    )


def _shown(actor: User) -> QuerySet[Ticket]:
    return seen_by(actor).select_related("assignee", "group")


def _parent(actor: User, ticket: Ticket) -> Related | None:
    row = _shown(actor).filter(pk=ticket.parent_id).first() if ticket.parent_id else None
    return related(row) if row is not None else None
