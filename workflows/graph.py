"""A flow's graph as the engine reads it: checked once, kept per process, never changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.versions import VersionStatus
from workflows.blocks import Chain, chains, targets
from workflows.models import FlowVersion

Node = dict[str, Any]
_STEP_NAME = re.compile(r"\bsteps\.([a-z][a-z0-9_]*)")
_READ = re.compile(r'\{\{\s*([A-Za-z_][\w.-]*)|"(?:path|f|ref)": "([A-Za-z_][\w.-]*)"')
_IN_FORMULA = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
# What a run knows by itself; everything else a node reads comes from outside and is kept with the step.
_OWN_ROOTS = frozenset({"vars", "steps", "item", "items", "index", "error"})


@dataclass(frozen=True)
class StageDef:
    """A named phase that requesters see."""

    id: str
    label_ko: str
    label_en: str


@dataclass(frozen=True)
class Graph:
    """The nodes of one published or retired version.

    ``chains`` says in which blocks a node lies, ``reads`` which facts from outside the run it looks at and
    ``var_reads`` what the variables are filled with, ``named_steps`` whose outputs anybody asks for and
    ``named`` how the paths to outside facts begin (``requester``, ``ticket.number``).
    ``compensators`` are nodes that only undo others.
    """

    flow_key: str
    version_id: int
    start: str
    nodes: dict[str, Node]
    stages: tuple[StageDef, ...]
    vars: dict[str, Any] = field(default_factory=dict)
    chains: dict[str, Chain] = field(default_factory=dict)
    reads: dict[str, tuple[str, ...]] = field(default_factory=dict)
    var_reads: tuple[str, ...] = ()
    named_steps: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    compensators: frozenset[str] = frozenset()

    def stage_of(self, node_id: str) -> str:
        """The id of the stage the node belongs to, empty for an internal one."""
        return str(self.nodes.get(node_id, {}).get("stage", ""))

    def nodes_after(self, node_ids: Iterable[str]) -> set[str]:
        """These nodes and all that may still follow them."""
        found: set[str] = set()
        ahead = [each for each in node_ids if each in self.nodes]
        while ahead:
            node_id = ahead.pop()
            if node_id not in found:
                found.add(node_id)
                ahead += [each for each in targets(self.nodes[node_id]) if each in self.nodes]
        return found


def built(graph: dict[str, Any], *, key: str, version_id: int) -> Graph:
    """The graph of checked JSON."""
    stages = tuple(
        StageDef(each["id"], each["label"]["ko"], each["label"]["en"]) for each in graph.get("stages", ())
    )
    nodes = graph["nodes"]
    reads = _reads(graph)
    return Graph(
        key,
        version_id,
        graph["start"],
        nodes,
        stages,
        graph.get("vars", {}),
        chains=chains(graph["start"], nodes).found,
        reads=reads,
        var_reads=_outside(graph.get("vars", {})),
        named_steps=frozenset(_STEP_NAME.findall(json.dumps([nodes, graph.get("vars", {})]))),
        named=frozenset(".".join(path.split(".")[:2]) for paths in reads.values() for path in paths),
        compensators=frozenset(node["compensate"] for node in nodes.values() if node.get("compensate")),
    )


def _reads(graph: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """By node; the first also reads what fills the variables when the run sets out."""
    found = {node_id: _outside(node) for node_id, node in graph["nodes"].items()}
    start = graph["start"]
    return found | {start: tuple(sorted({*found[start], *_outside(graph.get("vars", {}))}))}


def _outside(node: dict[str, Any]) -> tuple[str, ...]:
    text = json.dumps(node, ensure_ascii=False)
    found = {one or other for one, other in _READ.findall(text)}
    if node.get("kind") == "compute":
        found |= {name for formula in node["set"].values() for name in _IN_FORMULA.findall(str(formula))}
    return tuple(sorted(path for path in found if path.split(".")[0] not in _OWN_ROOTS))


# Graphs that exist for the length of a rehearsal only; what is kept per process never hears of them.
_rehearsed: ContextVar[Graph | None] = ContextVar("rehearsed", default=None)


def compiled(version_id: int) -> Graph:
    """The graph of a version that can no longer change; read once per process."""
    own = _rehearsed.get()
    return own if own is not None and own.version_id == version_id else _kept(version_id)


@contextmanager
def rehearsed(graph: Graph) -> Iterator[None]:
    """Inside, ``compiled`` gives this graph for its version, draft or not."""
    before = _rehearsed.set(graph)
    try:
        yield
    finally:
        _rehearsed.reset(before)


@lru_cache(maxsize=256)
def _kept(version_id: int) -> Graph:
    row = FlowVersion.objects.select_related("flow").get(pk=version_id)
    if row.status == VersionStatus.DRAFT:
        raise ValueError("A draft does not run.")
    return built(row.graph, key=row.flow.key, version_id=row.pk)
