"""Approvals for tests, made through the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from approvals import services
from approvals.models import Approval, ApprovalRequest, Delegation
from core.models import OutboxEvent
from core.time import db_now
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def make_approval_request(*approvers: Any, ticket: Any = None, **policy: Any) -> ApprovalRequest:
    """A request about a new incident, asked of these people and groups (one new person by default)."""
    ticket = ticket or make_incident()
    if "stages" not in policy:
        policy["approvers"] = approvers or [UserFactory()]
    return services.request_approval(ticket.pk, actor=None, **policy)


def stage(*approvers: Any, rule: str = "any", members: str = "once", **more: Any) -> dict[str, Any]:
    """A stage of one set."""
    return {"sets": [{"approvers": list(approvers), "rule": rule, "members": members}], **more}


def make_delegation(
    user: Any, to: Any, *, starts_in: int = -1, ends_in: int = 1, scope: str = "approvals"
) -> Delegation:
    """``to`` acts for ``user`` from ``starts_in`` to ``ends_in`` days from now."""
    now = db_now()
    return Delegation.objects.create(
        user=user,
        delegate=to,
        scope=scope,
        during=(now + dt.timedelta(days=starts_in), now + dt.timedelta(days=ends_in)),
    )


def row_of(request: ApprovalRequest, person: Any) -> Approval:
    """The approver's row in the latest stage they were asked in."""
    return Approval.objects.filter(request=request, approver=person).latest("stage")


def answer(request: ApprovalRequest, person: Any, decision: str = "approved") -> ApprovalRequest:
    """The request after the approver answered."""
    comment = "Too expensive" if decision == "rejected" else ""
    return services.decide(row_of(request, person).pk, actor=person, decision=decision, comment=comment)


def events(prefix: str = "approval.") -> list[tuple[str, dict[str, Any]]]:
    """Names and payloads of the facts stored so far."""
    rows = OutboxEvent.objects.filter(name__startswith=prefix).order_by("pk")
    return [(row.name, row.payload) for row in rows]


def names(prefix: str = "approval.") -> list[str]:
    """Just their names."""
    return [name for name, _payload in events(prefix)]


def statuses(request: ApprovalRequest) -> dict[Any, str]:
    """Status by approver."""
    return {row.approver: row.status for row in Approval.objects.filter(request=request)}


def make_overdue(request: ApprovalRequest) -> None:
    """The next due action of the request is due."""
    ApprovalRequest.objects.filter(pk=request.pk).update(next_fire_at=LONG_AGO)
