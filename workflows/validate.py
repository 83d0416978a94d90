"""What publish checks, in words its author understands: a flow that passes cannot get lost (DOMAIN DF-30)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from core.errors import FieldError, RuleRefusedError
from tickets import kinds
from tickets.conditions import compiled as compiled_for_tickets
from workflows import nodes
from workflows.choices import Once, TriggerKind, TriggerOn
from workflows.graph import Node, targets
from workflows.known import KnownNames
from workflows.nodes.base import COMMON, Check
from workflows.nodes.variables import NAME

SCHEMA = 1
MAX_NODES = 200
MAX_STAGES = 6
_ID = re.compile(r"[a-z][a-z0-9_]{0,59}")
_KEY = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_PARTS = frozenset({"schema", "key", "trigger", "start", "stages", "vars", "nodes", "notes"})


class BadFlowError(RuleRefusedError):
    """The flow cannot be published; ``errors`` names each mistake and its place."""

    code = "bad_flow"


def check_flow(graph: Any, *, key: str) -> None:
    """Accept a graph that can be published. Raises BadFlowError."""
    errors = list(_shape(graph, key))
    if errors:
        raise BadFlowError(errors=errors)
    check = Check(KnownNames(_variables(graph), graph["nodes"]))
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
    if graph.get("key") != key or not _KEY.fullmatch(key):
        yield FieldError("key", "key", _("The key does not fit this flow."))
    for name, kind in (("stages", list), ("vars", dict)):
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
    """Variables that are declared, or set by a step."""
    by_steps = [node.get("set") for node in graph["nodes"].values() if node.get("kind") == "set"]
    return set(graph.get("vars", {})) | {name for each in by_steps if isinstance(each, dict) for name in each}


def _check_head(check: Check, graph: dict[str, Any]) -> None:
    start = graph.get("start")
    if not isinstance(start, str) or start not in graph["nodes"]:
        check.say("start", "target", _("The first step does not exist."))
    for name, given in graph.get("vars", {}).items():
        if not NAME.fullmatch(name):
            check.say(
                f"vars.{name[:60]}",
                "name",
                _("“%(name)s” cannot be the name of a variable.") % {"name": name[:60]},
            )
        check.texts(f"vars.{name}", given)
    _check_stages(check, graph.get("stages", []))
    _check_trigger(check, graph.get("trigger"))


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


def _check_trigger(check: Check, trigger: Any) -> None:
    kind = trigger.get("kind") if isinstance(trigger, dict) else None
    check.choice("trigger.kind", kind, TriggerKind.values)
    if kind != TriggerKind.RECORD:
        return
    check.choice("trigger.type", trigger.get("type"), [spec.key for spec in kinds.all_kinds()])
    check.choice("trigger.on", trigger.get("on"), TriggerOn.values)
    check.choice("trigger.once", trigger.get("once", Once.RECORD), Once.values)
    check.tried("trigger.if", lambda: compiled_for_tickets(trigger.get("if", {})))
    order = trigger.get("order", 100)
    if isinstance(order, bool) or not isinstance(order, int) or not 0 <= order <= 1_000_000:
        check.say("trigger.order", "type", _("The order is a whole number from 0."))


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
    if kind.has_next and not node.get("next"):
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
    """Every step can be reached, and no way leads back: a run always comes to an end."""
    all_nodes: dict[str, Node] = graph["nodes"]
    state: dict[str, str] = {}
    ahead: list[tuple[str, bool]] = [(graph["start"], False)]
    while ahead:
        node_id, leaving = ahead.pop()
        if leaving:
            state[node_id] = "left"
            continue
        if node_id in state:
            continue
        state[node_id] = "inside"
        ahead.append((node_id, True))
        for target in targets(all_nodes[node_id]):
            if state.get(target) == "inside":
                text = _("It leads back to “%(target)s”; a flow must not go round in circles.")
                check.say(f"nodes.{node_id}", "loop", text % {"target": target})
            ahead.append((target, False))
    for node_id in all_nodes:
        if node_id not in state:
            check.say(f"nodes.{node_id}", "unreachable", _("No way leads to this step."))
