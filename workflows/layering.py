"""Layers of a directed graph: who stands above whom, in which order, at which place; for layouts.

The steps of Sugiyama's method, small: break circles, layer by the longest way, let long ways pass layers at
places of their own, untangle by barycentres, and give places by an exact least-squares fit per layer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

END = "#end"  # the end of a block's passes; no step has such a name
GAP_X, GAP_Y, TRACK, CORNER = 30, 30, 9, 8
SWEEPS, FITS = 8, 14


@dataclass(eq=False)
class Cell:
    """Something that takes a place: a card, a frame, a label, a way that passes by. ``x`` is its left."""

    key: str
    w: float
    h: float
    port_in: float = -1
    port_out: float = -1
    x: float = 0
    y: float = 0
    rank: int = 0
    above: list[Cell] = field(default_factory=list)
    below: list[Cell] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Lines meet the middle unless told otherwise."""
        self.port_in = self.w / 2 if self.port_in < 0 else self.port_in
        self.port_out = self.w / 2 if self.port_out < 0 else self.port_out


@dataclass(eq=False)
class Link:
    """A way from one cell to another; ``via`` are the places it passes, the first one its label's."""

    source: str
    target: str
    way: Any
    text: str = ""
    label_w: float = 0
    label_h: float = 0
    via: list[Cell] = field(default_factory=list)
    points: list[tuple[float, float]] = field(default_factory=list)

    @property
    def label_at(self) -> tuple[float, float]:
        """The corner of the label's place."""
        return self.via[0].x, self.via[0].y

    def shift(self, dx: float, dy: float) -> None:
        """Move the line and its label."""
        self.points = [(x + dx, y + dy) for x, y in self.points]
        for cell in self.via:
            cell.x, cell.y = cell.x + dx, cell.y + dy

    def path(self, dx: float, dy: float, into: float) -> str:
        """The SVG path, moved, ``into`` pixels longer than to the border of what it leads to."""
        points = [(x + dx, y + dy) for x, y in self.points]
        points.append((points[-1][0], points[-1][1] + into))
        return _rounded(points)


@dataclass(frozen=True)
class Layers:
    """What came out: links with their lines, links that lead back, and how large it is."""

    kept: list[Link]
    dropped: list[Link]
    width: float
    height: float


def arrange(cells: Sequence[Cell], links: Sequence[Link]) -> Layers:
    """Give every cell its place, the first cell on top; nothing overlaps."""
    by_key = {cell.key: cell for cell in cells}
    kept, dropped = _forward(cells, links)
    _rank(cells, kept)
    layers = _layers(cells, kept, by_key)
    _untangle(layers)
    _place(layers)
    left = min(cell.x for layer in layers for cell in layer)
    for layer in layers:
        for cell in layer:
            cell.x = round(cell.x - left)
    height = _lines(layers, kept, by_key)
    width = max(cell.x + cell.w for layer in layers for cell in layer)
    return Layers(kept, dropped, width, height)


def _forward(cells: Sequence[Cell], links: Sequence[Link]) -> tuple[list[Link], list[Link]]:
    """The links that lead on, and those that would close a circle."""
    out: dict[str, list[Link]] = {}
    for link in links:
        out.setdefault(link.source, []).append(link)
    state: dict[str, int] = {}  # 1 while its followers are looked at, 2 when they are done
    back: set[int] = set()
    for cell in cells:
        stack = [(cell.key, 0)] if cell.key not in state else []
        while stack:
            key, at = stack.pop()
            state[key] = 1
            following = out.get(key, [])
            if at == len(following):
                state[key] = 2
                continue
            stack.append((key, at + 1))
            target = following[at].target
            if state.get(target) == 1:
                back.add(id(following[at]))
            elif target not in state:
                stack.append((target, 0))
    return [each for each in links if id(each) not in back], [each for each in links if id(each) in back]


def _rank(cells: Sequence[Cell], links: Sequence[Link]) -> None:
    """The longest way from above; a labelled way is two layers long."""
    by_key = {cell.key: cell for cell in cells}
    left = dict.fromkeys(by_key, 0)
    out: dict[str, list[Link]] = {}
    for link in links:
        left[link.target] += 1
        out.setdefault(link.source, []).append(link)
    free = [cell.key for cell in cells if not left[cell.key]]
    while free:
        key = free.pop()
        for link in out.get(key, []):
            target = by_key[link.target]
            target.rank = max(target.rank, by_key[key].rank + (2 if link.text else 1))
            left[link.target] -= 1
            if not left[link.target]:
                free.append(link.target)
    if END in by_key:
        by_key[END].rank = max(cell.rank for cell in cells if cell.key != END) + 1


def _layers(cells: Sequence[Cell], links: Sequence[Link], by_key: dict[str, Cell]) -> list[list[Cell]]:
    """The layers in the order of a walk from the first cell, with a place for each way that passes."""
    layers: list[list[Cell]] = [[] for _rank in range(max(cell.rank for cell in cells) + 1)]
    out: dict[str, list[Link]] = {}
    for link in links:
        out.setdefault(link.source, []).append(link)
    seen: set[str] = set()
    for first in cells:
        stack: list[Cell | Link] = [first] if first.key not in seen else []
        while stack:
            here = stack.pop()
            if isinstance(here, Link):
                _pass(here, by_key, layers)
                here = by_key[here.target]
            if here.key in seen:
                continue
            seen.add(here.key)
            layers[here.rank].append(here)
            stack += reversed(out.get(here.key, []))
    return layers


def _pass(link: Link, by_key: dict[str, Cell], layers: list[list[Cell]]) -> None:
    source, target = by_key[link.source], by_key[link.target]
    for rank in range(source.rank + 1, target.rank):
        is_label = bool(link.text) and not link.via
        cell = Cell("", link.label_w if is_label else 14, link.label_h if is_label else 0, rank=rank)
        link.via.append(cell)
        layers[rank].append(cell)
    for upper, lower in pairwise([source, *link.via, target]):
        upper.below.append(lower)
        lower.above.append(upper)


def _untangle(layers: list[list[Cell]]) -> None:
    """Order each layer by the middle of its neighbours, down and up; the best order stays."""
    best, fewest = [list(layer) for layer in layers], _crossings(layers)
    for sweep in range(SWEEPS):
        if not fewest:
            break
        down = sweep % 2 == 0
        for layer in layers[1:] if down else layers[-2::-1]:
            at = {id(cell): place for near in layers for place, cell in enumerate(near)}
            middle = {}
            for cell in layer:
                near = cell.above if down else cell.below
                middle[id(cell)] = sum(at[id(each)] for each in near) / len(near) if near else at[id(cell)]
            layer.sort(key=lambda cell: middle[id(cell)])
        found = _crossings(layers)
        if found < fewest:
            best, fewest = [list(layer) for layer in layers], found
    layers[:] = best


def _crossings(layers: list[list[Cell]]) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        at = {id(cell): place for place, cell in enumerate(lower)}
        ends = [sorted(at[id(each)] for each in cell.below) for cell in upper]
        before: list[int] = []
        for row in ends:
            count += sum(1 for end in row for other in before if other > end)
            before += row
    return count


def _place(layers: list[list[Cell]]) -> None:
    """Each cell as near to the middle of its neighbours as its layer leaves room for."""
    for layer in layers:
        x = 0.0
        for cell in layer:
            cell.x, x = x, x + cell.w + GAP_X
    for fit in range(FITS):
        down = fit % 2 == 0
        for layer in layers if down else reversed(layers):
            _fit(layer, down=down, both=fit >= FITS - 2)
    for _round in range(2):
        for layer in layers[1:]:
            _straighten(layer, down=True)
        for layer in layers[-2::-1]:
            _straighten(layer, down=False)


def _straighten(layer: list[Cell], *, down: bool) -> None:
    """What has one way in from something with one way out stands exactly below it, where there is room.

    Upwards only words and passing ways move, never steps.
    """
    places = range(len(layer))
    for order in (places, reversed(places)):  # one way makes room for the other
        for at in order:
            cell = layer[at]
            wanted = _straight_place(cell, down=down)
            if at:
                wanted = max(wanted, layer[at - 1].x + layer[at - 1].w + GAP_X)
            if at + 1 < len(layer):
                wanted = min(wanted, layer[at + 1].x - GAP_X - cell.w)
            cell.x = wanted


def _straight_place(cell: Cell, *, down: bool) -> float:
    if down and len(cell.above) == 1 and len(cell.above[0].below) == 1:
        return cell.above[0].x + cell.above[0].port_out - cell.port_in
    if not down and not cell.key and len(cell.below[0].above) == 1:
        return cell.below[0].x + cell.below[0].port_in - cell.port_out
    return cell.x


def _fit(layer: list[Cell], *, down: bool, both: bool) -> None:
    """The places with the least squares to what is wanted, in order (pools of violators)."""
    offset, pools = 0.0, []
    offsets = []
    for cell in layer:
        wanted = _wanted(cell, down=down, both=both) - offset
        offsets.append(offset)
        pools.append((wanted, 1))
        while len(pools) > 1 and pools[-2][0] > pools[-1][0]:
            (a, m), (b, n) = pools[-2], pools[-1]
            pools[-2:] = [((a * m + b * n) / (m + n), m + n)]
        offset += cell.w + GAP_X
    places = [value for value, count in pools for _each in range(count)]
    for cell, place, moved in zip(layer, places, offsets, strict=True):
        cell.x = place + moved


def _wanted(cell: Cell, *, down: bool, both: bool) -> float:
    above = [each.x + each.port_out - cell.port_in for each in cell.above] if down or both else []
    below = [each.x + each.port_in - cell.port_out for each in cell.below] if not down or both else []
    found = above + below
    return sum(found) / len(found) if found else cell.x


def _lines(layers: list[list[Cell]], links: list[Link], by_key: dict[str, Cell]) -> float:
    """Give layers their height and links their points; returns the height of all."""
    turns: dict[tuple[int, float], float] = {}  # the height of the turn below a cell, by rank and place
    y = 0.0
    for rank, layer in enumerate(layers):
        for cell in layer:
            cell.y = y
        tall = max((cell.h for cell in layer), default=0)
        tracks = _tracks(layer)
        room = GAP_Y + TRACK * max(0, len(set(tracks.values())) - 1)
        if rank == len(layers) - 1:
            y += tall
            break
        for key, track in tracks.items():
            turns[rank, key] = y + tall + GAP_Y / 2 + TRACK * track
        y += tall + room
    for link in links:
        cells = [by_key[link.source], *link.via, by_key[link.target]]
        points = [(cells[0].x + cells[0].port_out, cells[0].y + cells[0].h)]
        for upper, lower in pairwise(cells):
            out, into = upper.x + upper.port_out, lower.x + lower.port_in
            turn = turns.get((upper.rank, out), lower.y - GAP_Y / 2)
            points += [(out, turn), (into, turn), (into, lower.y)]
        link.points = points
    return y


def _tracks(layer: list[Cell]) -> dict[float, int]:
    """For each cell whose lines turn: on which of several parallel heights, so that none lies on another."""
    spans = []
    for cell in layer:
        out = cell.x + cell.port_out
        ends = [each.x + each.port_in for each in cell.below]
        if any(abs(end - out) > 1 for end in ends):
            spans.append((min([out, *ends]), max([out, *ends]), out))
    ends_of: list[float] = []
    found: dict[float, int] = {}
    for low, high, out in sorted(spans):
        track = next((at for at, end in enumerate(ends_of) if end < low - CORNER), len(ends_of))
        ends_of[track : track + 1] = [high]
        found[out] = track
    return found


def _rounded(points: list[tuple[float, float]]) -> str:
    """The path through the points, with round corners and without needless ones."""
    kept = [points[0]]
    for here, after in pairwise(points[1:]):
        bends = not (kept[-1][0] == here[0] == after[0] or kept[-1][1] == here[1] == after[1])
        if bends and here != kept[-1]:
            kept.append(here)
    kept.append(points[-1])
    text = f"M{kept[0][0]:g} {kept[0][1]:g}"
    for (x0, y0), (x1, y1), (x2, y2) in zip(kept, kept[1:], kept[2:], strict=False):
        size = min(CORNER, (abs(x1 - x0) + abs(y1 - y0)) / 2, (abs(x2 - x1) + abs(y2 - y1)) / 2)
        text += f"L{x1 - _sign(x1 - x0) * size:g} {y1 - _sign(y1 - y0) * size:g}"
        text += f"Q{x1:g} {y1:g} {x1 + _sign(x2 - x1) * size:g} {y1 + _sign(y2 - y1) * size:g}"
    return text + f"L{kept[-1][0]:g} {kept[-1][1]:g}"


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)
