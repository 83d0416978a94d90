"""Wait for a length of time, in business or plain time."""

from __future__ import annotations

from typing import Any

from approvals import duedates
from workflows.graph import Node
from workflows.nodes.base import Check, Context, Done, NodeKind, Result, Wait


def _enter(ctx: Context) -> Result:
    zone = ctx.ticket.requester.time_zone if ctx.ticket else "UTC"
    return Wait("timer", due_at=duedates.next_at(duedates.span(ctx.node["for"], zone=zone), ctx.now))


def _resume(ctx: Context, signal: dict[str, Any]) -> Result:
    """The stored due time counts, whatever woke the step."""
    if ctx.step.due_at is not None and ctx.step.due_at > ctx.now:
        return Wait("timer", due_at=ctx.step.due_at, output=ctx.step.output)
    return Done()


def _check(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "for")
    if node.get("for"):
        check.tried(f"{where}.for", lambda: duedates.span(node["for"], zone="UTC"))


KIND = NodeKind(key="wait_duration", fields=frozenset({"for"}), enter=_enter, resume=_resume, check=_check)
