"""Set: give variables of the run their values."""

from __future__ import annotations

import json
import re

from django.utils.translation import gettext as _

from workflows import names
from workflows.graph import Node
from workflows.nodes.base import Check, Context, Done, NodeError, NodeKind, Result

MAX_BYTES = 64 * 1024
NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _set(ctx: Context) -> Result:
    changed = ctx.run.vars | {name: names.filled(given, ctx.names) for name, given in ctx.node["set"].items()}
    check_size(changed)
    ctx.run.vars = changed
    return Done({"set": sorted(ctx.node["set"])})


def check_size(variables: object) -> None:
    """Refuse variables beyond 64 KB (DOMAIN DF-20). Raises NodeError."""
    if len(json.dumps(variables).encode()) > MAX_BYTES:
        raise NodeError(_("The variables of this run are larger than 64 KB."))


def _check(check: Check, where: str, node: Node) -> None:
    given = node.get("set")
    if not isinstance(given, dict) or not given:
        check.say(f"{where}.set", "required", _("Say which variables get which values."))
        return
    for name in given:
        if not NAME.fullmatch(name):
            text = _("“%(name)s” cannot be the name of a variable.") % {"name": name[:60]}
            check.say(f"{where}.set", "name", text)
    check.texts(f"{where}.set", given)


KIND = NodeKind(key="set", fields=frozenset({"set"}), enter=_set, check=_check)
