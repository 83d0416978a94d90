"""Branch and end: where the run goes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from workflows.choices import Outcome
from workflows.conditions import compiled
from workflows.graph import Node
from workflows.nodes.base import Check, Context, Done, End, NodeKind, Result

MAX_CASES = 50


def _branch(ctx: Context) -> Result:
    """The first case that holds, else the default."""
    for number, case in enumerate(ctx.node["cases"]):
        if compiled(case["if"]).test(ctx.names, now=ctx.now):
            return Done({"outcome": f"case{number + 1}"}, to=case["to"])
    return Done({"outcome": "default"}, to=ctx.node["default"])


def _check_branch(check: Check, where: str, node: Node) -> None:
    cases = node.get("cases")
    if not isinstance(cases, list) or not 1 <= len(cases) <= MAX_CASES:
        check.say(f"{where}.cases", "required", _("A branch has 1 to %(max)s cases.") % {"max": MAX_CASES})
        return
    if not node.get("default"):
        check.say(f"{where}.default", "required", _("Say where it goes on when no case holds."))
    for at, case in enumerate(cases):
        place = f"{where}.cases.{at}"
        if not isinstance(case, dict) or case.keys() != {"if", "to"}:
            check.say(place, "case", _("A case has a condition and a target, and nothing else."))
        else:
            check.condition(f"{place}.if", case["if"])


def _end(ctx: Context) -> Result:
    return End(ctx.node["outcome"])


def _check_end(check: Check, where: str, node: Node) -> None:
    check.choice(f"{where}.outcome", node.get("outcome"), Outcome.values)


BRANCH = NodeKind(
    key="branch",
    fields=frozenset({"cases", "default"}),
    enter=_branch,
    check=_check_branch,
    has_next=False,
)
END = NodeKind(key="end", fields=frozenset({"outcome"}), enter=_end, check=_check_end, has_next=False)
