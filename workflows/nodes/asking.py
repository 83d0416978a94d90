"""The approval node: ask people, wait, go on with what they decided (DOMAIN 3.5)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from approvals import duedates, rules
from approvals.choices import DECISIONS, Status
from approvals.models import ApprovalRequest
from approvals.selectors import requests_by_public_id
from approvals.services import cancel_request, request_approval
from tickets.selectors import child_of
from workflows.graph import Node
from workflows.nodes.base import (
    Check,
    Context,
    Done,
    NodeError,
    NodeKind,
    Result,
    Wait,
    people_of,
    text_of,
    ticket_of,
)

SIGNAL = "approval.decided"


def _enter(ctx: Context) -> Result:
    node, ticket = ctx.node, ticket_of(ctx)
    child = child_of(ticket)
    summary = child.decision_summary() if hasattr(child, "decision_summary") else None
    request = request_approval(
        ticket.pk,
        actor=None,
        approvers=people_of(ctx, node["approvers"]),
        rule=node.get("rule", "any"),
        reject_rule=node.get("reject_rule", ""),
        title=text_of(ctx, node.get("title", "")),
        summary=summary,
        due=node.get("due"),
        on_due=node.get("on_due", ()),
        on_empty=node["on_empty"],
    )
    if request.status != Status.REQUESTED:
        return Done(_output(request))
    return Wait(SIGNAL, str(request.public_id), output={"request": str(request.public_id)})


def _resume(ctx: Context, signal: dict[str, Any]) -> Result:
    """The signal is a hint; what counts is how the request stands."""
    request = _request(ctx)
    if request.status == Status.REQUESTED:
        return Wait(SIGNAL, str(request.public_id), output=ctx.step.output)
    return Done(_output(request))


def _request(ctx: Context) -> ApprovalRequest:
    key = ctx.step.output["request"]
    found = requests_by_public_id([key]).get(key)
    if found is None:
        raise NodeError(_("The question this step asked is gone."))
    return found


def _output(request: ApprovalRequest) -> dict[str, Any]:
    rows = [row for row in request.approvals.all() if row.status in DECISIONS]
    deciding = max(
        (row for row in rows if row.status == request.status), key=lambda row: row.pk, default=None
    )
    return {
        "outcome": request.status,
        "request": str(request.public_id),
        "reason": request.reason,
        "decided_by": request.decided_by.username if request.decided_by else None,
        "comment": deciding.comment if deciding else "",
    }


def _cancel(ctx: Context, reason: str) -> None:
    request = _request(ctx)
    if request.status == Status.REQUESTED:
        cancel_request(request.pk, actor=None, reason=reason)


def _check(check: Check, where: str, node: Node) -> None:
    check.people(f"{where}.approvers", node.get("approvers"))
    check.text(f"{where}.title", node.get("title", ""))
    check.tried(where, lambda: rules.parse(str(node.get("rule", "any"))))
    if node.get("reject_rule"):
        check.tried(where, lambda: rules.parse(str(node["reject_rule"])))
    check.tried(where, lambda: duedates.plan(node.get("due"), node.get("on_due", ()), zone="UTC"))
    on_empty = node.get("on_empty")
    if on_empty in ("approve", "reject", "fail"):
        return
    key = on_empty.get("group") if isinstance(on_empty, dict) and len(on_empty) == 1 else None
    if not isinstance(key, str) or not key:
        text = _("Choose what happens when there is nobody to ask: approve, reject, a group, or fail.")
        check.say(f"{where}.on_empty", "required", text)


KIND = NodeKind(
    key="approval",
    fields=frozenset({"approvers", "rule", "reject_rule", "title", "due", "on_due", "on_empty"}),
    enter=_enter,
    resume=_resume,
    check=_check,
    cancel=_cancel,
)
