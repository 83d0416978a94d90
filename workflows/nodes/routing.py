"""Branch, switch, decision table and end: where the run goes."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from workflows import names
from workflows.choices import Outcome
from workflows.conditions import compiled
from workflows.graph import Node
from workflows.nodes.base import Check, Context, Done, End, NodeKind, Result
from workflows.nodes.variables import check_size, check_variables

MAX_CASES = 50
MAX_ROWS, MAX_COLUMNS = 200, 10


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


def _switch(ctx: Context) -> Result:
    """The first case with the value, else the default."""
    value = names.filled(ctx.node["on"], ctx.names)
    for number, case in enumerate(ctx.node["cases"]):
        if any(_same(value, each) for each in case["is"]):
            return Done({"outcome": f"case{number + 1}", "value": value}, to=case["to"])
    return Done({"outcome": "default", "value": value}, to=ctx.node["default"])


def _same(value: Any, other: Any) -> bool:
    """Equal, and of one type: no is not zero."""
    return bool(value == other) and isinstance(value, bool) == isinstance(other, bool)


def _check_switch(check: Check, where: str, node: Node) -> None:
    check.need(where, node, "on", "default")
    check.texts(f"{where}.on", node.get("on"))
    cases = node.get("cases")
    if not isinstance(cases, list) or not 1 <= len(cases) <= MAX_CASES:
        check.say(f"{where}.cases", "required", _("A branch has 1 to %(max)s cases.") % {"max": MAX_CASES})
        return
    for at, case in enumerate(cases):
        listed = case.get("is") if isinstance(case, dict) and case.keys() == {"is", "to"} else None
        if (
            not isinstance(listed, list)
            or not listed
            or any(isinstance(each, dict | list) for each in listed)
        ):
            text = _("A case has a list of values and a target, and nothing else.")
            check.say(f"{where}.cases.{at}", "case", text)


def _row_condition(node: Node, row: dict[str, Any]) -> dict[str, Any]:
    """What must hold for this row; an empty cell is met by anything."""
    pairs = zip(node["columns"], row["when"], strict=True)
    return {"all": [{**column, "v": cell} for column, cell in pairs if cell is not None]}


def _decide(ctx: Context) -> Result:
    """The values of the first row that fits, else of the default, become variables of the run."""
    known = ctx.names
    hit, given = "default", ctx.node["default"]
    for number, row in enumerate(ctx.node["rows"]):
        condition = _row_condition(ctx.node, row)
        if not condition["all"] or compiled(condition).test(known, now=ctx.now):
            hit, given = f"row{number + 1}", row["then"]
            break
    values = {name: names.filled(each, known) for name, each in given.items()}
    changed = {**ctx.run.vars, **values}
    check_size(changed)
    ctx.run.vars = changed
    return Done({"outcome": hit, "values": values})


def _check_table(check: Check, where: str, node: Node) -> None:
    columns, rows = node.get("columns"), node.get("rows")
    if (
        not isinstance(columns, list)
        or not 1 <= len(columns) <= MAX_COLUMNS
        or not all(map(_is_column, columns))
    ):
        text = _("A decision table has 1 to %(max)s columns, each with a field and a comparison.")
        check.say(f"{where}.columns", "required", text % {"max": MAX_COLUMNS})
        return
    if not isinstance(rows, list) or not 1 <= len(rows) <= MAX_ROWS:
        text = _("A decision table has 1 to %(max)s rows.") % {"max": MAX_ROWS}
        check.say(f"{where}.rows", "required", text)
        return
    check_variables(check, f"{where}.default", node.get("default"))
    for at, row in enumerate(rows):
        _check_row(check, f"{where}.rows.{at}", node, row)


def _is_column(column: Any) -> bool:
    return isinstance(column, dict) and column.keys() == {"f", "op"}


def _check_row(check: Check, where: str, node: Node, row: Any) -> None:
    cells = row.get("when") if isinstance(row, dict) and row.keys() == {"when", "then"} else None
    if not isinstance(cells, list) or len(cells) != len(node["columns"]):
        check.say(where, "row", _("A row has one cell for each column, and the values that follow from it."))
        return
    condition = _row_condition(node, row)
    if condition["all"]:
        check.condition(f"{where}.when", condition)
    check_variables(check, f"{where}.then", row["then"])


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
    pure=True,
)
SWITCH = NodeKind(
    key="switch",
    fields=frozenset({"on", "cases", "default"}),
    enter=_switch,
    check=_check_switch,
    has_next=False,
    pure=True,
)
TABLE = NodeKind(
    key="decision_table",
    fields=frozenset({"columns", "rows", "default"}),
    enter=_decide,
    check=_check_table,
    pure=True,
)
END = NodeKind(
    key="end", fields=frozenset({"outcome"}), enter=_end, check=_check_end, has_next=False, pure=True
)
