"""Putting a question to people, and withdrawing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Company, Group, User
from accounts.policies import Actor
from approvals import plans, routing
from approvals.choices import OnChange, Reason, Status
from approvals.models import ApprovalRequest
from approvals.policies import may_ask, may_cancel
from approvals.services import stages as running
from approvals.services.writing import finish, locked_request, note
from core.errors import NotAllowedError, NotVisibleError, WrongStateError, invalid
from core.text import clean
from core.time import db_now
from tickets.models import Ticket
from tickets.selectors import child_of, seen_by


@transaction.atomic
def request_approval(
    ticket_id: int | None,
    *,
    actor: Actor,
    approvers: Sequence[routing.Named] = (),
    rule: str = "any",
    members: str = "once",
    title: str = "",
    summary: dict[str, Any] | None = None,
    due: dict[str, Any] | None = None,
    on_due: str | Sequence[str] = (),
    on_empty: str | dict[str, str] = "fail",
    reject_rule: str = "",
    stages: Sequence[dict[str, Any]] | None = None,
    watch: Sequence[str] = (),
    on_change: str = OnChange.REASK,
    watch_after: bool = False,
) -> ApprovalRequest:
    """A new request with one row per person who is asked in its first stage.

    ``stages`` are as in ``approvals.plans``, with people and groups as approvers; ``approvers``, ``rule``,
    ``members``, ``due``, ``on_due`` and ``reject_rule`` are the short form of one stage with one set. With
    nobody to ask in a stage ``on_empty`` decides: ``approve``, ``reject``, ``{"group": key}`` or ``fail``.
    Fields of the ticket named in ``watch`` put the question anew when they change (``on_change`` ``reask``),
    with ``watch_after`` also once it is approved. Without ``summary`` the kind's ``decision_summary`` tells.
    Publishes ``approval.requested``, or what ``stages.proceed`` publishes when nobody need be asked. Raises
    NotAllowedError, NotVisibleError, WrongStateError (closed ticket), RuleRefusedError, NoApproverError.
    """
    if not may_ask(actor):
        raise NotAllowedError
    short = {
        "sets": [{"approvers": approvers, "rule": rule, "members": members}],
        "reject_rule": reject_rule,
        "due": due,
        "on_due": on_due,
    }
    if stages is not None and (
        approvers or rule != "any" or members != "once" or reject_rule or due or on_due
    ):
        raise invalid("stages", _("Say who decides in stages or in one list, not in both."))
    ticket = _ticket(ticket_id, actor)
    request = _request(ticket, actor, title, summary)
    running.fallback_key(on_empty)
    request.policy = {
        "stages": plans.written(
            [short] if stages is None else stages, zone=_zone(ticket, actor), named=_named
        ),
        "on_empty": on_empty,
        "watch": plans.watched(watch, on_change),
        "on_change": on_change,
        "watch_after": watch_after,
        "summary": "kind" if summary is None else "given",
    }
    request.save(force_insert=True)
    running.begin(request, actor=actor, why="new")
    return request


def told_by_kind(ticket: Ticket | None) -> dict[str, Any]:
    """What the ticket's kind tells approvers about it; nothing for a kind that tells nothing."""
    child = child_of(ticket) if ticket is not None else None
    tell = getattr(child, "decision_summary", None)
    found: dict[str, Any] = tell() if tell is not None else {}
    return found


@transaction.atomic
def cancel_request(request_id: int, *, actor: Actor, reason: str = "") -> ApprovalRequest:
    """The request, withdrawn; its open rows leave every list. Withdrawn twice it stays as it is.

    Publishes ``approval.decided`` with outcome ``cancelled``. Raises NotVisibleError, NotAllowedError,
    WrongStateError once it has been decided.
    """
    request = locked_request(request_id)
    if not may_cancel(actor, request):
        raise NotAllowedError
    if request.status == Status.CANCELLED:
        return request
    if request.status != Status.REQUESTED:
        raise WrongStateError(_("This has been decided already."), current_state=request.status, allowed=[])
    text = clean("reason", reason, max_length=2000)
    note(request, actor=actor, verb="approval_cancelled", body=text)
    finish(request, Status.CANCELLED, actor=actor, reason=Reason.WITHDRAWN, at=db_now())
    return request


def _named(approvers: Any) -> list[dict[str, int]]:
    if not isinstance(approvers, list | tuple) or not all(isinstance(a, User | Group) for a in approvers):
        raise invalid("approvers", _("Say who is meant."), code="people")
    return routing.kept(approvers)


def _ticket(ticket_id: int | None, actor: Actor) -> Ticket | None:
    if ticket_id is None:
        return None
    rows = seen_by(actor).filter(pk=ticket_id)
    ticket = rows.select_related("requester", "company").first()
    if ticket is None:
        raise NotVisibleError
    if ticket.is_closed:
        raise WrongStateError(
            _("%(number)s is closed; nothing is left to decide.") % {"number": ticket.number},
            current_state=ticket.state,
            allowed=[],
        )
    return ticket


def _request(
    ticket: Ticket | None, actor: Actor, title: str, summary: dict[str, Any] | None
) -> ApprovalRequest:
    text = clean("title", title or (ticket.title if ticket else ""), max_length=160, multiline=False)
    if not text:
        raise invalid("title", _("Say what is to be decided."), code="required")
    company: Company | None = ticket.company if ticket else actor.company if actor else None
    if company is None:
        raise invalid("ticket", _("The platform asks about tickets only."), code="required")
    told = told_by_kind(ticket) if summary is None else summary
    return ApprovalRequest(ticket=ticket, company=company, title=text, summary=told, requested_by=actor)


def _zone(ticket: Ticket | None, actor: Actor) -> str:
    person = ticket.requester if ticket else actor
    return person.time_zone if person else "UTC"
