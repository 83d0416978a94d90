"""Reading what the triggers recorded: newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from accounts.models import User
from approvals.models import ApprovalRequest
from core.models import RowChange
from tickets.models import Ticket
from tickets.policies import visible_to

PAGE = 50


def changes_of(records: Iterable[tuple[str, Sequence[int]]]) -> QuerySet[RowChange]:
    """The changes of these records and their parts, newest first."""
    wanted = Q(pk__in=())
    for table, keys in records:
        wanted |= Q(record=table, record_id__in=list(keys))
    return RowChange.objects.filter(wanted).order_by("-pk")


def all_changes(actor: User) -> QuerySet[RowChange]:
    """Every change, newest first, for who audits; of tickets those that ``actor`` may see (S-9)."""
    seen = Ticket.objects.filter(visible_to(actor)).values("pk")
    asked = ApprovalRequest.objects.filter(Q(ticket=None) | Q(ticket__in=seen)).values("pk")
    return (
        RowChange.objects.filter(~Q(record="tickets_ticket") | Q(record_id__in=seen))
        .filter(~Q(record="approvals_approvalrequest") | Q(record_id__in=asked))
        .order_by("-pk")
    )


def page_of(rows: QuerySet[RowChange], *, before: str = "") -> tuple[list[RowChange], str]:
    """A page of changes, and the public id to go on behind; empty at the end or for an unknown place."""
    if before:
        rows = rows.filter(pk__lt=RowChange.objects.filter(public_id=before).values("pk")[:1])
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    return page, str(page[-1].public_id) if len(found) > PAGE else ""
