"""Try and raise: what happens when steps fail, and failing on purpose."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from workflows.graph import Node
from workflows.models import FlowJoin
from workflows.nodes.base import Arrival, Check, Context, Done, NodeError, NodeKind, Open, Result, text_of

_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")


def _try(ctx: Context) -> Result:
    return Open(((0, ctx.node["body"]),), 1, 2)


def _arrive(ctx: Context, join: FlowJoin, arrival: Arrival) -> Result:
    """The body came through, or failed and the catch takes over; ``error`` says with what."""
    if not arrival.failed:
        return Done({"outcome": "caught" if arrival.number else "ok"})
    if ctx.node.get("catch"):
        return Open(((1, ctx.node["catch"]),), 1, 2, {"error": ctx.run.vars.get("error")})
    return Done({"outcome": "caught", "error": ctx.run.vars.get("error")})


def _check_try(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "body")


def _raise(ctx: Context) -> Result:
    raise NodeError(text_of(ctx, ctx.node["message"]), code=ctx.node["code"])


def _check_raise(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "code", "message")
    if node.get("code") and not _CODE.fullmatch(str(node["code"])):
        text = _("A code is made of small letters, digits and underscores.")
        check.say(f"{where}.code", "code", text)
    check.text(f"{where}.message", node.get("message", ""))


TRY = NodeKind(key="try", fields=frozenset({"body", "catch"}), enter=_try, arrive=_arrive, check=_check_try)
RAISE = NodeKind(
    key="raise_error",
    fields=frozenset({"code", "message"}),
    enter=_raise,
    check=_check_raise,
    has_next=False,
    pure=True,
)
