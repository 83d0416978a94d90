"""Merging an incident into another one that reports the same, and taking that back (PROCESSES INC-12)."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.models import User
from accounts.policies import Actor, has_grant
from core.errors import NotAllowedError, NotVisibleError, RuleRefusedError, StaleVersionError, WrongStateError
from core.time import db_now
from incidents.choices import HoldReason, State
from incidents.merging import active_children, check_merge, open_tasks, refused, target_of, why_not_undone
from incidents.models import CallerWait, Incident, IncidentTask
from incidents.selectors import keep_families_still
from incidents.waiting import begin as begin_waiting
from tickets.merges import merge_of
from tickets.models import Merge, Ticket
from tickets.policies import may, visible_to
from tickets.services import apply_transition, locked, record, snapshot, update_ticket
from tickets.services.merging import bring_together, take_apart
from tickets.services.writing import instant, save_changed


@transaction.atomic
def merge_incident(
    pk: int, *, actor: Actor, into: Ticket | None = None, expected_version: int | None = None, **words: Any
) -> Incident:
    """The incident, cancelled because it goes on in ``into``, or in what that was merged into itself.

    Conversation and files show there with the visibility they have; open tasks, children, links, and watchers
    who may read it go over; clocks end without a breach. Publishes ``incident.moved``, ``ticket.merged``.
    Raises NotVisibleError, StaleVersionError, NotAllowedError (either of the two), IllegalTransitionError,
    RuleRefusedError for an unfit target.
    """
    keep_families_still()  # and two merges from both ends wait for each other
    source = _seen(pk, actor)
    target = _target(source, into, actor)
    both = {
        each: locked(Incident, each, actor=actor)
        for each in sorted({source.pk, target.pk if target is not None else source.pk})
    }
    source = both[source.pk]
    if expected_version is not None and source.lock_version != expected_version:
        raise StaleVersionError(current_version=source.lock_version)
    if not may(actor, source, "merge"):
        raise NotAllowedError
    if target is None or source.is_closed:  # the one door says what is missing, or that it is over
        return apply_transition(Incident, pk, "merge", actor=actor, into=target, **words)
    target = both[target.pk]
    check_merge(source, target, actor)
    before, now = _place_of(source), instant(source)
    moved = {
        "before": before,
        "tasks": _move_tasks(source, target, now),
        "children": _move_children(source, target),
    }
    ended = apply_transition(Incident, pk, "merge", actor=actor, into=target, **words)
    bring_together(ended, target, actor=actor, at=now, moved=moved)
    return ended


def _seen(pk: int, actor: Actor) -> Incident:
    row = Incident.objects.filter(visible_to(actor), pk=pk).first()
    if row is None:
        raise NotVisibleError
    return row


def _target(source: Incident, into: Ticket | None, actor: Actor) -> Incident | None:
    return None if into is None else target_of(source, into, actor)


def _place_of(incident: Incident) -> dict[str, Any]:
    """How it stands, as JSON, for the way back."""
    until = incident.hold_until
    return {
        "state": incident.state,
        "hold_reason": incident.hold_reason,
        "hold_until": until.isoformat() if until else None,
        "close_code": incident.close_code,
        "close_notes": incident.close_notes,
    }


def _move_tasks(source: Incident, target: Incident, now: dt.datetime) -> list[int]:
    keys = list(open_tasks(source.pk).values_list("pk", flat=True))
    for key in keys:
        _put_below(key, target, "merged", now)
    return keys


def _put_below(task_pk: int, incident: Ticket, verb: str, now: dt.datetime) -> None:
    """The platform's doing: who merges incidents need not see the tasks of every group."""
    task = locked(IncidentTask, task_pk, actor=None)
    before = snapshot(task)
    task.parent = incident
    save_changed(task, before, at=now)
    record(task, before=before, actor=None, verb=verb, event="itask.updated", at=now)


def _move_children(source: Incident, target: Incident) -> list[int]:
    keys = list(active_children(source.pk).exclude(pk=target.pk).values_list("pk", flat=True))
    for key in keys:
        _put_child(key, target)
    return keys


def _put_child(key: int, parent: Ticket) -> None:
    try:
        update_ticket(key, actor=None, parent=parent)
    except RuleRefusedError as refusal:
        raise refused(str(refusal.errors[0].detail)) from refusal


@transaction.atomic
def unmerge_incident(pk: int, *, actor: User, expected_version: int | None = None) -> Incident:
    """The incident as it was before its merge, within ten minutes, by who merged it or an incident manager.

    State, watchers, tasks, children and links are back; clocks go on as if they had never stopped. What
    somebody has put elsewhere meanwhile stays there. Publishes ``incident.moved``, ``ticket.unmerged``.
    Raises NotVisibleError, StaleVersionError, NotAllowedError, WrongStateError with the reason.
    """
    keep_families_still()
    source = locked(Incident, pk, actor=actor, expected_version=expected_version)
    merge = merge_of(pk)
    if merge is None:
        text = _("%(number)s is not merged.") % {"number": source.number}
        raise WrongStateError(text, current_state=source.state, allowed=[])
    if not may_unmerge(actor, source, merge):
        raise NotAllowedError(_("Only who merged it or an incident manager takes it back."))
    main = locked(Incident, merge.main_id, actor=None)
    reason = why_not_undone(merge, source, db_now())
    if reason:
        raise WrongStateError(reason, current_state=source.state, allowed=[])
    merge.source, merge.main = source, main
    now = instant(source)
    before = merge.moved["before"]
    stood = apply_transition(Incident, pk, f"unmerge_{before['state']}", actor=None, **_inputs(before))
    _wait_again(stood, now)
    _bring_back(stood, main, merge.moved, now)
    merge.source = stood
    take_apart(merge, actor=actor, at=now)
    return stood


def may_unmerge(actor: User, source: Ticket, merge: Merge) -> bool:
    """Whether it is this person's to take a merge back: who merged, or who manages incidents."""
    own = merge.by_id == actor.pk and may(actor, source, "merge")
    return own or has_grant(actor, Grant.INCIDENT_MANAGE)


def _inputs(before: dict[str, Any]) -> dict[str, Any]:
    if before["state"] == State.ON_HOLD:
        until = dt.datetime.fromisoformat(before["hold_until"])
        return {"hold_reason": before["hold_reason"], "hold_until": until}
    if before["state"] == State.RESOLVED:
        return {"close_code": before["close_code"], "close_notes": before["close_notes"]}
    return {}


def _wait_again(incident: Incident, now: dt.datetime) -> None:
    """The reminders of a caller go on; the sweep may have dropped them meanwhile."""
    awaits = incident.state == State.ON_HOLD and incident.hold_reason == HoldReason.AWAITING_CALLER
    if awaits and not CallerWait.objects.filter(pk=incident.pk).exists():
        begin_waiting(incident, now=now)


def _bring_back(source: Incident, main: Incident, moved: dict[str, Any], now: dt.datetime) -> None:
    tasks = IncidentTask.objects.filter(pk__in=moved["tasks"], parent=main.pk).order_by("pk")
    for key in tasks.values_list("pk", flat=True):
        _put_below(key, source, "unmerged", now)
    children = active_children(main.pk).filter(pk__in=moved["children"])
    for key in list(children.values_list("pk", flat=True)):
        try:
            update_ticket(key, actor=None, parent=source)
        except RuleRefusedError as refusal:
            detail = str(refusal.errors[0].detail)
            raise WrongStateError(detail, current_state=source.state, allowed=[]) from refusal
