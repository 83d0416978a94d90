"""The SLA page of a ticket: bands as rectangles, conditions and differences in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from desk.words import label_of
from schedules.models import Calendar
from sla.choices import Stage
from sla.fitting import Fit, Leaf
from sla.models import SLADefinition
from sla.past.explain import CLOSED, OPEN, PAUSED, SOLVED, Band, Explained
from sla.past.repair import Diff
from tickets import kinds

WIDTH = 1_000
BANDS: dict[str, str | Promise] = {
    OPEN: gettext_lazy("Business time used"),
    CLOSED: gettext_lazy("Outside business hours"),
    PAUSED: gettext_lazy("Waiting"),
    SOLVED: gettext_lazy("Solved"),
}
PARTS: dict[str, str | Promise] = {
    "start": gettext_lazy("Start"),
    "stop": gettext_lazy("Stop"),
    "cancel": gettext_lazy("Cancel"),
}
SIGNS: dict[str, str | Promise] = {
    "eq": "=",
    "ne": "≠",
    "lt": "<",
    "lte": "≤",
    "gt": ">",
    "gte": "≥",
    "in": gettext_lazy("is one of"),
    "nin": gettext_lazy("is none of"),
    "between": gettext_lazy("is between"),
    "contains": gettext_lazy("contains"),
    "starts": gettext_lazy("starts with"),
    "empty": gettext_lazy("is empty"),
    "nempty": gettext_lazy("is not empty"),
    "changed": gettext_lazy("changes"),
    "changed_from": gettext_lazy("changes from"),
    "changed_to": gettext_lazy("changes to"),
}
COLUMNS: dict[str, str | Promise] = {
    "definition_id": gettext_lazy("Definition"),
    "stage": gettext_lazy("Stage"),
    "target_s": gettext_lazy("Target"),
    "accrued_s": gettext_lazy("Time used"),
    "business_pause_s": gettext_lazy("Business time waited"),
    "wall_pause_s": gettext_lazy("Time waited"),
    "started_at": gettext_lazy("Started"),
    "running_since": gettext_lazy("Runs since"),
    "paused_since": gettext_lazy("Waits since"),
    "stopped_at": gettext_lazy("Ended"),
    "due_at": gettext_lazy("Due"),
    "original_due_at": gettext_lazy("Due at first"),
    "breached_at": gettext_lazy("Missed at"),
    "next_fire_at": gettext_lazy("Next mark at"),
    "next_pct": gettext_lazy("Next mark"),
    "calendar_id": gettext_lazy("Calendar"),
    "tz": gettext_lazy("Time zone"),
    "since_verb": gettext_lazy("Last change"),
}
DIFFERENCES: dict[str, str | Promise] = {
    "changed": gettext_lazy("differs"),
    "missing": gettext_lazy("was never started"),
    "extra": gettext_lazy("should never have started"),
}


@dataclass(frozen=True)
class Piece:
    """A band on the page: where it stands of 1000, what it is called, and how long it took."""

    kind: str
    label: str
    x: int
    width: int
    band: Band
    length: str


@dataclass(frozen=True)
class ClockPage:
    """One clock of the page."""

    told: Explained
    pieces: tuple[Piece, ...]
    due_x: int | None
    anchor: str


@dataclass(frozen=True)
class LeafLine:
    """One test of a condition in words."""

    label: str
    sign: str
    wanted: str
    value: str
    holds: bool


@dataclass(frozen=True)
class PartLine:
    """One condition of a definition in words."""

    label: str
    is_in_the_way: bool
    leaves: tuple[LeafLine, ...]


@dataclass(frozen=True)
class DiffLine:
    """One column that a repair changes."""

    clock: str
    what: str
    label: str
    stored: str
    replayed: str


def clock_pages(found: Iterable[Explained]) -> list[ClockPage]:
    """The clocks with their bands laid out from the start to the end, to the due time or to now."""
    return [_page(told) for told in found]


def _page(told: Explained) -> ClockPage:
    clock, bands = told.clock, told.bands
    first = bands[0].began_at if bands else clock.started_at
    last = bands[-1].ended_at if bands else clock.started_at
    due = clock.due_at if clock.is_open else None
    last = max(last, due) if due else last
    whole = max((last - first).total_seconds(), 1)

    def x(at: dt.datetime) -> int:
        return int((at - first).total_seconds() * WIDTH / whole)

    pieces = tuple(
        Piece(
            band.kind,
            str(BANDS[band.kind]),
            x(band.began_at),
            max(x(band.ended_at) - x(band.began_at), 1),
            band,
            formats.span(band.seconds),
        )
        for band in bands
    )
    return ClockPage(
        told, pieces, None if due is None else min(x(due), WIDTH - 3), f"clock-{clock.public_id}"
    )


def fit_lines(fits: Iterable[Fit], kind: str) -> list[tuple[Fit, list[PartLine]]]:
    """Definitions with their conditions in words."""
    return [
        (
            fit,
            [
                PartLine(
                    str(PARTS[part.name]),
                    part.is_in_the_way,
                    tuple(_leaf(leaf, kind) for leaf in part.leaves),
                )
                for part in fit.parts
                if part.is_given
            ],
        )
        for fit in fits
    ]


def _leaf(leaf: Leaf, kind: str) -> LeafLine:
    root, _dot, rest = leaf.field.partition(".")
    spec = kinds.get(kind)
    label = label_of(root, spec.model) + (f" · {rest}" if rest else "")
    wanted, value = leaf.wanted, leaf.value
    if leaf.field == "state":
        states = {key: str(name) for key, name in spec.state_labels.items()}
        wanted = ", ".join(states.get(each, each) for each in wanted.split(", "))
        value = states.get(value, value)
    return LeafLine(label, str(SIGNS.get(leaf.op, leaf.op)), wanted, value, leaf.holds)


def diff_lines(diff: Diff) -> list[DiffLine]:
    """What a repair changes, column by column. Two queries for names."""
    lines = [(each, pair) for each in diff.clocks for pair in each.fields]
    keys = {pair.name: set[int]() for _each, pair in lines}
    for _each, pair in lines:
        keys[pair.name] |= {value for value in (pair.stored, pair.replayed) if isinstance(value, int)}
    names = {
        "definition_id": {
            row.pk: f"{row.name} ({row.key} {row.no})"
            for row in SLADefinition.objects.filter(pk__in=keys.get("definition_id", ()))
        },
        "calendar_id": {
            row.pk: row.name for row in Calendar.objects.filter(pk__in=keys.get("calendar_id", ()))
        },
    }
    return [
        DiffLine(
            f"{each.name} ({each.cycle})",
            str(DIFFERENCES[each.kind]),
            str(COLUMNS[pair.name]),
            _shown(pair.name, pair.stored, names),
            _shown(pair.name, pair.replayed, names),
        )
        for each, pair in lines
    ]


def _shown(name: str, value: Any, names: dict[str, dict[int, str]]) -> str:
    if value is None or value == "":
        return "–"
    if name in names:
        return names[name].get(value, str(value))
    if isinstance(value, dt.datetime):
        return formats.exact(value)
    if name.endswith("_s"):
        return formats.span(value) if value else _("nothing")
    if name == "stage":
        return str(Stage(value).label)
    return f"{value} %" if name == "next_pct" else str(value)
