"""Blocks: forks, lists, loops and tries. Where they begin and end, and the paths of the steps inside.

A block node leads into its passes and waits; a way that reaches the block's closing node ends one pass. A
fork is closed by its join, every other block by itself. Blocks lie inside each other, never across
(DOMAIN 3.4: structured, one matching join per fork).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Node = dict[str, Any]
Chain = tuple[tuple[str, int], ...]  # block and entry, from the outermost to the innermost
FORK, EACH, LOOP, TRY = "fork", "for_each", "loop_until", "try"
BLOCKS = frozenset({FORK, EACH, LOOP, TRY})
MAX_DEPTH = 5
_SEGMENT = re.compile(r"(?:^|/)([a-z][a-z0-9_]*)\[(\d+)\]$")


def entries(node: Node) -> list[str]:
    """Where the passes of a block begin: the branches, the body, the catch."""
    if node.get("kind") == FORK:
        return [each for each in _listed(node.get("branches")) if isinstance(each, str)]
    return [each for each in (node.get("body"), node.get("catch")) if isinstance(each, str) and each]


def closing(node_id: str, node: Node) -> str:
    """The node whose reaching ends a pass of this block."""
    return str(node.get("join", "")) if node.get("kind") == FORK else node_id


def exits(node: Node) -> list[str]:
    """Where a step leads when it is over, in the order it is written."""
    cases = [each.get("to") for each in _listed(node.get("cases")) if isinstance(each, dict)]
    after_fork = node.get("join") if node.get("kind") == FORK else None
    names = ("default", "next", "on_error", "on_timeout", "on_max", "on_missing")
    ways = [*cases, after_fork, *(node.get(name) for name in names)]
    return [each for each in ways if isinstance(each, str) and each]


def targets(node: Node) -> list[str]:
    """Every node this one may lead to."""
    inside = entries(node) if node.get("kind") in BLOCKS else []
    undo = node.get("compensate")
    return [*inside, *exits(node), *([undo] if isinstance(undo, str) and undo else [])]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


@dataclass(frozen=True)
class Mistake:
    """What is wrong with the shape of a graph: a code, the node, and another node it is about."""

    code: str
    node_id: str
    other: str = ""


@dataclass
class Walk:
    """What a walk through a graph found out: the chain of each node reached, and mistakes of shape."""

    nodes: dict[str, Node]
    found: dict[str, Chain] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    inside: set[str] = field(default_factory=set)

    def visit(self, node_id: str, chain: Chain) -> None:
        """Walk on from here; every node is walked once."""
        if len(chain) > MAX_DEPTH:
            self.mistakes.append(Mistake("too_deep", node_id))
            return
        self.found[node_id] = chain
        self.inside.add(node_id)
        node = self.nodes[node_id]
        if node.get("kind") in BLOCKS:
            for at, entry in enumerate(entries(node)):
                self._step(node_id, entry, (*chain, (node_id, at)), is_entry=True)
        for target in exits(node):
            self._step(node_id, target, chain)
        self.inside.discard(node_id)

    def _step(self, source: str, target: str, chain: Chain, *, is_entry: bool = False) -> None:
        if target not in self.nodes:
            return
        ends = [closing(block, self.nodes[block]) for block, _entry in chain]
        if target in ends:
            wrong = "leaves_block" if target != ends[-1] else "empty_block" if is_entry else ""
        else:
            wrong = self._mistake(source, target, chain)
            if not wrong and target not in self.found:
                self.visit(target, chain)
        if wrong:
            self.mistakes.append(Mistake(wrong, source, target))

    def _mistake(self, source: str, target: str, chain: Chain) -> str:
        """What is wrong with the way from ``source`` to ``target``, which ends no pass; empty for nothing."""
        if target in self.inside:
            return "loop"
        if target in self.found:
            return "crosses_block" if self.found[target] != chain else ""
        is_join = self.nodes[target].get("kind") == "join"
        return "stray_join" if is_join and self.nodes[source].get("join") != target else ""


def chains(start: str, nodes: dict[str, Node]) -> Walk:
    """The blocks around each node reached from ``start``; an undoing node lies where its node does."""
    walk = Walk(nodes)
    if start in nodes:
        walk.visit(start, ())
    for node_id, node in nodes.items():
        undo = node.get("compensate")
        if isinstance(undo, str) and undo in nodes:
            if undo in walk.found:
                walk.mistakes.append(Mistake("used_twice", node_id, undo))
            elif node_id in walk.found:
                walk.found[undo] = walk.found[node_id]
    return walk


def below(path: str, block: str, number: int) -> str:
    """The path of a pass of ``block``, which itself lies at ``path``."""
    return f"{path}/{block}[{number}]" if path else f"{block}[{number}]"


def above(path: str) -> tuple[str, str, int]:
    """The path around, the block and the number of the innermost pass of a path that is not empty."""
    found = _SEGMENT.search(path)
    assert found is not None  # noqa: S101 - paths are made by ``below``
    return path[: found.start()], found[1], int(found[2])


def passes(path: str) -> Iterator[tuple[str, str, int]]:
    """Path around, block and number of each pass of a path, the innermost first."""
    while path:
        outer, block, number = above(path)
        yield outer, block, number
        path = outer


def sees(path: str, other: str, nodes: dict[str, Node]) -> bool:
    """Whether a step at ``path`` may name what a step at ``other`` found out.

    It sees what lies around it and what ended before it; other items of a list are none of its business.
    """
    if path == other or not other or path.startswith(f"{other}/"):
        return True
    mine = {(outer, block): number for outer, block, number in passes(path)}
    for outer, block, number in passes(other):
        here = mine.get((outer, block))
        if nodes[block].get("kind") == EACH and here != number:
            return False
    return True
