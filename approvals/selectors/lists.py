"""Reading approvals: what waits for a person, what they decided, and the sheet they decide by."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from accounts.models import User
from accounts.policies import Actor
from approvals.choices import DECISIONS, Scope, Status
from approvals.models import Approval, ApprovalRequest, Delegation
from approvals.policies import visible_delegations, visible_to
from core.errors import NotVisibleError
from core.settings_store import value
from core.time import db_now
from tickets.models import Ticket

_ROW = (
    "approver",
    "via_group",
    "instead_of",
    "delegate",
    "decided_by",
    "request__ticket__requester__department",
)


def waiting_for(actor: User) -> QuerySet[Approval]:
    """What ``actor`` can decide now, oldest first: asked of them or of people they stand in for today.

    One query: the first page and the badge of every page ask this.
    """
    stood_in = Delegation.objects.filter(delegate=actor, scope=Scope.APPROVALS, during__contains=Now())
    asked = Q(approver=actor) | Q(approver__in=stood_in.values("user"))
    rows = Approval.objects.filter(asked, status=Status.REQUESTED)
    if not value("approval.own"):
        own = Q(request__ticket__requester=actor) | Q(request__ticket__on_behalf_of=actor)
        rows = rows.exclude(own | Q(request__ticket__opened_by=actor))
    return rows.select_related("request", *_ROW).order_by("pk")


def count_waiting(actor: User) -> int:
    """How many decisions wait for ``actor``; for the badge. One query."""
    return waiting_for(actor).count()


def history_for(actor: User) -> QuerySet[Approval]:
    """What ``actor`` answered, or had answered for them, newest first."""
    mine = Q(approver=actor) | Q(decided_by=actor)
    rows = Approval.objects.filter(mine, status__in=DECISIONS)
    return rows.select_related("request", "request__decided_by", *_ROW).order_by("-decided_at", "-pk")


def approvals_for(actor: Actor) -> QuerySet[Approval]:
    """Every approval ``actor`` may read, newest first."""
    rows = Approval.objects.filter(visible_to(actor))
    return rows.select_related("request", "request__decided_by", *_ROW).order_by("-pk")


def approval_for(actor: Actor, public_id: str) -> Approval:
    """The approval with that public id. Raises NotVisibleError when there is none ``actor`` may read."""
    row = approvals_for(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    return row


def requests_of(ticket: Ticket) -> list[ApprovalRequest]:
    """All rounds about a ticket its reader may see, newest first, with their rows. Six queries."""
    return list(with_rows(ApprovalRequest.objects.filter(ticket=ticket.pk)).order_by("-pk"))


def open_requests(ticket_ids: Iterable[int]) -> QuerySet[ApprovalRequest]:
    """Requests about these tickets that nobody has decided, for engines."""
    return ApprovalRequest.objects.filter(ticket__in=list(ticket_ids), status=Status.REQUESTED)


def requests_by_public_id(public_ids: Iterable[str]) -> dict[str, ApprovalRequest]:
    """The requests an engine waits for, by public id as text, with their rows. Six queries."""
    found = with_rows(ApprovalRequest.objects.filter(public_id__in=list(public_ids)))
    return {str(row.public_id): row for row in found}


def newest_round(public_id: str) -> ApprovalRequest | None:
    """The question with that public id, or the round that replaced it last, with its rows (APR-14)."""
    found = ApprovalRequest.objects.filter(public_id=public_id).first()
    while found is not None and (later := ApprovalRequest.objects.filter(previous=found.pk).first()):
        found = later
    return with_rows(ApprovalRequest.objects.filter(pk=found.pk)).first() if found else None


def with_rows(requests: QuerySet[ApprovalRequest]) -> QuerySet[ApprovalRequest]:
    """The requests with their rows, and the people and groups of those, prefetched."""
    return requests.select_related("decided_by").prefetch_related(
        "approvals__approver",
        "approvals__via_group",
        "approvals__instead_of",
        "approvals__decided_by",
        "approvals__delegate",
    )


def recipients(approval_ids: Iterable[int]) -> list[tuple[Approval, User]]:
    """Who is to be told of these open approvals: the approvers, and who stands in for them today."""
    rows = Approval.objects.filter(pk__in=list(approval_ids), status=Status.REQUESTED)
    open_rows = list(rows.select_related("request", *_ROW).order_by("pk"))
    acting = Delegation.objects.filter(
        user__in=[row.approver_id for row in open_rows], scope=Scope.APPROVALS, during__contains=db_now()
    )
    stand_ins = {each.user_id: each.delegate for each in acting.select_related("delegate")}
    told = [(row, row.approver) for row in open_rows]
    return told + [(row, stand_ins[row.approver_id]) for row in open_rows if row.approver_id in stand_ins]


def stand_ins(user_ids: Iterable[int], scope: str) -> dict[int, User]:
    """Who acts now in ``scope`` for those of these people who are away, by the absent person. One query.

    Somebody who was switched off acts for nobody.
    """
    rows = Delegation.objects.filter(
        user__in=list(user_ids), scope=scope, during__contains=Now(), delegate__is_active=True
    )
    return {row.user_id: row.delegate for row in rows.select_related("delegate")}


def delegations_for(actor: User) -> QuerySet[Delegation]:
    """Delegations ``actor`` may read, newest first."""
    rows = Delegation.objects.filter(visible_delegations(actor))
    return rows.select_related("user", "delegate").order_by("-during", "-pk")


def delegation_for(actor: User, public_id: uuid.UUID) -> Delegation:
    """One delegation. Raises NotVisibleError when there is none the actor may read."""
    row = delegations_for(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotVisibleError
    return row
