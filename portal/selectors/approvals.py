"""Decisions as the portal shows them: cards, lists and the sheet."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.models import Approval, ApprovalRequest
from approvals.selectors import history_for, localized, title_of, waiting_for
from core.components import ApprovalCard
from core.formats import money

PAGE = 20
FACTS = 3


@dataclass(frozen=True)
class Decided:
    """An answered question in the list of past decisions."""

    approval: Approval
    url: str
    title: str
    tone: str
    by_other: str


def waiting_cards(actor: User, *, limit: int | None = None) -> list[ApprovalCard]:
    """What the person can decide now, oldest first."""
    rows = waiting_for(actor)
    return [card_of(row, actor) for row in (rows[:limit] if limit else rows)]


def card_of(row: Approval, actor: User) -> ApprovalCard:
    """One decision as a card; the whole sheet is one click away."""
    request, summary = row.request, _summary(row.request)
    asked_by = request.ticket.requester if request.ticket else request.requested_by
    rows = (summary.get("rows") or [])[:FACTS]
    facts = [(localized(each["label"]), localized(each["value"])) for each in rows]
    if row.approver_id != actor.pk:
        facts.insert(0, (_("You decide for"), row.approver.display_name))
    return ApprovalCard(
        public_id=str(row.public_id),
        title=title_of(request),
        asked_by=asked_by,
        url=reverse("portal:approval", args=[row.public_id]),
        decide_url=reverse("portal:decide", args=[row.public_id]),
        version=row.lock_version,
        cost=cost_text(summary.get("cost")),
        reason=str(localized(summary.get("why")) or ""),
        facts=facts,
        due_at=request.due_at,
        asked_at=request.created_at,
    )


def _summary(request: ApprovalRequest) -> dict[str, Any]:
    return request.summary if isinstance(request.summary, dict) else {}


def cost_text(cost: Any) -> str:
    """What it costs, as text: an amount of won, an amount with its currency, or the words that were given."""
    if isinstance(cost, dict) and "amount" in cost:
        return _amount(cost["amount"], str(cost.get("currency") or "KRW"))
    shown = localized(cost)
    return _amount(shown, "KRW") if isinstance(shown, int | float | str | Decimal) else ""


def _amount(value: Any, currency: str) -> str:
    try:
        return money(Decimal(str(value)), currency)
    except InvalidOperation:
        return str(value)


def decided_rows(actor: User, *, limit: int = PAGE) -> list[Decided]:
    """The person's newest answers."""
    return [_decided(row, actor) for row in history_for(actor)[:limit]]


def _decided(row: Approval, actor: User) -> Decided:
    other = row.decided_by if row.decided_by_id not in {None, actor.pk} else None
    return Decided(
        approval=row,
        url=reverse("portal:approval", args=[row.public_id]),
        title=title_of(row.request),
        tone="good" if row.status == "approved" else "bad",
        by_other=other.display_name if other else "",
    )
