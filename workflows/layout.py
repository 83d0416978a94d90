"""Where the steps of a flow stand on a page: layers from top to bottom, blocks inside frames (UI section 1).

Pure and without a browser: the same graph gives the same picture. Forks, lists, loops and tries are frames
with what lies inside them; the rest is layered by the longest way from the start. A label on a way takes a
place of its own, and so does a way that passes a layer, so nothing lies on top of anything else. Graphs with
mistakes are drawn too: ways that fit into no layer are marked as stray.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from workflows.blocks import Chain, Node, chains, closing, entries
from workflows.layering import END, Cell, Link, arrange

NODE_W, NODE_H = 248, 64
LABEL_H, LABEL_MIN, LABEL_MAX = 24, 44, 176
PAD, HEAD_PAD = 18, 14
MAX_DRAWN = 400

_NAMED_WAYS = ("default", "next", "on_error", "on_timeout", "on_max", "on_missing", "compensate")


@dataclass(frozen=True)
class Way:
    """One way on from a step: its kind (``case``, ``default``, ``on_error``, ``branch``, …) and number."""

    kind: str
    target: str
    number: int = 0


@dataclass(frozen=True)
class Placed:
    """A step's card. ``number`` is its place in reading order, ``depth`` how many blocks lie around it."""

    node_id: str
    x: float
    y: float
    w: float
    h: float
    number: int = 0
    depth: int = 0


@dataclass(frozen=True)
class Line:
    """A way between two steps as an SVG path; ``kind`` as in Way, ``stray`` for one that fits nowhere."""

    source: str
    target: str
    kind: str
    d: str
    number: int = 0


@dataclass(frozen=True)
class Label:
    """The words on a way, in a place of their own."""

    text: str
    kind: str
    source: str
    target: str
    x: float
    y: float
    w: float
    h: float


@dataclass(frozen=True)
class Picture:
    """A whole flow: cards, frames around blocks, lines and labels, and how large it is."""

    width: float = 0
    height: float = 0
    nodes: tuple[Placed, ...] = ()
    frames: tuple[Placed, ...] = ()
    lines: tuple[Line, ...] = ()
    labels: tuple[Label, ...] = ()


LabelOf = Callable[[str, Way], str]


def no_label(source: str, way: Way) -> str:
    """A picture without words on its ways."""
    return ""


def ways(node: Node) -> list[Way]:
    """Where a step may lead when it is over, in the order it is written; not what lies inside a block."""
    listed = node.get("cases") if isinstance(node.get("cases"), list) else []
    found = [
        Way("case", case["to"], number)
        for number, case in enumerate(listed or [], start=1)
        if isinstance(case, dict) and isinstance(case.get("to"), str)
    ]
    if node.get("kind") == "fork" and isinstance(node.get("join"), str):
        found.append(Way("join", node["join"]))
    return found + [
        Way(name, node[name]) for name in _NAMED_WAYS if isinstance(node.get(name), str) and node[name]
    ]


def inner_ways(node: Node) -> list[Way]:
    """Where the passes of a block begin; nothing for other steps."""
    if node.get("kind") == "fork":
        return [Way("branch", target, number) for number, target in enumerate(entries(node), start=1)]
    names = ("body", "catch") if node.get("kind") in ("for_each", "loop_until", "try") else ()
    return [Way(name, node[name]) for name in names if isinstance(node.get(name), str) and node[name]]


def picture(graph: Any, *, label_of: LabelOf = no_label) -> Picture:
    """The picture of a flow's graph, also of a draft with mistakes; empty when nothing can be drawn."""
    found = graph.get("nodes") if isinstance(graph, dict) else None
    if not isinstance(found, dict):
        return Picture()
    nodes = {str(key): node for key, node in found.items() if isinstance(node, dict)}
    if not nodes or len(nodes) > MAX_DRAWN:
        return Picture()
    start = graph.get("start") if isinstance(graph.get("start"), str) else ""
    return _Drawing(nodes, str(start), label_of).whole()


def text_width(text: str) -> float:
    """About how wide a text is at 12 px; wide letters count double."""
    return sum(12.5 if unicodedata.east_asian_width(letter) in "WF" else 7 for letter in text)


@dataclass
class _Box:
    """A frame and what is in it, seen from its own corner."""

    cells: list[Cell]
    links: list[Link]
    width: float
    height: float
    inner: dict[str, _Box] = field(default_factory=dict)


class _Drawing:
    """One picture in the making."""

    def __init__(self, nodes: dict[str, Node], start: str, label_of: LabelOf) -> None:
        self.nodes, self.start, self.label_of = nodes, start, label_of
        self.chain: dict[str, Chain] = chains(start, nodes).found
        self.members: dict[str, list[str]] = {}
        for node_id in nodes:
            around = self.chain.get(node_id, ())
            self.members.setdefault(around[-1][0] if around else "", []).append(node_id)
        self.stray: list[tuple[str, Way]] = []
        self.cards: list[Placed] = []
        self.frames: list[Placed] = []
        self.lines: list[Line] = []
        self.labels: list[Label] = []

    def whole(self) -> Picture:
        """Lay out from the inside to the outside, then give everything its place from the outside in."""
        box = self._box("")
        self._put(box, "", 0, 0)
        places = {card.node_id: card for card in self.cards}
        self.lines += [_straight(places[source], places[way.target], way) for source, way in self.stray]
        numbers = {node_id: at for at, node_id in enumerate(self._order(""), start=1)}
        cards = sorted(
            (replace(card, number=numbers[card.node_id]) for card in self.cards),
            key=lambda card: card.number,
        )
        return Picture(
            box.width,
            box.height,
            tuple(cards),
            tuple(self.frames),
            tuple(sorted(self.lines, key=lambda line: line.kind in ("on_error", "stray"))),
            tuple(self.labels),
        )

    def _box(self, head: str) -> _Box:
        """The members of a block below its own card; the whole flow for no head."""
        members = self.members.get(head, [])
        inner = {node_id: self._box(node_id) for node_id in members if self.members.get(node_id)}
        cells = [
            Cell(node_id, inner[node_id].width, inner[node_id].height, *_ports(inner[node_id], node_id))
            if node_id in inner
            else Cell(node_id, NODE_W, NODE_H)
            for node_id in self._from_start(members)
        ]
        if head:
            cells.insert(0, Cell(head, NODE_W, NODE_H))
        links = self._links(head, members)
        if any(link.target == END for link in links):
            cells.append(Cell(END, 12, 0))
        layers = arrange(cells, links)
        self.stray += [(link.source, link.way) for link in layers.dropped]
        pad = PAD if head else 0
        for cell in cells:
            cell.x, cell.y = cell.x + pad, cell.y + (HEAD_PAD if head else 0)
        for link in layers.kept:
            link.shift(pad, HEAD_PAD if head else 0)
        bottom = 0 if not head or any(cell.key == END for cell in cells) else PAD
        height = layers.height + (HEAD_PAD if head else 0) + bottom
        return _Box(cells, layers.kept, layers.width + 2 * pad, height, inner)

    def _from_start(self, members: list[str]) -> list[str]:
        return sorted(members, key=lambda node_id: node_id != self.start)

    def _links(self, head: str, members: list[str]) -> list[Link]:
        inside, links = set(members), []
        end = closing(head, self.nodes[head]) if head else ""
        begins = [(head, way) for way in inner_ways(self.nodes[head])] if head else []
        for source, way in begins + [(each, way) for each in members for way in ways(self.nodes[each])]:
            if way.target in inside:
                target = way.target
            elif head and way.target == end:
                target = END
            else:
                if way.target in self.nodes:
                    self.stray.append((source, way))
                continue
            text = self.label_of(source, way)
            width = min(LABEL_MAX, max(LABEL_MIN, text_width(text) + 26)) if text else 0
            links.append(Link(source, target, way, text, width, LABEL_H if text else 0))
        return links

    def _put(self, box: _Box, head: str, x: float, y: float) -> None:
        depth = len(self.chain.get(head, ())) + 1 if head else 0
        for cell in box.cells:
            if cell.key == END:
                continue
            at = (x + cell.x, y + cell.y)
            if cell.key in box.inner:
                self.frames.append(Placed(cell.key, *at, cell.w, cell.h, depth=depth))
                self._put(box.inner[cell.key], cell.key, *at)
            else:
                own = depth - 1 if cell.key == head else depth
                self.cards.append(Placed(cell.key, *at, cell.w, cell.h, depth=own))
        for link in box.links:
            into = HEAD_PAD if link.target in box.inner else 0
            target = link.way.target
            self.lines.append(
                Line(link.source, target, link.way.kind, link.path(x, y, into), link.way.number)
            )
            if link.text:
                lx, ly = link.label_at
                self.labels.append(
                    Label(
                        link.text, link.way.kind, link.source, target, x + lx, y + ly, link.label_w, LABEL_H
                    )
                )

    def _order(self, head: str) -> list[str]:
        """The steps as they are read: branch after branch, what lies inside a block behind it."""
        members = self._from_start(self.members.get(head, []))
        firsts = [way.target for way in inner_ways(self.nodes[head])] if head else []
        found = _reading_order([*firsts, *members], set(members), self.nodes)
        listed: list[str] = []
        for node_id in found:
            listed.append(node_id)
            if self.members.get(node_id):
                listed += self._order(node_id)
        return listed


def _reading_order(starts: Iterable[str], inside: set[str], nodes: dict[str, Node]) -> list[str]:
    """Each step before what follows it, the first way before the second; without recursion."""
    listed: list[str] = []
    seen: set[str] = set()
    for start in reversed(list(dict.fromkeys(starts))):
        stack = [(start, False)] if start in inside else []
        while stack:
            node_id, is_over = stack.pop()
            if is_over:
                listed.append(node_id)
            elif node_id not in seen:
                seen.add(node_id)
                stack.append((node_id, True))
                stack += [
                    (way.target, False)
                    for way in ways(nodes[node_id])
                    if way.target in inside and way.target not in seen
                ]
    return listed[::-1]


def _ports(box: _Box, head: str) -> tuple[float, float]:
    """Where lines reach and leave a frame: above its own card, and below its end."""
    top = next(cell for cell in box.cells if cell.key == head)
    end = next((cell for cell in box.cells if cell.key == END), top)
    return top.x + top.w / 2, end.x + end.w / 2


def _straight(source: Placed, target: Placed, way: Way) -> Line:
    x1, y1 = source.x + source.w / 2, source.y + source.h / 2
    x2, y2 = target.x + target.w / 2, target.y + target.h / 2
    return Line(source.node_id, target.node_id, "stray", f"M{x1:g} {y1:g}L{x2:g} {y2:g}")
