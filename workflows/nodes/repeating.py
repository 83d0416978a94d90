"""For each and loop until: the same steps for every item of a list, or until something holds."""

from __future__ import annotations

import datetime as dt
import json

from django.utils.translation import gettext as _

from approvals import duedates
from workflows import names
from workflows.blocks import below
from workflows.conditions import compiled
from workflows.graph import Node
from workflows.models import FlowJoin
from workflows.nodes.base import Arrival, Check, Context, Done, NodeError, NodeKind, Open, Result, Stay
from workflows.nodes.variables import MAX_BYTES

MAX_ITEMS, MAX_PARALLEL = 1_000, 10
DEFAULT_ROUNDS, MAX_ROUNDS = 20, 200
ON_ITEM_ERROR = ("stop", "continue", "collect")


def _each(ctx: Context) -> Result:
    """The list is read once; so many passes begin at a time."""
    listed = names.filled(ctx.node["list"], ctx.names)
    items = [] if listed is None else listed
    if not isinstance(items, list):
        raise NodeError(_("The list of this step is no list."), code="not_a_list")
    if len(items) > MAX_ITEMS:
        text = _("The list of this step has %(count)s items; at most %(max)s are possible.")
        raise NodeError(text % {"count": len(items), "max": MAX_ITEMS}, code="too_many_items")
    if len(json.dumps(items).encode()) > MAX_BYTES:
        raise NodeError(_("The list of this step is larger than 64 KB."), code="too_large")
    if not items:
        return Done({"count": 0, "failed": [], "results": []})
    ctx.step.input = {**ctx.step.input, "items": items}
    first = range(min(ctx.node.get("parallel", 1), len(items)))
    return Open(tuple((number, ctx.node["body"]) for number in first), len(items), len(items))


def _each_arrive(ctx: Context, join: FlowJoin, arrival: Arrival) -> Result:
    if "result" in ctx.node and not arrival.failed:
        known = ctx.names_at(below(ctx.step.path, ctx.step.node_id, arrival.number))
        join.results = {**join.results, str(arrival.number): names.filled(ctx.node["result"], known)}
    if join.started < join.total:
        return Open(((join.started, ctx.node["body"]),), join.need, join.total)
    if len(join.arrived) < join.total:
        return Stay()
    if join.failed and ctx.node.get("on_item_error") == "collect":
        text = _("%(failed)s of %(total)s items failed.")
        words = {"failed": len(join.failed), "total": join.total}
        raise NodeError(text % words, code="items_failed")
    results = [join.results.get(str(at)) for at in range(join.total)] if join.results else []
    return Done({"count": join.total, "failed": sorted(join.failed), "results": results})


def _check_each(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "list", "body")
    check.texts(f"{where}.list", node.get("list"))
    check.texts(f"{where}.result", node.get("result"))
    if isinstance(node.get("list"), list) and len(node["list"]) > MAX_ITEMS:
        text = _("At most %(max)s items are possible.") % {"max": MAX_ITEMS}
        check.say(f"{where}.list", "too_many", text)
    check.number(f"{where}.parallel", node.get("parallel", 1), 1, MAX_PARALLEL)
    check.choice(f"{where}.on_item_error", node.get("on_item_error", "stop"), ON_ITEM_ERROR)


def _loop(ctx: Context) -> Result:
    return Open(((0, ctx.node["body"]),), 1, _rounds(ctx.node))


def _rounds(node: Node) -> int:
    return int(node.get("max_iter", DEFAULT_ROUNDS))


def _loop_arrive(ctx: Context, join: FlowJoin, arrival: Arrival) -> Result:
    known = ctx.names_at(below(ctx.step.path, ctx.step.node_id, arrival.number))
    if compiled(ctx.node["until"]).test(known, now=ctx.now):
        return Done({"outcome": "met", "rounds": arrival.number + 1})
    if arrival.number + 1 < join.total:
        return Open(((arrival.number + 1, ctx.node["body"]),), 1, join.total, wait=_pause(ctx))
    if ctx.node.get("on_max"):
        return Done({"outcome": "max", "rounds": arrival.number + 1}, to=ctx.node["on_max"])
    text = _("After %(rounds)s rounds the condition still did not hold.")
    raise NodeError(text % {"rounds": arrival.number + 1}, code="too_many_rounds")


def _pause(ctx: Context) -> dt.timedelta:
    if not ctx.node.get("every"):
        return dt.timedelta(0)
    zone = ctx.ticket.requester.time_zone if ctx.ticket else "UTC"
    return duedates.next_at(duedates.span(ctx.node["every"], zone=zone), ctx.now) - ctx.now


def _check_loop(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "body", "until", "max_iter")
    if node.get("until"):
        check.condition(f"{where}.until", node["until"])
    check.number(f"{where}.max_iter", node.get("max_iter", DEFAULT_ROUNDS), 1, MAX_ROUNDS)
    if node.get("every"):
        check.tried(f"{where}.every", lambda: duedates.span(node["every"], zone="UTC"))


EACH = NodeKind(
    key="for_each",
    fields=frozenset({"list", "body", "parallel", "on_item_error", "result"}),
    enter=_each,
    arrive=_each_arrive,
    check=_check_each,
)
LOOP = NodeKind(
    key="loop_until",
    fields=frozenset({"body", "until", "max_iter", "every", "on_max"}),
    enter=_loop,
    arrive=_loop_arrive,
    check=_check_loop,
)
