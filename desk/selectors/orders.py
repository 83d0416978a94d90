"""What an order consists of, for the people who fulfil it: answers, prices, progress, tasks, approvals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.choices import Status
from approvals.models import ApprovalRequest
from approvals.selectors import requests_of
from catalog import flows
from catalog.models import CatalogTask, Request, RequestItem
from catalog.selectors import Answer, answers_of, items_of, tasks_of
from tickets import kinds
from tickets.models import Ticket
from tickets.policies import visible_to

APPROVAL_TONES = {
    Status.REQUESTED: "warn",
    Status.APPROVED: "good",
    Status.REJECTED: "bad",
    Status.CANCELLED: "neutral",
    Status.NOT_REQUIRED: "neutral",
}
# What the platform noted of the person when the order was made, in the order fulfillers look for it.
ABOUT_PERSON: dict[str, str | Promise] = {
    "department_name": _("Department"),
    "grade": _("Grade"),
    "cost_center": _("Cost center"),
}


@dataclass(frozen=True)
class Related:
    """Another ticket of the same order."""

    ticket: Ticket
    icon: str
    state_label: str | Promise
    path: str

    @property
    def owner(self) -> str:
        """Who works on it, by name."""
        owner = self.ticket.assignee or self.ticket.group
        return str(owner) if owner else ""


@dataclass(frozen=True)
class OrderedItem:
    """One ordered thing with what was answered and noted, its progress and its tasks."""

    item: RequestItem
    name: str
    facts: list[tuple[str | Promise, str]]
    answers: list[Answer]
    stages: list[Any]
    tasks: list[Related]
    itself: Related


@dataclass(frozen=True)
class Voice:
    """One approver's part in a question."""

    name: str
    status: str | Promise
    tone: str
    decided_at: Any
    comment: str


@dataclass(frozen=True)
class Question:
    """One approval that was asked for, with everybody's part."""

    title: str
    status: str | Promise
    tone: str
    voices: list[Voice]
    due_at: Any


@dataclass(frozen=True)
class Order:
    """The order behind a request, a requested item or a catalog task."""

    request: Related | None
    items: list[OrderedItem]
    questions: list[Question]


def order_of(actor: User, ticket: Any) -> Order | None:
    """The order that the ticket belongs to, as far as the actor sees it; None for tickets that are none."""
    if isinstance(ticket, Request):
        items = items_of(actor, ticket)
        return Order(None, _ordered(actor, items), _questions(ticket))
    if isinstance(ticket, RequestItem):
        return Order(_request(actor, ticket), _ordered(actor, [ticket]), _questions(ticket))
    if isinstance(ticket, CatalogTask):
        item = _visible_item(actor, ticket.ritm_id)
        if item is None:
            return Order(None, [], [])
        return Order(_request(actor, item), _ordered(actor, [item]), _questions(item))
    return None


def _visible_item(actor: User, pk: int) -> RequestItem | None:
    rows = RequestItem.objects.filter(visible_to(actor), pk=pk)
    return rows.select_related("item_version__item", "requester__department", "group", "assignee").first()


def _request(actor: User, item: RequestItem) -> Related | None:
    row = (
        Request.objects.filter(visible_to(actor), pk=item.request_id)
        .select_related("assignee", "group")
        .first()
    )
    return related(row) if row else None


def related(ticket: Any) -> Related:
    """A ticket of the order as a link."""
    spec = kinds.get(ticket.kind)
    return Related(ticket, spec.icon, spec.state_labels.get(ticket.state, ticket.state), spec.path)


def _ordered(actor: User, items: Sequence[RequestItem]) -> list[OrderedItem]:
    tasks, stages = tasks_of(actor, items), flows.stages_of(items)
    return [
        OrderedItem(
            item=item,
            name=item.item_version.name,
            facts=[
                (label, item.collected[key]) for key, label in ABOUT_PERSON.items() if item.collected.get(key)
            ],
            answers=answers_of(actor, item),
            stages=stages.get(item.pk, []),
            tasks=[related(task) for task in tasks.get(item.pk, [])],
            itself=related(item),
        )
        for item in items
    ]


def _questions(ticket: Ticket) -> list[Question]:
    return [_question(row) for row in reversed(requests_of(ticket))]


def _question(row: ApprovalRequest) -> Question:
    voices = [
        Voice(
            name=str(each.approver),
            status=Status(each.status).label,
            tone=APPROVAL_TONES[Status(each.status)],
            decided_at=each.decided_at,
            comment=each.comment,
        )
        for each in sorted(row.approvals.all(), key=lambda each: each.pk)
    ]
    status = Status(row.status)
    due_at = row.due_at if status == Status.REQUESTED else None
    return Question(row.title, status.label, APPROVAL_TONES[status], voices, due_at)
