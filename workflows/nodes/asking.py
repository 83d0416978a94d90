"""The approval node: ask people, wait, go on with what they decided (DOMAIN 3.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from approvals import duedates, plans, rules
from approvals.choices import DECISIONS, OnChange, Reason, Status
from approvals.models import ApprovalRequest
from approvals.selectors import newest_round
from approvals.services import NoApproverError, cancel_request, request_approval
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
# What says who decides when there is one list of approvers; a stage says the same for itself.
SHORT = ("approvers", "rule", "members", "reject_rule", "due", "on_due")


def _enter(ctx: Context) -> Result:
    node = ctx.node
    request = request_approval(
        ticket_of(ctx).pk,
        actor=None,
        stages=[_stage(ctx, each) for each in stages_of(node)],
        title=text_of(ctx, node.get("title", "")),
        on_empty=node["on_empty"],
        watch=node.get("watch", ()),
        on_change=node.get("on_change", OnChange.REASK),
        watch_after=node.get("watch_after_approval", False),
    )
    return _waiting_for(request)


def stages_of(node: Node) -> list[dict[str, Any]]:
    """The stages of an approval node, also of one in the short form; their approvers are as written."""
    if "stages" in node:
        carry = node.get("carry_decision", False)
        return [{"carry_decision": carry, **each} for each in node["stages"]]
    parts: dict[str, Any] = {name: node[name] for name in ("reject_rule", "due", "on_due") if name in node}
    return [
        {"sets": [{name: node[name] for name in ("approvers", "rule", "members") if name in node}], **parts}
    ]


def approvers_of(node: Node) -> list[dict[str, Any]]:
    """Everybody an approval node names, in order, in whichever form and stage."""
    return [spec for stage in stages_of(node) for each in stage["sets"] for spec in each["approvers"]]


def _stage(ctx: Context, stage: dict[str, Any]) -> dict[str, Any]:
    sets = [{**each, "approvers": people_of(ctx, each["approvers"])} for each in stage["sets"]]
    return {**stage, "sets": sets}


def _resume(ctx: Context, signal: dict[str, Any]) -> Result:
    """The signal is a hint; what counts is how the newest round of the question stands (APR-14).

    A stage that found nobody to ask fails the step. When an operator has it tried again, all is asked anew.
    """
    request = _request(ctx)
    if (request.status, request.reason) != (Status.CANCELLED, Reason.EMPTY):
        return _waiting_for(request)
    if (ctx.step.error or {}).get("code") == NoApproverError.code:
        return _enter(ctx)
    raise NoApproverError(_("There is nobody who may decide this."))


def _waiting_for(request: ApprovalRequest) -> Result:
    key = str(request.public_id)
    if request.status == Status.REQUESTED:
        return Wait(SIGNAL, key, output={"request": key})
    return Done(_output(request))


def _request(ctx: Context) -> ApprovalRequest:
    found = newest_round(ctx.step.output["request"])
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
    check.text(f"{where}.title", node.get("title", ""))
    if "stages" in node:
        _check_stages(check, where, node)
    else:
        _check_short(check, where, node)
    check.tried(where, lambda: plans.watched(node.get("watch", []), node.get("on_change", OnChange.REASK)))
    for name in ("carry_decision", "watch_after_approval"):
        if not isinstance(node.get(name, False), bool):
            check.say(f"{where}.{name}", "type", _("This is yes or no."))
    on_empty = node.get("on_empty")
    if on_empty in ("approve", "reject", "fail"):
        return
    key = on_empty.get("group") if isinstance(on_empty, dict) and len(on_empty) == 1 else None
    if not isinstance(key, str) or not key:
        text = _("Choose what happens when there is nobody to ask: approve, reject, a group, or fail.")
        check.say(f"{where}.on_empty", "required", text)


def _check_short(check: Check, where: str, node: Node) -> None:
    check.people(f"{where}.approvers", node.get("approvers"))
    check.tried(where, lambda: rules.parse(str(node.get("rule", "any"))))
    check.tried(where, lambda: plans.members(node.get("members", "once")))
    if node.get("reject_rule"):
        check.tried(where, lambda: rules.parse(str(node["reject_rule"])))
    check.tried(where, lambda: duedates.plan(node.get("due"), node.get("on_due", ()), zone="UTC"))


def _check_stages(check: Check, where: str, node: Node) -> None:
    double = [name for name in SHORT if name in node]
    if double:
        text = _(
            "This step has stages, so each stage says who decides and until when. Move “%(fields)s” into a"
            " stage, or leave the stages out."
        )
        check.say(f"{where}.stages", "both_forms", text % {"fields": ", ".join(double)})
    given = node["stages"]
    check.tried(where, lambda: plans.written(given, zone="UTC", named=_as_written))
    for path, specs in _named_in(given):
        check.people(f"{where}.{path}", specs)


def _as_written(specs: Any) -> list[Any]:
    """At publish nobody is looked up; who is named is checked beside."""
    return []


def _named_in(stages: Any) -> Iterator[tuple[str, Any]]:
    """Where each set of a possibly malformed list of stages says who is asked, and what it says."""
    for number, stage in enumerate(stages if isinstance(stages, list) else []):
        sets = stage.get("sets") if isinstance(stage, dict) else None
        for place, each in enumerate(sets if isinstance(sets, list) else []):
            if isinstance(each, dict):
                yield f"stages.{number}.sets.{place}.approvers", each.get("approvers")


KIND = NodeKind(
    key="approval",
    fields=frozenset(
        {
            *SHORT,
            "stages",
            "carry_decision",
            "title",
            "on_empty",
            "watch",
            "on_change",
            "watch_after_approval",
        }
    ),
    enter=_enter,
    resume=_resume,
    check=_check,
    cancel=_cancel,
)
