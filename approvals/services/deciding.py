"""Answering: one winner per request, whatever many people, tabs and mails try (PROCESSES APR-02, APR-07)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.choices import DECISIONS, Reason, Status
from approvals.models import Approval, ApprovalRequest, DecisionLink
from approvals.policies import visible_to, why_not
from approvals.selectors import already_decided
from approvals.services.stages import proceed
from approvals.services.writing import locked_request, note, payload, standing
from core import outbox
from core.cause import current_channel
from core.errors import (
    NotAllowedError,
    NotVisibleError,
    StaleVersionError,
    invalid,
    required,
)
from core.text import clean
from core.time import db_now

MAX_COMMENT = 2_000


@transaction.atomic
def decide(
    approval_id: int,
    *,
    actor: User,
    decision: str,
    comment: str = "",
    channel: str = "",
    via_link: DecisionLink | None = None,
    expected_version: int | None = None,
) -> ApprovalRequest:
    """The request after ``actor`` answered ``approved`` or ``rejected``; a no needs a reason in ``comment``.

    Publishes ``approval.answered``, and what follows from it: the next stage is asked, or the whole is
    decided (``stages.proceed``). The ticket gets a public activity. Raises NotVisibleError,
    AlreadyDecidedError (names who and when), NotAllowedError, StaleVersionError, RuleRefusedError; nothing
    changes then.
    """
    request, row = _locked(approval_id, actor)
    if row.status != Status.REQUESTED:
        raise already_decided(request, row)
    if expected_version is not None and row.lock_version != expected_version:
        raise StaleVersionError(current_version=row.lock_version)
    refusal = why_not(actor, row)
    if refusal:
        raise NotAllowedError(refusal)
    text = _checked(decision, comment)
    now = db_now()
    _answer(row, actor, decision, text, now, channel or ("mail" if via_link else current_channel()))
    if via_link is not None:
        DecisionLink.objects.filter(pk=via_link.pk).update(used_at=now)
    _tell(request, row, actor, text)
    proceed(request, standing(request), actor=actor, reason=Reason.ANSWERS, at=now)
    return request


def _locked(approval_id: int, actor: User) -> tuple[ApprovalRequest, Approval]:
    seen = (
        Approval.objects.filter(visible_to(actor), pk=approval_id)
        .values_list("request_id", flat=True)
        .first()
    )
    if seen is None:
        raise NotVisibleError
    request = locked_request(seen)
    row = (
        Approval.objects.select_related("approver", "decided_by")
        .select_for_update(no_key=True, of=("self",))
        .get(pk=approval_id)
    )
    row.request = request
    return request, row


def _checked(decision: str, comment: str) -> str:
    if decision not in DECISIONS:
        raise invalid("decision", _("Choose approve or decline."), code="choice")
    text = clean("comment", comment, max_length=MAX_COMMENT)
    if decision == Status.REJECTED and not text:
        raise required("comment", _("Say why you decline; the requester reads it."))
    return text


def _answer(row: Approval, actor: User, decision: str, text: str, now: dt.datetime, channel: str) -> None:
    row.status, row.comment, row.channel = decision, text, channel[:10]
    row.decided_at, row.decided_by = now, actor
    row.lock_version += 1
    row.save(update_fields=["status", "comment", "channel", "decided_at", "decided_by", "lock_version"])
    _settle_seats(row)


def _settle_seats(row: Approval) -> None:
    """The seats of an answer are taken: who shares them is asked for the rest, or not at all (APR-08)."""
    others = Approval.objects.filter(
        request=row.request_id, stage=row.stage, seats__overlap=row.seats, status=Status.REQUESTED
    )
    for other in others.order_by("pk"):
        rest = [seat for seat in other.seats if seat not in row.seats]
        changed: dict[str, Any] = {"seats": rest} if rest else {"status": Status.NOT_REQUIRED}
        Approval.objects.filter(pk=other.pk).update(**changed)


def _tell(request: ApprovalRequest, row: Approval, actor: User, text: str) -> None:
    changes: dict[str, Any] = {"approval": [Status.REQUESTED.value, str(row.status)]}
    if row.approver_id != actor.pk:
        changes["for"] = [None, row.approver.username]
    note(request, actor=actor, verb=f"approval_{row.status}", body=text, changes=changes)
    body = payload(request, approval_id=row.pk, decision=str(row.status))
    outbox.publish("approval.answered", body, actor=actor)
