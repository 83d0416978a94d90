"""The tree of whys and the cause-and-effect diagram of a problem, arranged for reading (PROCESSES PRB-11).

Five whys: T. Ohno, Toyota Production System (1988); as many levels as lead to a cause, five being the rule
of thumb. Cause-and-effect diagram: K. Ishikawa, Guide to Quality Control (1968).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from problems.choices import Bone

if TYPE_CHECKING:
    from problems.models import BoneName, Factor, Why

MOST_LEVELS, MOST_WHYS, MOST_FACTORS = 8, 100, 120


@dataclass(frozen=True)
class Node:
    """One answer, the how manieth why it is (from 1), and the answers to why it is so."""

    why: Why
    level: int
    below: tuple[Node, ...]

    @property
    def place(self) -> str:
        """What pages call the place where it stands."""
        return f"why-{self.why.public_id}"

    @property
    def may_grow(self) -> bool:
        """Whether the tree may get another level here."""
        return self.level < MOST_LEVELS


@dataclass(frozen=True)
class Rib:
    """One category of the diagram: its key, what it is called here, and its possible causes."""

    bone: str
    name: str
    is_renamed: bool
    factors: tuple[Factor, ...]

    @property
    def place(self) -> str:
        """What pages call the place where it stands."""
        return f"bone-{self.bone}"


def tree(rows: Iterable[Why]) -> tuple[Node, ...]:
    """The answers as a tree, in the order in which they were given."""
    below: dict[int | None, list[Why]] = {}
    for row in rows:
        below.setdefault(row.above_id, []).append(row)
    return _grown(below, None, 1)


def _grown(below: Mapping[int | None, Sequence[Why]], above: int | None, level: int) -> tuple[Node, ...]:
    return tuple(Node(row, level, _grown(below, row.pk, level + 1)) for row in below.get(above, ()))


def flat(nodes: Iterable[Node]) -> list[Node]:
    """Each node before those below it: the order in which the tree is read."""
    found: list[Node] = []
    for node in nodes:
        found += [node, *flat(node.below)]
    return found


def ribs(names: Iterable[BoneName], factors: Iterable[Factor]) -> list[Rib]:
    """The six categories with their possible causes, in order."""
    own = {row.bone: row.name for row in names}
    held: dict[str, list[Factor]] = {}
    for row in factors:
        held.setdefault(row.bone, []).append(row)
    return [
        Rib(bone, own.get(bone) or str(label), bone in own, tuple(held.get(bone, ())))
        for bone, label in Bone.choices
    ]


def cause_text(why: Why) -> str:
    """What the cause notes of the problem say when this answer is its root cause."""
    return f"{why.answer}\n\n{why.evidence}".strip()
