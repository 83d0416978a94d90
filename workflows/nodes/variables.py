"""Set and compute: give variables of the run their values."""

from __future__ import annotations

import json
import re
from typing import Any

from django.utils.translation import gettext as _

from core.arithmetic import BadFormulaError, compute
from core.arithmetic import check as check_formula
from workflows import names
from workflows.graph import Node
from workflows.nodes.base import Check, Context, Done, NodeError, NodeKind, Result

MAX_BYTES = 64 * 1024
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")
RESERVED = frozenset({"error", "trigger"})  # the engine's own: the last error, and what started the run


def _set(ctx: Context) -> Result:
    changed = ctx.run.vars | {name: names.filled(given, ctx.names) for name, given in ctx.node["set"].items()}
    check_size(changed)
    ctx.run.vars = changed
    return Done({"set": sorted(ctx.node["set"])})


def check_size(variables: object) -> None:
    """Refuse variables beyond 64 KB (DOMAIN DF-20). Raises NodeError."""
    if len(json.dumps(variables).encode()) > MAX_BYTES:
        raise NodeError(_("The variables of this run are larger than 64 KB."))


def _check_set(check: Check, where: str, node: Node) -> None:
    check_variables(check, f"{where}.set", node.get("set"))


def check_variables(check: Check, where: str, given: Any) -> None:
    """It must be names of variables with values, at least one."""
    if not isinstance(given, dict) or not given:
        check.say(where, "required", _("Say which variables get which values."))
        return
    for name in given:
        if not NAME.fullmatch(name) or name in RESERVED:
            text = _("“%(name)s” cannot be the name of a variable.") % {"name": name[:60]}
            check.say(where, "name", text)
    check.texts(where, given)


def _compute(ctx: Context) -> Result:
    """One after the other, so that a formula may use the one before it."""
    changed, values = dict(ctx.run.vars), {}
    for name, formula in ctx.node["set"].items():
        try:
            values[name] = names.plain(compute(formula, {**ctx.names, "vars": changed}))
        except BadFormulaError as refusal:
            raise NodeError(str(refusal.detail), code=refusal.code) from refusal
        changed[name] = values[name]
    check_size(changed)
    ctx.run.vars = changed
    return Done({"values": values})


def _check_compute(check: Check, where: str, node: Node) -> None:
    given = node.get("set")
    check_variables(check, f"{where}.set", given)
    if isinstance(given, dict):
        for name, formula in given.items():
            check.tried(f"{where}.set.{name}", lambda formula=formula: check_formula(formula, check.known))  # type: ignore[misc] # bound now


SET = NodeKind(key="set", fields=frozenset({"set"}), enter=_set, check=_check_set, pure=True)
COMPUTE = NodeKind(key="compute", fields=frozenset({"set"}), enter=_compute, check=_check_compute, pure=True)
