"""The decision sheet: all an approver needs to decide, without rights on the ticket (PROCESSES APR-15)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from approvals import routing
from approvals.choices import Reason, StageState, Status, Why
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
    stage: int
    sets: list[int]


@dataclass(frozen=True)
class Stage:
    """One stage as the sheet shows it.

    ``chain`` are those who were asked; ``ahead`` names who will be, in a stage that has not begun.
    """

    number: int
    label: str
    state: StageState
    chain: list[Voice]
    ahead: list[str]

    @property
    def state_label(self) -> str:
        """The state as a word."""
        return str(self.state.label)


def sheet_for(actor: User, approval: Approval) -> dict[str, Any]:
    """The decision sheet of an approval ``actor`` may read. At most ten queries, whatever the number.

    Keys: ``approval`` (public id), ``version``, ``status``, ``status_label``, ``title``, ``what``, ``why``,
    ``cost`` (None or what the kind gave), ``rows`` [{label, value}], ``requester`` and ``ticket`` (number,
    title, kind), ``due_at``, ``asked_at``, ``round``, ``chain`` and ``earlier`` (rounds) of ``Voice``,
    ``stage`` (number) and ``stages`` of ``Stage``, ``is_replaced`` (asked anew), ``acting_for``,
    ``can_decide``, ``why_not``.
    """
    request = approval.request
    ticket = request.ticket
    rounds = _rounds(request)
    summary = _summary(request)
    is_open = approval.status == Status.REQUESTED
    refusal = why_not(actor, approval) if is_open else ""
    acting = actor.pk != approval.approver_id and is_open and not refusal
    chain = _voices(next(each for each in rounds if each.pk == request.pk))
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
        "round": request.round,
        "stage": approval.stage,
        "stages": _stages(request, chain),
        "is_replaced": any(each.previous_id == request.pk for each in rounds),
        "chain": chain,
        "earlier": [
            {
                "title": each.title,
                "round": each.round,
                "reason": str(Reason(each.reason).label) if each.reason else "",
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


def title_of(request: ApprovalRequest) -> str:
    """What is asked for, in the reader's language."""
    summary = request.summary if isinstance(request.summary, dict) else {}
    return str(localized(summary.get("what")) or request.title)


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


def _stages(request: ApprovalRequest, chain: list[Voice]) -> list[Stage]:
    kept = request.policy["stages"]
    names = _names_ahead(kept[request.stage :])
    return [
        Stage(
            number=number,
            label=_("Stage %(number)s of %(count)s") % {"number": number, "count": len(kept)},
            state=_stage_state(request, number),
            chain=[voice for voice in chain if voice.stage == number],
            ahead=[names[key] for key in _refs(each) if key in names] if number > request.stage else [],
        )
        for number, each in enumerate(kept, start=1)
    ]


def _stage_state(request: ApprovalRequest, number: int) -> StageState:
    is_open = request.status == Status.REQUESTED
    if number > request.stage:
        return StageState.TODO if is_open else StageState.SKIPPED
    if number < request.stage or request.status == Status.APPROVED:
        return StageState.DONE
    if is_open:
        return StageState.NOW
    return StageState.FAILED if request.status == Status.REJECTED else StageState.SKIPPED


def _refs(stage: dict[str, Any]) -> list[tuple[str, int]]:
    """Who a kept stage names, each once, in order."""
    found = [pair for each in stage["sets"] for ref in each["approvers"] for pair in ref.items()]
    return list(dict.fromkeys(found))


def _names_ahead(stages: list[dict[str, Any]]) -> dict[tuple[str, int], str]:
    """Names of the people and groups of stages that have not begun. Two queries where there are any."""
    refs = [{kind: pk} for stage in stages for kind, pk in _refs(stage)]
    found = routing.meant(refs) if refs else []
    return {
        ("user" if isinstance(each, User) else "group", each.pk): (
            each.display_name if isinstance(each, User) else each.name
        )
        for each in found
    }


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
        stage=row.stage,
        sets=row.sets,
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
