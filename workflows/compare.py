"""What differs between two versions of a flow: steps added, removed and changed, and what changed in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from workflows import words

_PARTS = ("trigger", "start", "stages", "vars", "inputs")
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


@dataclass(frozen=True)
class Difference:
    """One field before and after, as JSON texts; empty where it was not there."""

    name: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One step, or one part of the flow's head (``node_id`` empty), and how it changed."""

    kind: str
    node_id: str
    title: str
    differences: tuple[Difference, ...] = ()


def compare(before: dict[str, Any], after: dict[str, Any]) -> list[Change]:
    """The changes from one graph to the other: the head first, then the steps in the order of the newer."""
    head = _differences(
        {name: before.get(name) for name in _PARTS if name in before},
        {name: after.get(name) for name in _PARTS if name in after},
    )
    found = [Change(CHANGED, "", "", head)] if head else []
    old, new = _nodes(before), _nodes(after)
    for node_id, node in new.items():
        title = words.title_of(node_id, node)
        if node_id not in old:
            found.append(Change(ADDED, node_id, title))
        elif differences := _differences(old[node_id], node):
            found.append(Change(CHANGED, node_id, title, differences))
    gone = [node_id for node_id in old if node_id not in new]
    return found + [Change(REMOVED, each, words.title_of(each, old[each])) for each in gone]


def _nodes(graph: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = graph.get("nodes")
    if not isinstance(found, dict):
        return {}
    return {node_id: node for node_id, node in found.items() if isinstance(node, dict)}


def _differences(before: dict[str, Any], after: dict[str, Any]) -> tuple[Difference, ...]:
    names = [*before, *(name for name in after if name not in before)]
    texts = [(name, _text(before, name), _text(after, name)) for name in names]
    return tuple(Difference(*each) for each in texts if each[1] != each[2])


def _text(given: dict[str, Any], name: str) -> str:
    return json.dumps(given[name], ensure_ascii=False, sort_keys=True) if name in given else ""
