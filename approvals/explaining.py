"""Approvals as something that access is explained of (``accounts.access``)."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import Decision
from accounts.access.subjects import Subject, askable, named
from accounts.models import User
from accounts.policies import company_wall
from approvals.models import Approval
from approvals.policies import ACTIONS, visible_to, why


def find(asker: User, reference: str) -> Approval | None:
    """The approval with that public id, if ``asker`` may ask about it."""
    try:
        public_id = UUID(reference)
    except ValueError:
        return None
    rows = askable(asker, company_wall(asker, "request__"), visible_to(asker))
    return Approval.objects.filter(rows, public_id=public_id).select_related("request__ticket").first()


def decisions(person: User, approval: Approval, action: str) -> list[Decision]:
    """Whether the person reads it and may do this; to withdraw it needs no reading of the answer asked."""
    if action == "cancel":
        return [why(person, approval, action)]
    seen = why(person, approval, "view")
    return [seen] if action == "view" else [seen, why(person, approval, action)]


SUBJECT = Subject(
    "approval", _("Approval"), lambda row: str(row.public_id), find, lambda _row: named(*ACTIONS), decisions
)
