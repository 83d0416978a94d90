"""Flows and runs for tests, published and started through the services."""

from __future__ import annotations

import copy
from itertools import count
from typing import Any

from tests.factories.incidents import make_incident
from tests.settling import work_off
from workflows import services
from workflows.models import FlowRun, FlowStep, FlowVersion

_numbers = count(1)
_NO_NEXT = frozenset({"end", "branch", "switch", "fork", "raise_error"})
LABELS = {"ko": "단계", "en": "Stage"}


def graph_of(nodes: dict[str, Any], *, key: str = "", **parts: Any) -> dict[str, Any]:
    """A graph that begins at the first node; a node without a way on leads to ``fin``, which is added."""
    whole = {
        node_id: node if node["kind"] in _NO_NEXT or "next" in node else {**node, "next": "fin"}
        for node_id, node in copy.deepcopy(nodes).items()
    }
    if "fin" in str(whole.values()):
        whole.setdefault("fin", {"kind": "end", "outcome": "done"})
    return {
        "schema": 1,
        "key": key or f"flow-{next(_numbers)}",
        "trigger": {"kind": "manual"},
        "start": next(iter(nodes)),
        "nodes": whole,
    } | parts


def make_flow(nodes: dict[str, Any], **parts: Any) -> FlowVersion:
    """A published flow of these nodes."""
    graph = graph_of(nodes, **parts)
    draft = services.save_draft(actor=None, key=graph["key"], graph=graph, name_ko="흐름", name_en="Flow")
    return services.publish(draft.pk, actor=None)


def make_run(nodes: dict[str, Any], *, ticket: Any = None, given: Any = None, **parts: Any) -> FlowRun:
    """A run of a new flow about a new incident, not yet taken on; ``given`` are its variables."""
    version = make_flow(nodes, **parts)
    return services.start_run(version.flow.key, ticket=ticket or make_incident(), vars=given)


def go() -> None:
    """Work off everything that is due, as workers do."""
    work_off(limit=500, seconds=20)


def fresh(run: FlowRun) -> FlowRun:
    """The run as it is now."""
    return FlowRun.objects.get(pk=run.pk)


def statuses(run: FlowRun) -> dict[str, str]:
    """Status by node."""
    return dict(FlowStep.objects.filter(run=run).values_list("node_id", "status"))


def output_of(run: FlowRun, node_id: str) -> dict[str, Any]:
    """What a step found out."""
    output: dict[str, Any] = FlowStep.objects.get(run=run, node_id=node_id).output
    return output
