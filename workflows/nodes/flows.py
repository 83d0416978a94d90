"""Sub-flow: start another flow about the same ticket, and wait for its end or not."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from core.versions import VersionStatus
from workflows import names
from workflows.choices import RunStatus
from workflows.graph import Node
from workflows.models import FlowRun, FlowVersion
from workflows.nodes.base import Check, Context, Done, NodeError, NodeKind, Result, Wait
from workflows.starting import ENDED, ask_to_cancel, begin

MAX_DEPTH = 5


def _version(node: Node) -> FlowVersion | None:
    rows = FlowVersion.objects.filter(flow__key=node["flow"]).select_related("flow")
    if node.get("version", "latest") == "latest":
        return rows.filter(status=VersionStatus.PUBLISHED, flow__enabled=True).first()
    return rows.filter(no=node["version"]).exclude(status=VersionStatus.DRAFT).first()


def _enter(ctx: Context) -> Result:
    version = _version(ctx.node)
    if version is None:
        text = _("There is no published flow “%(key)s”.") % {"key": ctx.node["flow"]}
        raise NodeError(text, code="no_flow")
    if ctx.run.depth + 1 >= MAX_DEPTH:
        text = _("Flows that start flows may lie %(max)s deep.") % {"max": MAX_DEPTH}
        raise NodeError(text, code="too_deep")
    waits = ctx.node.get("wait", True)
    run = begin(
        version,
        ticket=ctx.ticket,
        vars=names.filled(ctx.node.get("inputs", {}), ctx.names),
        actor=None,
        dedupe_key="",
        parent=ctx.stored_step() if waits else None,
        depth=ctx.run.depth + 1,
    )
    output = {"run": str(run.public_id), "flow": ctx.node["flow"]}
    return Wait(ENDED, str(run.public_id), output=output) if waits else Done(output)


def _resume(ctx: Context, signal: dict[str, Any]) -> Result:
    """The signal is a hint; what counts is how the run stands."""
    run = _run(ctx)
    if run.ended_at is None:
        return Wait(ENDED, str(run.public_id), output=ctx.step.output)
    if run.status == RunStatus.FAILED:
        text = _("The flow “%(key)s” failed.") % {"key": ctx.node["flow"]}
        raise NodeError(text, code="subflow_failed")
    given = {name: value for name, value in run.vars.items() if name != "error"}
    return Done({**ctx.step.output, "outcome": run.outcome, "vars": given})


def _run(ctx: Context) -> FlowRun:
    found = FlowRun.objects.filter(public_id=ctx.step.output["run"]).first()
    if found is None:
        raise NodeError(_("The run this step started is gone."))
    return found


def _cancel(ctx: Context, reason: str) -> None:
    """The run below is asked to end; its own executor does it."""
    if ctx.node.get("wait", True) and "run" in ctx.step.output and _run(ctx).ended_at is None:
        ask_to_cancel(_run(ctx).public_id, actor=None, reason=reason)


def _check(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "flow")
    check.texts(f"{where}.inputs", node.get("inputs", {}))
    if not isinstance(node.get("inputs", {}), dict):
        check.say(f"{where}.inputs", "type", _("Expected names and their values."))
    if not isinstance(node.get("wait", True), bool):
        check.say(f"{where}.wait", "type", _("Say yes or no."))
    version = node.get("version", "latest")
    if version != "latest":
        check.number(f"{where}.version", version, 1, 1_000_000)
    if node.get("flow") and not check.errors and _version(node) is None:
        text = _("There is no published flow “%(key)s”.") % {"key": str(node["flow"])[:60]}
        check.say(f"{where}.flow", "unknown_flow", text)


KIND = NodeKind(
    key="subflow",
    fields=frozenset({"flow", "version", "inputs", "wait"}),
    enter=_enter,
    resume=_resume,
    check=_check,
    cancel=_cancel,
)
