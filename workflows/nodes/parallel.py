"""Fork and join: branches side by side, all of them, any one, or so many."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from workflows.blocks import entries
from workflows.graph import Node
from workflows.models import FlowJoin
from workflows.nodes.base import Arrival, Check, Context, Done, NodeKind, Open, Result, Stay

MAX_BRANCHES = 20


def needed(need: Any, branches: int) -> int:
    """How many of the branches a join waits for: ``all``, ``any`` or a number."""
    if need == "all":
        return branches
    return 1 if need == "any" else int(need)


def _fork(ctx: Context) -> Result:
    branches = entries(ctx.node)
    need = needed(ctx.graph.nodes[ctx.node["join"]].get("need", "all"), len(branches))
    return Open(tuple(enumerate(branches)), need, len(branches))


def _arrive(ctx: Context, join: FlowJoin, arrival: Arrival) -> Result:
    """Done once enough branches came; what the others still do is withdrawn."""
    if len(join.arrived) < join.need:
        return Stay()
    return Done({"arrived": [entries(ctx.node)[each] for each in join.arrived]}, to=ctx.node["join"])


def _check_fork(check: Check, where: str, node: Node) -> None:
    branches = node.get("branches")
    if not isinstance(branches, list) or not 2 <= len(branches) <= MAX_BRANCHES:
        text = _("A fork has 2 to %(max)s branches.") % {"max": MAX_BRANCHES}
        check.say(f"{where}.branches", "required", text)
    elif len(set(map(str, branches))) != len(branches):
        check.say(f"{where}.branches", "duplicate", _("Each branch begins with a step of its own."))
    if not isinstance(node.get("join"), str) or not node.get("join"):
        check.say(f"{where}.join", "required", _("Say where the branches come together."))


def _join(ctx: Context) -> Result:
    return Done()


def _check_join(check: Check, where: str, node: Node) -> None:
    need = node.get("need", "all")
    is_number = isinstance(need, int) and not isinstance(need, bool) and 1 <= need <= MAX_BRANCHES
    if need not in ("all", "any") and not is_number:
        text = _("Say whether all branches are waited for, any one, or how many.")
        check.say(f"{where}.need", "choice", text)


FORK = NodeKind(
    key="fork",
    fields=frozenset({"branches", "join"}),
    enter=_fork,
    arrive=_arrive,
    check=_check_fork,
    has_next=False,
)
JOIN = NodeKind(key="join", fields=frozenset({"need"}), enter=_join, check=_check_join, pure=True)
