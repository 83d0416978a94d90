"""The decision sheet: all an approver needs to decide, without rights on the ticket (PROCESSES APR-15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from accounts.models import User
from approvals.choices import Status, Why
from approvals.models import Approval, ApprovalRequest, DecisionLink
from approvals.policies import why_not
from approvals.selectors.links import already_decided, link_of
from approvals.selectors.lists import with_rows
from tickets import kinds


@dataclass(frozen=True)
class Voice:
    """One person's part as the sheet shows it; ``decided_by`` is set when somebody answered for them."""

    name: str
    group: str
    instead_of: str
    why: str
    delegate: str
    status: str
    status_label: str
    comment: str
    decided_at: Any
    decided_by: str


def sheet_for(actor: User, approval: Approval) -> dict[str, Any]:
    """The decision sheet of an approval ``actor`` may read. At most eight queries, whatever the number.

    Keys: ``approval`` (public id), ``version``, ``status``, ``status_label``, ``title``, ``what``, ``why``,
    ``cost`` (None or what the kind gave), ``rows`` [{label, value}], ``requester`` and ``ticket`` (number,
    title, kind), ``due_at``, ``asked_at``, ``chain`` and ``earlier`` (rounds) of ``Voice``, ``acting_for``,
    ``can_decide``, ``why_not``.
    """
    request = approval.request
    ticket = request.ticket
    rounds = _rounds(request)
    summary = _summary(request)
    is_open = approval.status == Status.REQUESTED
    refusal = why_not(actor, approval) if is_open else ""
    acting = actor.pk != approval.approver_id and is_open and not refusal
    return {
        "approval": str(approval.public_id),
        "version": approval.lock_version,
        "status": approval.status,
        "status_label": Status(approval.status).label,
        "title": request.title,
        "what": localized(summary["what"]),
        "why": localized(summary["why"]),
        "cost": localized(summary["cost"]),
        "rows": [
            {"label": localized(row["label"]), "value": localized(row["value"])} for row in summary["rows"]
        ],
        "requester": ticket.requester if ticket else request.requested_by,
        "ticket": _ticket(request),
        "due_at": request.due_at,
        "asked_at": request.created_at,
        "chain": _voices(next(each for each in rounds if each.pk == request.pk)),
        "earlier": [
            {
                "title": each.title,
                "status": each.status,
                "decided_at": each.decided_at,
                "chain": _voices(each),
            }
            for each in rounds
            if each.pk < request.pk
        ],
        "acting_for": approval.approver.display_name if acting else "",
        "can_decide": is_open and not refusal,
        "why_not": refusal,
    }


def sheet_by_link(token: str) -> tuple[DecisionLink, dict[str, Any]]:
    """The link and its decision sheet. Reading changes nothing, however often.

    Raises NotVisibleError, LinkExpiredError, and AlreadyDecidedError once there is nothing left to decide.
    """
    link = link_of(token)
    approval = Approval.objects.select_related(
        "request__ticket__requester__department", "request__decided_by", "approver", "via_group", "decided_by"
    ).get(pk=link.approval_id)
    if approval.status != Status.REQUESTED:
        raise already_decided(approval.request, approval)
    return link, sheet_for(link.user, approval)


def localized(given: Any) -> Any:
    """The text of ``{"ko": …, "en": …}`` in the reader's language; anything else as it is."""
    if not isinstance(given, dict) or not given.keys() <= {"ko", "en"} or not given:
        return given
    english = (get_language() or "ko").startswith("en")
    first, second = ("en", "ko") if english else ("ko", "en")
    return given.get(first) or given.get(second) or ""


def _rounds(request: ApprovalRequest) -> list[ApprovalRequest]:
    same = ApprovalRequest.objects.filter(pk=request.pk)
    if request.ticket_id is not None:
        same = ApprovalRequest.objects.filter(ticket=request.ticket_id)
    return list(with_rows(same).order_by("-pk"))


def _ticket(request: ApprovalRequest) -> dict[str, Any] | None:
    ticket = request.ticket
    if ticket is None:
        return None
    spec = kinds.get(ticket.kind)
    return {"number": ticket.number, "title": ticket.title, "kind": str(spec.employee_word or spec.label)}


def _voices(request: ApprovalRequest) -> list[Voice]:
    rows = sorted(request.approvals.all(), key=lambda row: row.pk)
    return [_voice(row) for row in rows]


def _voice(row: Approval) -> Voice:
    answered_for = row.decided_by if row.decided_by_id != row.approver_id else None
    return Voice(
        name=row.approver.display_name,
        group=row.via_group.name if row.via_group else "",
        instead_of=row.instead_of.display_name if row.instead_of else "",
        why="" if row.why == Why.ASKED else str(Why(row.why).label),
        delegate=row.delegate.display_name if row.delegate else "",
        status=row.status,
        status_label=str(Status(row.status).label),
        comment=row.comment,
        decided_at=row.decided_at,
        decided_by=answered_for.display_name if answered_for else "",
    )


def _summary(request: ApprovalRequest) -> dict[str, Any]:
    """The stored summary with its four parts, whatever was given: what, why, cost, rows."""
    given = request.summary if isinstance(request.summary, dict) else {}
    ticket = request.ticket
    return {
        "what": given.get("what") or request.title,
        "why": given.get("why") or (ticket.description if ticket else ""),
        "cost": given.get("cost"),
        "rows": given.get("rows") or [],
    }
