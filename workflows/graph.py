"""A flow's graph as the engine reads it: checked once, kept per process, never changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from core.versions import VersionStatus
from workflows.models import FlowVersion

Node = dict[str, Any]


@dataclass(frozen=True)
class StageDef:
    """A named phase that requesters see."""

    id: str
    label_ko: str
    label_en: str


@dataclass(frozen=True)
class Graph:
    """The nodes of one published or retired version."""

    flow_key: str
    version_id: int
    start: str
    nodes: dict[str, Node]
    stages: tuple[StageDef, ...]
    vars: dict[str, Any] = field(default_factory=dict)

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


def targets(node: Node) -> list[str]:
    """Where the node may lead, in the order it is written."""
    written = node.get("cases")
    cases = (
        [each.get("to") for each in written if isinstance(each, dict)] if isinstance(written, list) else []
    )
    listed = [*cases, node.get("default"), node.get("next"), node.get("on_error")]
    return [each for each in listed if isinstance(each, str) and each]


def built(graph: dict[str, Any], *, key: str, version_id: int) -> Graph:
    """The graph of checked JSON."""
    stages = tuple(
        StageDef(each["id"], each["label"]["ko"], each["label"]["en"]) for each in graph.get("stages", ())
    )
    return Graph(key, version_id, graph["start"], graph["nodes"], stages, graph.get("vars", {}))


@lru_cache(maxsize=256)
def compiled(version_id: int) -> Graph:
    """The graph of a version that can no longer change; read once per process."""
    row = FlowVersion.objects.select_related("flow").get(pk=version_id)
    if row.status == VersionStatus.DRAFT:
        raise ValueError("A draft does not run.")
    return built(row.graph, key=row.flow.key, version_id=row.pk)
