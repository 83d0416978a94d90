"""What every step of a decision leaves behind, and how a request comes to its end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from accounts.policies import Actor
from approvals import plans, rules
from approvals.choices import DECISIONS, Status
from approvals.models import Approval, ApprovalRequest
from core import audit, outbox, rows
from core.errors import NotVisibleError
from tickets.choices import ActivityKind
from tickets.services.writing import activity

Answer = tuple[list[str], bool | None]


def locked_request(request_id: int) -> ApprovalRequest:
    """The request, locked until the commit: every answer to it waits here (DOMAIN DA-8)."""
    row = (
        ApprovalRequest.objects.select_related("ticket")
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=request_id)
        .first()
    )
    if row is None:
        raise NotVisibleError
    return row


def note(
    request: ApprovalRequest,
    *,
    actor: Actor,
    verb: str,
    body: str = "",
    changes: dict[str, Any] | None = None,
    public: bool = True,
) -> None:
    """Write the audit row, and the activity of the ticket when there is one."""
    audit.write(
        actor=actor,
        table="approvals_approvalrequest",
        object_ref=str(request.public_id),
        action=verb,
        diff=changes or {},
    )
    if request.ticket is not None:
        row = activity(
            request.ticket,
            actor,
            ActivityKind.APPROVAL,
            verb=verb,
            body=body,
            changes=changes or {},
            is_public=public,
        )
        rows.insert([row])


def payload(request: ApprovalRequest, **more: Any) -> dict[str, Any]:
    """The ids every approval event carries."""
    return {
        "request_id": request.pk,
        "request_public_id": str(request.public_id),
        "ticket_id": request.ticket_id,
    } | more


def standing(request: ApprovalRequest) -> str:
    """What the answers given so far make of the present stage: approved, rejected or still requested."""
    rows = request.approvals.filter(stage=request.stage, status__in=[Status.REQUESTED, *DECISIONS])
    answers = {Status.APPROVED: True, Status.REJECTED: False}
    given = [(seats, answers.get(Status(status))) for seats, status in rows.values_list("seats", "status")]
    stage = plans.of(request.policy).stages[request.stage - 1]
    counted = [
        (each.rule, rules.tally(_in_set(given, number))) for number, each in enumerate(stage.sets, start=1)
    ]
    whole = rules.tally((seats[0], answer) for seats, answer in given)
    return rules.stage_outcome(counted, whole, reject=stage.reject)


def _in_set(given: Iterable[Answer], number: int) -> Iterator[tuple[str, bool | None]]:
    """What counts for one approve set: its seats, each with the answer of the rows that hold it."""
    for seats, answer in given:
        yield from ((seat, answer) for seat in seats if seat.startswith(f"{number}/"))


def finish(request: ApprovalRequest, outcome: str, *, actor: Actor, reason: str, at: dt.datetime) -> None:
    """End a locked request; its other open rows are no longer needed. Publishes ``approval.decided``.

    In the same transaction they leave every list, badge and reminder (PROCESSES APR-05).
    """
    request.status, request.reason = outcome, reason
    request.decided_at, request.decided_by = at, actor
    request.next_fire_at = None
    request.lock_version += 1
    request.save(
        update_fields=[
            "status",
            "reason",
            "decided_at",
            "decided_by",
            "next_fire_at",
            "fired",
            "lock_version",
        ]
    )
    rest = Status.CANCELLED if outcome == Status.CANCELLED else Status.NOT_REQUIRED
    Approval.objects.filter(request=request, status=Status.REQUESTED).update(status=rest)
    outbox.publish("approval.decided", payload(request, outcome=outcome, reason=reason), actor=actor)
