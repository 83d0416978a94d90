"""Stages: asking the people of one, and what follows when it is over (PROCESSES APR-01, APR-02, APR-08)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Group
from accounts.policies import Actor
from accounts.selectors import group_keyed
from approvals import duedates, plans, routing, rules
from approvals.choices import Reason, Status, Why
from approvals.models import Approval, ApprovalRequest
from approvals.policies import requester_side
from approvals.services.writing import finish, note, payload, standing
from core import outbox
from core.errors import RuleRefusedError, invalid
from core.settings_store import value
from core.time import db_now

_ENDS = {"approve": Status.APPROVED, "reject": Status.REJECTED}
CARRIED = "carried"


class NoApproverError(RuleRefusedError):
    """Nobody, or too few, may be asked, and the question was told to fail then."""

    code = "no_approver"


def begin(request: ApprovalRequest, *, actor: Actor, why: str) -> None:
    """Ask the people of the first stage of a question that was just saved; ``why`` is told in the event.

    Publishes ``approval.requested``, or what ``proceed`` publishes when the stage is over at once. Raises
    NoApproverError, RuleRefusedError (the calendar never opens).
    """
    outcome, reason = _ask_stage(request, actor, why)
    proceed(request, outcome, actor=actor, reason=reason, at=db_now())


def proceed(request: ApprovalRequest, outcome: str, *, actor: Actor, reason: str, at: dt.datetime) -> None:
    """What follows from how the present stage of a locked request stands: the next stage, the end or nothing.

    Each later stage publishes ``approval.stage_started`` and, where people are asked, ``approval.requested``;
    the end publishes ``approval.decided``. With nobody to ask in a later stage and ``on_empty`` fail the
    request is withdrawn with reason ``empty``: whoever answered the stage before is not refused for it.
    """
    last = len(request.policy["stages"])
    while outcome == Status.APPROVED and request.stage < last:
        Approval.objects.filter(request=request, status=Status.REQUESTED).update(status=Status.NOT_REQUIRED)
        request.stage += 1
        try:
            with transaction.atomic():
                outcome, reason = _ask_stage(request, actor, "stage")
        except RuleRefusedError as refusal:
            request.save(update_fields=["stage"])
            note(request, actor=None, verb="approval_cancelled", body=str(refusal.detail))
            outcome, reason = Status.CANCELLED, Reason.EMPTY
    if outcome != Status.REQUESTED:
        finish(
            request,
            outcome,
            actor=None if reason in (Reason.EMPTY, Reason.DUE) else actor,
            reason=reason,
            at=at,
        )


def _ask_stage(request: ApprovalRequest, actor: Actor, why: str) -> tuple[str, str]:
    """Make the rows of ``request.stage``; how the stage stands then, and what brought it there."""
    plan = plans.of(request.policy)
    stage = plan.stages[request.stage - 1]
    wall = wall_of(request)
    sets = _seats(stage, plan.on_empty, wall)
    if any(sets):
        _check_reach(stage, sets)
    _set_timer(request, stage, is_asked=any(sets))
    if request.stage > 1:
        facts = payload(request, stage=request.stage, stages=len(plan.stages), round=request.round)
        outbox.publish("approval.stage_started", facts, actor=actor)
    if not any(sets):
        outcome = _ENDS[plan.on_empty]
        note(request, actor=None, verb="approval_empty", changes={"approval": [None, str(outcome)]})
        return outcome, Reason.EMPTY
    carried = _approved_before(request) if stage.carry else {}
    rows = add_rows(request, routing.rows_for(sets, carried), carried)
    _tell(request, rows, actor, why)
    return standing(request), Reason.ANSWERS


def _tell(request: ApprovalRequest, rows: list[Approval], actor: Actor, why: str) -> None:
    """The activity and the event about those who are asked now; nobody is told of a carried answer."""
    asked = [row for row in rows if row.status == Status.REQUESTED]
    names = sorted(row.approver.username for row in asked)
    verb = "approval_stage_started" if request.stage > 1 else "approval_requested"
    note(request, actor=actor, verb=verb, changes={"approvers": [None, names]})
    if asked:
        ids = [row.pk for row in asked]
        outbox.publish("approval.requested", payload(request, approval_ids=ids, why=why), actor=actor)


def add_rows(
    request: ApprovalRequest, asked: Sequence[routing.Asked], carried: dict[int, Approval] | None = None
) -> list[Approval]:
    """One saved row per person of the present stage; those in ``carried`` have their answer already."""
    return Approval.objects.bulk_create(
        Approval(
            request=request,
            stage=request.stage,
            seats=list(each.seats),
            approver=each.approver,
            via_group=each.by.via_group,
            instead_of=each.by.instead_of,
            **_answer_of(each, carried or {}),
        )
        for each in asked
    )


def _answer_of(asked: routing.Asked, carried: dict[int, Approval]) -> dict[str, Any]:
    earlier = carried.get(asked.approver.pk)
    if earlier is None:
        return {"why": asked.by.why, "delegate": asked.by.delegate}
    return {
        "why": Why.CARRIED,
        "status": Status.APPROVED,
        "decided_at": earlier.decided_at,
        "decided_by": earlier.decided_by,
        "channel": CARRIED,
    }


def _approved_before(request: ApprovalRequest) -> dict[int, Approval]:
    """The approvals of earlier stages of this very round, by approver (APR-08)."""
    rows = Approval.objects.filter(request=request, stage__lt=request.stage, status=Status.APPROVED)
    return {row.approver_id: row for row in rows.select_related("decided_by").order_by("stage")}


def wall_of(request: ApprovalRequest) -> routing.Wall:
    """Whom nobody may ask in this request, as it is now."""
    own = frozenset() if value("approval.own") else requester_side(request, request.ticket)
    return routing.Wall(request.company_id, own)


def fallback_key(on_empty: Any) -> str:
    """The key of the group that is asked when there is nobody else; empty for another choice.

    Raises RuleRefusedError for what is no choice.
    """
    if isinstance(on_empty, dict) and on_empty.keys() == {"group"}:
        return str(on_empty["group"])
    if isinstance(on_empty, dict) or on_empty not in (*_ENDS, "fail"):
        raise invalid("on_empty", _("Choose what happens when there is nobody to ask."), code="choice")
    return ""


def _seats(stage: plans.StagePlan, on_empty: Any, wall: routing.Wall) -> list[list[routing.Seat]]:
    """Who is asked, by set; all empty only where ``on_empty`` then decides. Raises NoApproverError."""
    key = fallback_key(on_empty)
    fallback: Group | None = group_keyed(None, key) if key else None
    sets = [
        routing.seats(routing.meant(each.approvers), wall, fallback=fallback, members=each.members)
        for each in stage.sets
    ]
    if any(sets) or not (key or on_empty == "fail"):
        return sets
    if key and fallback is None:
        raise NoApproverError(_("There is no group “%(key)s” to ask.") % {"key": key})
    instead = routing.seats([fallback], wall, members=stage.sets[0].members) if fallback else []
    if not instead:
        raise NoApproverError(_("There is nobody who may decide this."))
    return [instead, *sets[1:]]


def _check_reach(stage: plans.StagePlan, sets: list[list[routing.Seat]]) -> None:
    """A question that could never be approved is a mistake of who wrote it, not a no."""
    asked = [len({seat.key for seat in each}) for each in sets]
    reach = [each.rule.is_reachable(rules.Tally(0, 0, n)) for each, n in zip(stage.sets, asked, strict=True)]
    if not any(reach):
        text = _("%(needed)s approvals are needed, but only %(asked)s can be asked.")
        raise NoApproverError(text % {"needed": stage.sets[0].rule.needed(asked[0]), "asked": asked[0]})


def _set_timer(request: ApprovalRequest, stage: plans.StagePlan, *, is_asked: bool) -> None:
    """The due time of this stage, counted from now (APR-11)."""
    request.fired = 0
    request.due_at = duedates.next_at(stage.due, db_now()) if stage.due else None
    fires = is_asked and stage.due and stage.due["actions"]
    request.next_fire_at = request.due_at if fires else None
    request.save(update_fields=["stage", "fired", "due_at", "next_fire_at"])
