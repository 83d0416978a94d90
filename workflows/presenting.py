"""Flows as pages show them: the picture with its cards, each step with its figures, mistakes in words."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from core import formats
from core.errors import FieldError
from workflows import words
from workflows.choices import PASSED_STEPS, StepStatus
from workflows.graph import StageDef
from workflows.layout import Label, Line, Picture, Placed, inner_ways, picture, ways
from workflows.selectors import NodeStatistics
from workflows.selectors.runs import StepDetail
from workflows.validate import BadFlowError, check_flow


@dataclass(frozen=True)
class Card:
    """One step on the picture and in the list of steps."""

    place: Placed
    title: str
    kind: words.Look
    note: str
    leads_to: list[tuple[str, str]]
    look: words.Look | None = None
    times: int = 0
    statistics: NodeStatistics | None = None

    @property
    def figures(self) -> NodeStatistics:
        """The statistics; zeros for a step that has not been made."""
        return self.statistics or NodeStatistics(self.place.node_id, 0, None, None, 0, 0)

    @property
    def indent(self) -> int:
        """How far the step is moved in the list: the blocks around it, five at most."""
        return min(5, self.place.depth)


@dataclass(frozen=True)
class Map:
    """A drawn flow."""

    picture: Picture
    cards: list[Card]
    lines: list[tuple[Line, str]]
    labels: list[Label] = field(default_factory=list)
    trigger: str = ""
    trigger_icon: str = ""
    stages: tuple[StageDef, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self.cards

    def card(self, node_id: str) -> Card | None:
        """The card of that step."""
        return next((each for each in self.cards if each.place.node_id == node_id), None)


@dataclass(frozen=True)
class Problem:
    """One mistake of a draft: the step it is in (empty for the flow itself), the field, and what is wrong."""

    node_id: str
    title: str
    name: str
    text: str


def flow_map(
    graph: dict[str, Any],
    *,
    statistics: Mapping[str, NodeStatistics] | None = None,
    steps: Mapping[str, StepDetail] | None = None,
    times: Mapping[str, int] | None = None,
) -> Map:
    """The picture of a graph; ``steps`` are the latest of a run by node."""
    found = graph.get("nodes")
    nodes: dict[str, Any] = found if isinstance(found, dict) else {}
    drawn = picture(graph, label_of=lambda source, way: words.way_text(nodes[source], way))
    made = steps or {}
    cards = [
        _card(place, nodes, made.get(place.node_id), (statistics or {}).get(place.node_id), times or {})
        for place in drawn.nodes
    ]
    trigger = graph.get("trigger")
    kind = str(trigger.get("kind", "")) if isinstance(trigger, dict) else ""
    return Map(
        drawn,
        cards,
        [(line, _line_state(line, made) if steps is not None else "") for line in drawn.lines],
        list(drawn.labels),
        words.trigger_text(graph),
        words.trigger_icon(kind),
    )


def _card(
    place: Placed,
    nodes: dict[str, Any],
    step: StepDetail | None,
    statistics: NodeStatistics | None,
    times: Mapping[str, int],
) -> Card:
    node = nodes[place.node_id]
    kind = words.kind_look(str(node.get("kind", "")))
    leads = [
        (words.way_text(node, way), words.title_of(way.target, nodes.get(way.target, {})))
        for way in [*inner_ways(node), *ways(node)]
        if isinstance(nodes.get(way.target), dict)
    ]
    return Card(
        place=place,
        title=words.title_of(place.node_id, node),
        kind=kind,
        note=_note(step, statistics) or str(kind.label),
        leads_to=leads,
        look=step.look if step else None,
        times=times.get(place.node_id, 0),
        statistics=statistics,
    )


def _note(step: StepDetail | None, statistics: NodeStatistics | None) -> str:
    """The second line of a card: who has it, how long it took, or how it usually goes."""
    if step is not None:
        if step.step.status == StepStatus.WAITING:
            return ", ".join(step.who) or step.waits_for
        status = str(step.look.label)
        return status if step.seconds is None else f"{status} · {formats.span(step.seconds)}"
    if statistics is not None and statistics.p50 is not None:
        words_of = {"count": f"{statistics.count:,}", "p50": formats.span(statistics.p50)}
        return _("%(count)s × · mostly %(p50)s") % words_of
    return ""


def _line_state(line: Line, steps: Mapping[str, StepDetail]) -> str:
    """``taken`` for a way the run has gone."""
    source, target = steps.get(line.source), steps.get(line.target)
    if source is None or target is None:
        return ""
    status = source.step.status
    if line.kind == "on_error":
        return "taken" if status == StepStatus.FAILED else ""
    if line.kind in ("case", "default") and source.step.kind in ("branch", "switch"):
        way = f"case{line.number}" if line.kind == "case" else "default"
        return "taken" if source.step.output.get("outcome") == way else ""
    inside = line.kind in ("body", "branch", "catch")
    return "taken" if inside or status in PASSED_STEPS else ""


def problems(graph: dict[str, Any], *, key: str) -> list[Problem]:
    """What keeps this graph from being published; empty when nothing does."""
    try:
        check_flow(graph, key=key)
    except BadFlowError as refusal:
        return [problem_of(graph, each) for each in refusal.errors]
    return []


def problem_of(graph: dict[str, Any], error: FieldError) -> Problem:
    """A mistake with the name of its step instead of its place in the JSON."""
    first, _dot, rest = error.field.partition(".")
    if first != "nodes" or not rest:
        return Problem("", "", error.field, str(error.detail))
    node_id, _dot, name = rest.partition(".")
    nodes = graph.get("nodes")
    node = nodes.get(node_id) if isinstance(nodes, dict) else None
    title = words.title_of(node_id, node) if isinstance(node, dict) else node_id
    return Problem(node_id, title, name, str(error.detail))


_HEAD = ("schema", "key", "trigger", "start", "inputs", "vars", "stages", "nodes", "notes")
_NODE = ("kind", "label", "stage")
_WAYS = ("next", "on_error", "on_timeout", "on_max", "on_missing", "compensate")


def graph_text(graph: dict[str, Any]) -> str:
    """A graph as its author reads it: head first, steps in reading order; the database keeps no order."""
    order = [place.node_id for place in picture(graph).nodes]
    nodes = graph.get("nodes")
    made = _ordered(graph, _HEAD)
    if isinstance(nodes, dict) and len(order) == len(nodes):
        made["nodes"] = {node_id: _ordered(nodes[node_id], _NODE, _WAYS) for node_id in order}
    return as_json(made)


def _ordered(given: dict[str, Any], first: tuple[str, ...], last: tuple[str, ...] = ()) -> dict[str, Any]:
    middle = [name for name in given if name not in (*first, *last)]
    return {name: given[name] for name in (*first, *middle, *last) if name in given}


def as_json(value: Any) -> str:
    """JSON as people read and edit it."""
    return json.dumps(value, ensure_ascii=False, indent=2)
