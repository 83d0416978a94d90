"""What publish checks, in words its author understands: a flow that passes cannot get lost (DOMAIN DF-30)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.errors import FieldError, RuleRefusedError
from workflows import nodes
from workflows.blocks import EACH, MAX_DEPTH, chains, targets
from workflows.graph import Node
from workflows.known import KnownNames
from workflows.nodes.base import COMMON, Check
from workflows.nodes.variables import NAME, RESERVED
from workflows.starts import STARTS_WITH_FACTS, check_trigger

SCHEMA = 1
MAX_NODES = 200
MAX_STAGES = 6
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_PARTS = frozenset(
    {"schema", "key", "trigger", "start", "stages", "vars", "inputs", "nodes", "notes", "require_green"}
)


_MISTAKES = {
    "loop": gettext_lazy("It leads back to “%(target)s”; use a loop step to repeat something."),
    "leaves_block": gettext_lazy("It leads out of its block to “%(target)s” instead of ending in it."),
    "crosses_block": gettext_lazy("It leads to “%(target)s”, which lies in another block."),
    "empty_block": gettext_lazy("There is nothing inside this block."),
    "stray_join": gettext_lazy("“%(target)s” joins the branches of another fork."),
    "used_twice": gettext_lazy("“%(target)s” undoes a step and can be no step of the ordinary way."),
    "too_deep": gettext_lazy("Blocks may lie %(max)s deep inside each other."),
}


class BadFlowError(RuleRefusedError):
    """The flow cannot be published; ``errors`` names each mistake and its place."""

    code = "bad_flow"


def check_flow(graph: Any, *, key: str) -> None:
    """Accept a graph that can be published. Raises BadFlowError."""
    errors = list(_shape(graph, key))
    if errors:
        raise BadFlowError(errors=errors)
    lists = [node_id for node_id, node in graph["nodes"].items() if node.get("kind") == EACH]
    check = Check(KnownNames(_variables(graph), graph["nodes"], lists))
    _check_head(check, graph)
    for node_id, node in graph["nodes"].items():
        _check_node(check, graph, node_id, node)
    if not check.errors:
        _check_paths(check, graph)
    if check.errors:
        raise BadFlowError(errors=check.errors)


def _shape(graph: Any, key: str) -> Iterator[FieldError]:
    """Mistakes so basic that nothing else can be checked."""
    if not isinstance(graph, dict):
        yield FieldError("", "type", _("A flow is an object with nodes."))
        return
    for name in sorted(set(graph) - _PARTS):
        yield FieldError(name, "unknown_field", _("A flow has no part of this name."))
    if graph.get("schema") != SCHEMA:
        yield FieldError("schema", "schema", _("This version reads flows of schema 1."))
    if graph.get("key") != key or not KEY.fullmatch(key):
        yield FieldError("key", "key", _("The key does not fit this flow."))
    for name, kind in (("stages", list), ("vars", dict), ("inputs", list), ("require_green", bool)):
        if not isinstance(graph.get(name, kind()), kind):
            yield FieldError(name, "type", _("This part has the wrong form."))
    yield from _node_shapes(graph.get("nodes"))


def _node_shapes(found: Any) -> Iterator[FieldError]:
    if not isinstance(found, dict) or not 1 <= len(found) <= MAX_NODES:
        yield FieldError("nodes", "nodes", _("A flow has 1 to %(max)s steps.") % {"max": MAX_NODES})
        return
    for node_id, node in found.items():
        if not _ID.fullmatch(node_id) or not isinstance(node, dict):
            yield FieldError(f"nodes.{node_id[:60]}", "id", _("This is no step."))


def _variables(graph: dict[str, Any]) -> set[str]:
    """Variables that are declared, given by what starts the flow, or set by a step."""
    given: list[Any] = [graph.get("vars", {})]
    for node in graph["nodes"].values():
        if node.get("kind") in ("set", "compute"):
            given.append(node.get("set"))
        elif node.get("kind") == "decision_table":
            rows = node.get("rows") if isinstance(node.get("rows"), list) else []
            given += [node.get("default"), *(row.get("then") for row in rows if isinstance(row, dict))]
    found = {name for each in given if isinstance(each, dict) for name in each} | {"error"}
    trigger = graph.get("trigger")
    starts = str(trigger.get("kind")) if isinstance(trigger, dict) else ""
    inputs = graph.get("inputs", [])
    brought = {"trigger"} if starts in {str(each) for each in STARTS_WITH_FACTS} else set()
    return found | brought | {str(each) for each in inputs}


def _check_head(check: Check, graph: dict[str, Any]) -> None:
    start = graph.get("start")
    if not isinstance(start, str) or start not in graph["nodes"]:
        check.say("start", "target", _("The first step does not exist."))
    for name, given in graph.get("vars", {}).items():
        if not NAME.fullmatch(name) or name in RESERVED:
            check.say(
                f"vars.{name[:60]}",
                "name",
                _("“%(name)s” cannot be the name of a variable.") % {"name": name[:60]},
            )
        check.texts(f"vars.{name}", given)
    _check_stages(check, graph.get("stages", []))
    check_trigger(check, graph.get("trigger"))


def _check_stages(check: Check, stages: list[Any]) -> None:
    if len(stages) > MAX_STAGES:
        check.say("stages", "too_many", _("At most %(max)s stages are possible.") % {"max": MAX_STAGES})
    seen: set[str] = set()
    for at, stage in enumerate(stages):
        label = stage.get("label") if isinstance(stage, dict) else None
        named = isinstance(label, dict) and all(
            isinstance(label.get(lang), str) and label[lang] for lang in ("ko", "en")
        )
        stage_id = stage.get("id") if isinstance(stage, dict) else None
        if not named or not isinstance(stage_id, str) or not _ID.fullmatch(stage_id):
            check.say(f"stages.{at}", "stage", _("A stage has an id and a name in Korean and English."))
        elif stage_id in seen:
            check.say(f"stages.{at}", "duplicate", _("There is a stage with this id already."))
        else:
            seen.add(stage_id)


def _check_node(check: Check, graph: dict[str, Any], node_id: str, node: Node) -> None:
    where = f"nodes.{node_id}"
    kind = nodes.get(str(node.get("kind", "")))
    if kind is None:
        text = _("This version knows no step of kind “%(kind)s”. It knows: %(known)s.")
        words = {"kind": str(node.get("kind", ""))[:40], "known": ", ".join(nodes.keys())}
        check.say(f"{where}.kind", "unknown_kind", text % words)
        return
    for name in sorted(set(node) - COMMON - kind.fields):
        check.say(f"{where}.{name}", "unknown_field", _("A step of this kind has no such field."))
    is_undo = node_id in {each.get("compensate") for each in graph["nodes"].values()}
    if kind.has_next and not node.get("next") and not is_undo:
        check.say(f"{where}.next", "required", _("Say which step comes next."))
    if not kind.has_next and "next" in node:
        check.say(f"{where}.next", "unknown_field", _("Nothing comes next after a step of this kind."))
    for target in targets(node):
        if target not in graph["nodes"]:
            check.say(
                where,
                "target",
                _("It leads to “%(target)s”, which does not exist.") % {"target": target[:60]},
            )
    stage_ids = [stage.get("id") for stage in graph.get("stages", []) if isinstance(stage, dict)]
    if node.get("stage") and node["stage"] not in stage_ids:
        check.say(f"{where}.stage", "stage", _("There is no stage with this id."))
    kind.check(check, where, node)


def _check_paths(check: Check, graph: dict[str, Any]) -> None:
    """Every step can be reached, blocks close as they open, and no way leads back: every run ends."""
    walk = chains(graph["start"], graph["nodes"])
    for mistake in walk.mistakes:
        words = {"target": mistake.other, "max": MAX_DEPTH}
        check.say(f"nodes.{mistake.node_id}", mistake.code, str(_MISTAKES[mistake.code]) % words)
    for node_id in graph["nodes"]:
        if node_id not in walk.found:
            check.say(f"nodes.{node_id}", "unreachable", _("No way leads to this step."))
    for node_id, node in graph["nodes"].items():
        undo = node.get("compensate")
        if undo and graph["nodes"].get(undo, {}).get("kind") in {*nodes.BLOCKS, "end", "approval", "subflow"}:
            text = _("“%(target)s” cannot undo a step; use a step that does one thing.")
            check.say(f"nodes.{node_id}.compensate", "compensate", text % {"target": undo})
