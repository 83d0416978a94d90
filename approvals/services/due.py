"""What happens when nobody answers in time: remind, ask the manager, decide (PROCESSES APR-11)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from approvals import duedates, plans, routing
from approvals.choices import DueAction, Reason, Status, Why
from approvals.models import Approval, ApprovalRequest
from approvals.services.stages import add_rows, proceed, wall_of
from approvals.services.writing import locked_request, note, payload
from core import outbox, sweep
from core.time import db_now

_ENDS = {
    DueAction.APPROVE: Status.APPROVED,
    DueAction.REJECT: Status.REJECTED,
    DueAction.CANCEL: Status.CANCELLED,
}


@sweep.register
def fire_due(*, limit: int) -> int:
    """Run the due actions of requests nobody decided in time; returns how many ran.

    Each in its own transaction; any number of copies may run, a locked request is skipped.
    """
    ran = 0
    while ran < min(limit, 100) and _fire_one():
        ran += 1
    return ran


@transaction.atomic
def _fire_one() -> bool:
    now = db_now()
    request = (
        ApprovalRequest.objects.filter(next_fire_at__lte=now)
        .select_related("ticket")
        .order_by("next_fire_at", "pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .first()
    )
    if request is None:
        return False
    _fire(request, now)
    return True


@transaction.atomic
def fire(request_id: int) -> None:
    """Run the next due action of one open request, for who knows that its time has come (a rehearsal)."""
    request = locked_request(request_id)
    if request.next_fire_at is not None:
        _fire(request, db_now())


def _fire(request: ApprovalRequest, now: dt.datetime) -> None:
    made = plans.of(request.policy).stages[request.stage - 1].due
    action = made["actions"][request.fired]
    request.fired += 1
    if action in _ENDS:
        _end(request, DueAction(action), now)
        return
    if action == DueAction.REMIND:
        _remind(request)
    else:
        _escalate(request)
    more = request.fired < len(made["actions"])
    request.next_fire_at = duedates.next_at(made, now) if more else None
    request.save(update_fields=["fired", "next_fire_at"])


def _open_rows(request: ApprovalRequest) -> list[Approval]:
    rows = request.approvals.filter(status=Status.REQUESTED)
    return list(rows.select_related("approver", "via_group").order_by("pk"))


def _remind(request: ApprovalRequest) -> None:
    ids = [row.pk for row in _open_rows(request)]
    note(request, actor=None, verb="approval_reminded", public=False)
    outbox.publish("approval.reminded", payload(request, approval_ids=ids))


def _escalate(request: ApprovalRequest) -> None:
    """Ask the manager of everybody who has not answered; either answer counts for the seat."""
    wall = wall_of(request)
    stage = request.approvals.filter(stage=request.stage)
    asked = set(stage.values_list("approver_id", flat=True))
    found: dict[int, routing.Asked] = {}
    for row in _open_rows(request):
        above = routing.manager_above(row.approver, wall)
        if above is not None and above.pk not in asked:
            found[above.pk] = _joined(found.get(above.pk), row, above)
    rows = add_rows(request, list(found.values()))
    names = sorted(each.approver.username for each in found.values())
    note(request, actor=None, verb="approval_escalated", changes={"approvers": [None, names]})
    ids = [row.pk for row in rows]
    outbox.publish("approval.requested", payload(request, approval_ids=ids, why="escalated"))


def _joined(known: routing.Asked | None, row: Approval, above: User) -> routing.Asked:
    """The manager's row with the seats of one more person; in each set the manager counts once."""
    held = known.seats if known else ()
    sets = {seat.partition("/")[0] for seat in held}
    more = tuple(seat for seat in row.seats if seat.partition("/")[0] not in sets)
    by = known.by if known else routing.Seat("", above, instead_of=row.approver, why=Why.ESCALATED)
    return routing.Asked(held + more, by)


def _end(request: ApprovalRequest, action: DueAction, now: dt.datetime) -> None:
    outcome = _ENDS[action]
    note(
        request,
        actor=None,
        verb=f"approval_{outcome}",
        body=_("Nobody answered in time."),
        changes={"approval": [Status.REQUESTED.value, str(outcome)]},
    )
    proceed(request, outcome, actor=None, reason=Reason.DUE, at=now)
