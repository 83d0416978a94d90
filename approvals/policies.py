"""Who may see and answer an approval. Being asked is the right to decide; no role adds to it."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access.decisions import (
    OTHER_COMPANY,
    PLATFORM,
    UNKNOWN_ACTION,
    Decision,
    RowRule,
    any_of,
    no,
    row_decision,
    yes,
)
from accounts.choices import Grant
from accounts.models import User
from accounts.policies import Actor, by_grant, group_ids, has_grant, is_agent
from approvals.choices import Scope
from approvals.models import Approval, ApprovalRequest, Delegation
from core.settings_store import value
from core.time import db_now
from tickets.models import Ticket

ACTIONS = ("view", "decide", "cancel")
_ASKED = yes("asked", gettext_lazy("The decision is asked of this person, or of whom they stand in for."))
_ASKED_IT = yes("asked_it", gettext_lazy("This person put the question."))
_NOBODY_ASKED = no("platform_decides_not", gettext_lazy("The platform does not decide."))


def principals(actor: User) -> frozenset[int]:
    """The people for whom ``actor`` decides today by their delegation; never passed on a second time."""
    rows = Delegation.objects.filter(delegate=actor, scope=Scope.APPROVALS, during__contains=db_now())
    return frozenset(rows.values_list("user_id", flat=True))


def row_rules(actor: User) -> list[RowRule]:
    """Why ``actor`` reads approvals: asked of them or of people they stand in for, or answered by them."""
    return [
        RowRule("approver", gettext_lazy("The decision is asked of this person."), Q(approver=actor.pk)),
        RowRule(
            "stand_in",
            gettext_lazy("This person stands in for who is asked, by a delegation that counts now."),
            Q(approver__in=principals(actor)),
        ),
        RowRule("decided", gettext_lazy("This person gave the answer."), Q(decided_by=actor)),
    ]


def visible_to(actor: Actor) -> Q:
    """The approvals ``actor`` may read: asked of them, answered by them, or of people they stand in for."""
    return Q() if actor is None else any_of(row_rules(actor))


def why_seen(actor: User, approval: Approval) -> Decision:
    """Whether ``actor`` reads this approval, and by which rule."""
    return row_decision(Approval, approval.pk, Q(), row_rules(actor))


def visible_delegations(actor: Actor) -> Q:
    """Delegations by or to ``actor``; all of the company for who edits people."""
    if actor is None:
        return Q()
    if has_grant(actor, Grant.USERS_WRITE):
        return Q(user__company_id=actor.company_id)
    return Q(user=actor) | Q(delegate=actor)


def requester_side(request: ApprovalRequest, ticket: Ticket | None) -> frozenset[int]:
    """The people whose own request it is: requester, person it is for, opener; else who asked (APR-09)."""
    if ticket is None:
        return frozenset(pk for pk in (request.requested_by_id,) if pk)
    return ticket_side(ticket)


def ticket_side(ticket: Ticket) -> frozenset[int]:
    """The people who may not decide about this ticket, because it is theirs."""
    keys = (ticket.requester_id, ticket.on_behalf_of_id, ticket.opened_by_id)
    return frozenset(pk for pk in keys if pk)


def stands_for(actor: User, approval: Approval) -> bool:
    """Whether ``actor`` is the approver or acts for them today."""
    return actor.pk == approval.approver_id or approval.approver_id in principals(actor)


def why_not(actor: User, approval: Approval) -> str:
    """Why ``actor``, who sees this open approval, may not decide it now; empty when they may.

    Activity, membership and the own-request rule hold when answering, whatever held when asked (APR-10).
    """
    if not actor.is_active:
        return _("Your account is not active.")
    if not stands_for(actor, approval):
        return _("This decision is asked of somebody else.")
    if actor.pk in requester_side(approval.request, approval.request.ticket) and not value("approval.own"):
        return _("Nobody decides their own request.")
    if approval.via_group_id and approval.via_group_id not in group_ids(approval.approver):
        return _("The person who was asked is no longer in the group that decides.")
    return ""


def why(actor: Actor, approval: Approval, action: str) -> Decision:
    """Whether ``actor`` may ``view``, ``decide`` or ``cancel`` this, and by which rule; the platform may all
    but decide."""
    if actor is None:
        return _NOBODY_ASKED if action == "decide" else PLATFORM
    if action == "view":
        return why_seen(actor, approval)
    if action == "decide":
        refusal = why_not(actor, approval)
        return no("may_not_decide", refusal) if refusal else _ASKED
    return why_cancel(actor, approval.request) if action == "cancel" else UNKNOWN_ACTION


def may(actor: Actor, approval: Approval, action: str) -> bool:
    """Whether ``actor`` may ``view``, ``decide`` or ``cancel`` this; the platform may all but decide."""
    return bool(why(actor, approval, action))


def may_ask(actor: Actor) -> bool:
    """Whether ``actor`` may put a question to approvers: the platform and agents."""
    return is_agent(actor)


def why_cancel(actor: Actor, request: ApprovalRequest) -> Decision:
    """Whether ``actor`` may withdraw the question: who asked it, who edits flows, the platform."""
    if actor is None:
        return PLATFORM
    if request.requested_by_id == actor.pk:
        return _ASKED_IT
    if request.company_id != actor.company_id:
        return OTHER_COMPANY
    return by_grant(actor, Grant.CONFIG_WRITE)


def may_cancel(actor: Actor, request: ApprovalRequest) -> bool:
    """Whether ``actor`` may withdraw the question: who asked it, who edits flows, the platform."""
    return bool(why_cancel(actor, request))


def may_delegate(actor: Actor, user: User) -> bool:
    """Whether ``actor`` may hand over the decisions of ``user``: their own, or as who edits people."""
    if actor is None or actor.pk == user.pk:
        return True
    return has_grant(actor, Grant.USERS_WRITE) and actor.company_id == user.company_id
