"""Approvals for tests, made through the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from approvals import services
from approvals.models import Approval, ApprovalRequest, Delegation
from core.time import db_now
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident


def make_approval_request(*approvers: Any, ticket: Any = None, **policy: Any) -> ApprovalRequest:
    """A request about a new incident, asked of these people and groups (one new person by default)."""
    ticket = ticket or make_incident()
    return services.request_approval(ticket.pk, actor=None, approvers=approvers or [UserFactory()], **policy)


def make_delegation(user: Any, to: Any, *, starts_in: int = -1, ends_in: int = 1) -> Delegation:
    """``to`` acts for ``user`` from ``starts_in`` to ``ends_in`` days from now."""
    now = db_now()
    return Delegation.objects.create(
        user=user, delegate=to, during=(now + dt.timedelta(days=starts_in), now + dt.timedelta(days=ends_in))
    )


def row_of(request: ApprovalRequest, person: Any) -> Approval:
    """The row of that approver."""
    return Approval.objects.get(request=request, approver=person)


def answer(request: ApprovalRequest, person: Any, decision: str = "approved") -> ApprovalRequest:
    """The request after the approver answered."""
    comment = "Too expensive" if decision == "rejected" else ""
    return services.decide(row_of(request, person).pk, actor=person, decision=decision, comment=comment)
