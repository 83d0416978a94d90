"""Reading what the triggers recorded: newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from accounts.models import User
from approvals.models import ApprovalRequest
from core.models import RowChange
from core.trail.tracking import tracked
from tickets.models import Ticket, TicketAttachment
from tickets.policies import visible_to

PAGE = 50
# Records without a company of their own, and the way to it.
_BY_OTHERS = {
    "accounts_apitoken": "owner__company",
    "schedules_calendarlink": "owner__company",
    "schedules_rota": "group__company",
    "schedules_rotalayer": "rota__group__company",
    "tickets_assignmentrule": "group__company",
}


def changes_of(records: Iterable[tuple[str, Sequence[int]]]) -> QuerySet[RowChange]:
    """The changes of these records and their parts, newest first."""
    wanted = Q(pk__in=())
    for table, keys in records:
        wanted |= Q(record=table, record_id__in=list(keys))
    return RowChange.objects.filter(wanted).order_by("-pk")


def all_changes(actor: User) -> QuerySet[RowChange]:
    """Every change of the company and of what all share, newest first, for who audits.

    Of tickets and what hangs on them those that ``actor`` may see (SECURITY S-9).
    """
    return RowChange.objects.exclude(_elsewhere(actor)).exclude(_unseen(actor)).order_by("-pk")


def _elsewhere(actor: User) -> Q:
    """The changes of rows behind another company's wall, also of those that are gone."""
    own = actor.company_id
    found = (
        Q(op__in=["I", "D"], changed__has_key="company_id")
        & ~Q(changed__contains={"company_id": own})
        & ~Q(changed__contains={"company_id": None})
    )
    found |= Q(record="accounts_company") & ~Q(record_id=own)
    for table, (model, _trigger) in tracked().items():
        has_company = any(field.name == "company" for field in model._meta.local_concrete_fields)
        path = "company" if has_company else _BY_OTHERS.get(table, "")
        if path:
            others = model._default_manager.exclude(**{path: own}).exclude(**{path: None})
            found |= Q(record=table, record_id__in=others.values("pk"))
    return found


def _unseen(actor: User) -> Q:
    """The changes of tickets that ``actor`` may not see, of their approvals and their files."""
    hidden = Ticket.objects.exclude(visible_to(actor)).values("pk")
    asked = ApprovalRequest.objects.filter(ticket__in=hidden).values("pk")
    files = TicketAttachment.objects.filter(ticket__in=hidden).values("attachment")
    return (
        Q(record="tickets_ticket", record_id__in=hidden)
        | Q(record="approvals_approvalrequest", record_id__in=asked)
        | Q(record="core_attachment", record_id__in=files)
    )


def page_of(rows: QuerySet[RowChange], *, before: str = "") -> tuple[list[RowChange], str]:
    """A page of changes, and the public id to go on behind; empty at the end or for an unknown place."""
    if before:
        rows = rows.filter(pk__lt=RowChange.objects.filter(public_id=before).values("pk")[:1])
    found = list(rows[: PAGE + 1])
    page = found[:PAGE]
    return page, str(page[-1].public_id) if len(found) > PAGE else ""
