"""Putting a question to people, and withdrawing it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Company
from accounts.policies import Actor
from accounts.selectors import group_keyed
from approvals import duedates, routing, rules
from approvals.choices import Reason, Status
from approvals.models import Approval, ApprovalRequest
from approvals.policies import may_ask, may_cancel, ticket_side
from approvals.services.writing import finish, locked_request, note, payload
from core import outbox
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, WrongStateError, invalid
from core.settings_store import value
from core.text import clean
from core.time import db_now
from tickets.models import Ticket
from tickets.policies import visible_to as visible_tickets


class NoApproverError(RuleRefusedError):
    """Nobody, or too few, may be asked, and the question was told to fail then."""

    code = "no_approver"


@transaction.atomic
def request_approval(
    ticket_id: int | None,
    *,
    actor: Actor,
    approvers: Sequence[routing.Named],
    rule: str = "any",
    title: str = "",
    summary: dict[str, Any] | None = None,
    due: dict[str, Any] | None = None,
    on_due: str | Sequence[str] = (),
    on_empty: str | dict[str, str] = "fail",
    reject_rule: str = "",
) -> ApprovalRequest:
    """A new request with one row per person who is asked.

    ``approvers`` are people and groups; ``rule`` and ``reject_rule`` as in ``approvals.rules``, ``due`` and
    ``on_due`` as in ``approvals.duedates``. With nobody to ask ``on_empty`` decides: ``approve``, ``reject``,
    ``{"group": key}`` or ``fail``. Publishes ``approval.requested``, or ``approval.decided`` when it ended
    at once. Raises NotAllowedError, NotVisibleError, WrongStateError (closed ticket), RuleRefusedError,
    NoApproverError.
    """
    if not may_ask(actor):
        raise NotAllowedError
    ticket = _ticket(ticket_id, actor)
    request = _request(ticket, actor, title, summary)
    parsed = rules.parse(rule)
    if reject_rule:
        rules.parse(reject_rule)
    made = duedates.plan(due, on_due, zone=_zone(ticket, actor))
    request.policy = {"rule": rule, "reject": reject_rule, "on_empty": on_empty, "due": made}
    wall = routing.Wall(request.company_id, frozenset() if value("approval.own") else _own(ticket, actor))
    seats = _seats(approvers, wall, on_empty)
    _check_reach(parsed, seats)
    if made:
        request.due_at = duedates.next_at(made, db_now())
        request.next_fire_at = request.due_at if seats and made["actions"] else None
    request.save(force_insert=True)
    return _ask(request, seats, actor)


def _ask(request: ApprovalRequest, seats: list[routing.Seat], actor: Actor) -> ApprovalRequest:
    if not seats:
        ends = {"approve": Status.APPROVED, "reject": Status.REJECTED}
        outcome = ends[request.policy["on_empty"]]
        note(request, actor=None, verb="approval_empty", changes={"approval": [None, str(outcome)]})
        finish(request, outcome, actor=None, reason=Reason.EMPTY, at=db_now())
        return request
    rows = add_rows(request, seats)
    names = sorted(seat.approver.username for seat in seats)
    note(request, actor=actor, verb="approval_requested", changes={"approvers": [None, names]})
    ids = [row.pk for row in rows]
    outbox.publish("approval.requested", payload(request, approval_ids=ids, why="new"), actor=actor)
    return request


def add_rows(request: ApprovalRequest, seats: list[routing.Seat]) -> list[Approval]:
    """One saved row per seat given."""
    return Approval.objects.bulk_create(
        Approval(
            request=request,
            seat=seat.key,
            approver=seat.approver,
            via_group=seat.via_group,
            instead_of=seat.instead_of,
            why=seat.why,
            delegate=seat.delegate,
        )
        for seat in seats
    )


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


def _ticket(ticket_id: int | None, actor: Actor) -> Ticket | None:
    if ticket_id is None:
        return None
    rows = Ticket.objects.filter(visible_tickets(actor), pk=ticket_id)
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
    return ApprovalRequest(
        ticket=ticket, company=company, title=text, summary=summary or {}, requested_by=actor
    )


def _own(ticket: Ticket | None, actor: Actor) -> frozenset[int]:
    if ticket is not None:
        return ticket_side(ticket)
    return frozenset({actor.pk}) if actor else frozenset()


def _zone(ticket: Ticket | None, actor: Actor) -> str:
    person = ticket.requester if ticket else actor
    return person.time_zone if person else "UTC"


def _seats(
    approvers: Sequence[routing.Named], wall: routing.Wall, on_empty: str | dict[str, str]
) -> list[routing.Seat]:
    key = _fallback_key(on_empty)
    fallback = group_keyed(None, key) if key else None
    found = routing.seats(approvers, wall, fallback=fallback)
    if found or on_empty in ("approve", "reject"):
        return found
    if key and fallback is None:
        raise NoApproverError(_("There is no group “%(key)s” to ask.") % {"key": key})
    instead = routing.seats([fallback], wall) if fallback else []
    if not instead:
        raise NoApproverError(_("There is nobody who may decide this."))
    return instead


def _fallback_key(on_empty: str | dict[str, str]) -> str:
    if isinstance(on_empty, dict) and on_empty.keys() == {"group"}:
        return on_empty["group"]
    if isinstance(on_empty, dict) or on_empty not in ("approve", "reject", "fail"):
        raise invalid("on_empty", _("Choose what happens when there is nobody to ask."), code="choice")
    return ""


def _check_reach(rule: rules.Rule, seats: list[routing.Seat]) -> None:
    """A question that could never be approved is a mistake of who wrote it, not a no."""
    asked = len({seat.key for seat in seats})
    if asked and not rule.is_reachable(rules.Tally(0, 0, asked)):
        text = _("%(needed)s approvals are needed, but only %(asked)s can be asked.")
        raise NoApproverError(text % {"needed": rule.needed(asked), "asked": asked})
