"""Charts as geometry: shares of a whole and columns over time, in whole units of an SVG's own grid.

A chart never stands alone: its figures stand beside it as text (UI section 1).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.components import one_of

WIDTH, HEIGHT, STEP, GAP = 1000, 100, 40, 10
CHART_TONES = ("good", "warn", "bad", "neutral", "accent")


@dataclass(frozen=True)
class Piece:
    """One part of a bar: its words, its size (never negative) and its tone."""

    label: str
    value: float
    tone: str


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing."""

    x: int
    y: int
    width: int
    height: int
    tone: str
    label: str


@dataclass(frozen=True)
class Column:
    """What stands over one label of a column chart; ``share`` (0 to 100) is a point of the line, or None."""

    label: str
    pieces: tuple[Piece, ...]
    share: float | None = None


@dataclass(frozen=True)
class Columns:
    """A laid out column chart: boxes, the points of the line, and the labels that have room."""

    width: int
    boxes: tuple[Box, ...]
    points: str
    labels: tuple[str, ...]


def bar(pieces: Sequence[Piece], *, whole: float = 0) -> list[Box]:
    """The pieces side by side; together they fill the bar, or their part of a larger ``whole``."""
    edges = _edges([piece.value for piece in pieces], whole, WIDTH)
    return [
        Box(start, 0, end - start, HEIGHT, one_of("tone", piece.tone, CHART_TONES), piece.label)
        for piece, (start, end) in zip(pieces, edges, strict=True)
        if end > start
    ]


def columns(shown: Sequence[Column], *, most_labels: int = 12) -> Columns:
    """The columns in their order, the highest one full; of many labels only some are written."""
    highest = max((sum(piece.value for piece in column.pieces) for column in shown), default=0)
    boxes: list[Box] = []
    for place, column in enumerate(shown):
        edges = _edges([piece.value for piece in column.pieces], highest, HEIGHT)
        for piece, (low, high) in zip(column.pieces, edges, strict=True):
            if high > low:
                tone = one_of("tone", piece.tone, CHART_TONES)
                at = place * STEP + GAP // 2
                boxes.append(Box(at, HEIGHT - high, STEP - GAP, high - low, tone, piece.label))
    points = " ".join(
        f"{place * STEP + STEP // 2},{HEIGHT - round(column.share)}"
        for place, column in enumerate(shown)
        if column.share is not None
    )
    every = -(-len(shown) // most_labels) or 1
    labels = tuple(column.label if place % every == 0 else "" for place, column in enumerate(shown))
    return Columns(max(len(shown), 1) * STEP, tuple(boxes), points, labels)


def _edges(values: Sequence[float], whole: float, size: int) -> list[tuple[int, int]]:
    """Where each value begins and ends; rounding moves an edge, never the sum."""
    total = max(whole, sum(values))
    found, passed = [], 0.0
    for value in values:
        start = round(passed * size / total) if total else 0
        passed += value
        found.append((start, round(passed * size / total) if total else 0))
    return found
