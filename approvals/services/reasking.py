"""Asking anew when what was asked has changed: a new round is a new request (PROCESSES APR-06, APR-14)."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from accounts.policies import Actor
from approvals import plans
from approvals.choices import OnChange, Reason, Status
from approvals.models import ApprovalRequest
from approvals.services.asking import told_by_kind
from approvals.services.stages import begin
from approvals.services.writing import finish, note, payload
from core import outbox
from core.errors import RuleRefusedError
from core.time import db_now
from tickets.hooks import Change
from tickets.models import Ticket


def react(change: Change) -> None:
    """Ask anew what watched fields that this write changed; the writer holds the ticket's lock (RL-31)."""
    if change.before is None:
        return
    names = _changed(change)
    if names - plans.NEVER_WATCHED:
        fields_changed(change.ticket, names, actor=change.actor)


def _changed(change: Change) -> set[str]:
    names = set(change.changes)
    if "custom" in names:
        old, new = (pair or {} for pair in change.changes["custom"])
        names |= {f"custom.{key}" for key in {*old, *new} if old.get(key) != new.get(key)}
    return names


def fields_changed(ticket: Ticket, names: Iterable[str], *, actor: Actor) -> list[ApprovalRequest]:
    """The new rounds of questions about ``ticket`` that watch one of these fields; mostly none.

    For kinds that keep a watched matter in rows of their own, such as a list of CIs; columns of a ticket are
    seen without it. Part of the caller's transaction, which holds the ticket's lock. An open question is
    withdrawn with reason ``changed`` first; an approved one stays readable as it is, and its successor says
    that it counts no more. Nothing is asked about a closed ticket. Publishes ``approval.reasked`` and what
    asking publishes.
    """
    if ticket.is_closed:
        return []
    rows = ApprovalRequest.objects.filter(
        ticket=ticket.pk,
        status__in=[Status.REQUESTED, Status.APPROVED],
        successor=None,
        policy__on_change=OnChange.REASK,
        policy__watch__has_any_keys=sorted(names),
    )
    touched = set(names)
    found = list(rows.select_related("ticket").order_by("pk").select_for_update(no_key=True, of=("self",)))
    open_ones = [row for row in found if row.status == Status.REQUESTED or row.policy["watch_after"]]
    return [_anew(row, ticket, sorted(touched & set(row.policy["watch"])), actor) for row in open_ones]


def _anew(old: ApprovalRequest, ticket: Ticket, names: list[str], actor: Actor) -> ApprovalRequest:
    if old.status == Status.REQUESTED:
        finish(old, Status.CANCELLED, actor=actor, reason=Reason.CHANGED, at=db_now())
    new = ApprovalRequest(
        company_id=old.company_id,
        ticket=old.ticket,
        title=old.title,
        summary=told_by_kind(ticket) if old.policy.get("summary") == "kind" else old.summary,
        policy=old.policy,
        requested_by_id=old.requested_by_id,
        previous=old,
        round=old.round + 1,
    )
    new.save(force_insert=True)
    note(new, actor=actor, verb="approval_reasked", changes={"round": [old.round, new.round]})
    ids = {"previous_id": old.pk, "previous_public_id": str(old.public_id), "round": new.round}
    outbox.publish("approval.reasked", payload(new, changed=names, **ids), actor=actor)
    try:
        with transaction.atomic():
            begin(new, actor=actor, why="changed")
    except RuleRefusedError as refusal:
        # The edit itself is not to blame: the question ends, and who waits for it hears why.
        note(new, actor=None, verb="approval_cancelled", body=str(refusal.detail))
        finish(new, Status.CANCELLED, actor=None, reason=Reason.EMPTY, at=db_now())
    return new
