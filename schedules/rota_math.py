"""Who is on call: turns by the wall clock, layers above each other, overrides above all.

Pure Python: no Django, no clock. People are numbers. A hand-over happens at the first instant at which the
wall clock of the rota's zone has reached its time: 09:00 stays 09:00 over a change of offset, a time that is
skipped comes when the clock jumps past it, one that comes twice is the first of the two. The length of a turn
is counted on the wall clock too: a turn of 12 hours may last 11 or 13. Instants are aware datetimes, answers
are in UTC.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from schedules.bizcal import BizCal, Interval, Plan

HOURS, DAYS, WEEKS = "hours", "days", "weeks"
STEPS = {HOURS: dt.timedelta(hours=1), DAYS: dt.timedelta(days=1), WEEKS: dt.timedelta(weeks=1)}
OVERRIDE = -1  # the place of a duty that comes from an override
Hours = tuple[tuple[int, tuple[Interval, ...]], ...]


@dataclass(frozen=True)
class Layer:
    """People who take turns. ``hours`` (days of the week with minutes) are when it counts; None is always.

    The first turn begins at ``handover`` of ``start``, with ``weekday`` (0 is Monday) of the first such day
    from then on. Who is not there (``Rota.absent``) is passed over: the turn is the next person's.
    """

    start: dt.date
    handover: dt.time
    unit: str
    length: int
    people: tuple[int, ...]
    weekday: int | None = None
    hours: Hours | None = None

    @property
    def step(self) -> dt.timedelta:
        """The length of a turn on the wall clock."""
        return STEPS[self.unit] * self.length

    @property
    def first(self) -> dt.datetime:
        """The wall-clock time of the first hand-over."""
        ahead = 0 if self.weekday is None else (self.weekday - self.start.weekday()) % 7
        return dt.datetime.combine(self.start + dt.timedelta(days=ahead), self.handover)


@dataclass(frozen=True)
class Override:
    """Somebody is on call from ``start`` until before ``end``, whatever the layers say."""

    key: int
    person: int
    start: dt.datetime
    end: dt.datetime


@dataclass(frozen=True)
class Duty:
    """Why a person is on call: ``place`` is the layer's position, or OVERRIDE; ``turn`` tells turns apart."""

    person: int
    place: int
    turn: int


@dataclass(frozen=True)
class Turn:
    """A stretch of time with the duty that fills it."""

    start: dt.datetime
    end: dt.datetime
    duty: Duty


@dataclass(frozen=True)
class Stretch:
    """A stretch of time in which the same people are called in the same order."""

    start: dt.datetime
    end: dt.datetime
    chain: tuple[Duty, ...]


@dataclass(frozen=True)
class Rota:
    """A rota: layers from the one called first to the one called last, and overrides that never overlap."""

    tz: str
    layers: tuple[Layer, ...] = ()
    overrides: tuple[Override, ...] = ()
    absent: frozenset[int] = field(default_factory=frozenset)

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone whose wall clock counts."""
        return ZoneInfo(self.tz)

    @cached_property
    def longest(self) -> dt.timedelta:
        """No turn is longer, with two days for changes of offset."""
        steps = [layer.step for layer in self.layers] + [each.end - each.start for each in self.overrides]
        return max(steps, default=dt.timedelta()) + dt.timedelta(days=2)


def reached(wall: dt.datetime, zone: ZoneInfo) -> dt.datetime:
    """The first instant, in UTC, at which the wall clock of ``zone`` shows ``wall`` or has gone past it."""
    early = wall.replace(tzinfo=zone, fold=0).astimezone(dt.UTC)
    if early.astimezone(zone).replace(tzinfo=None) == wall:
        return early
    # Skipped. The offset after the jump gives an instant before it, the one before the jump one after it.
    low = int(wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC).timestamp() // 1)
    high = int(early.timestamp() // 1) + 1
    while high - low > 1:
        middle = (low + high) // 2
        shown = dt.datetime.fromtimestamp(middle, zone).replace(tzinfo=None)
        low, high = (low, middle) if shown >= wall else (middle, high)
    return dt.datetime.fromtimestamp(high, dt.UTC)


def turn_at(layer: Layer, zone: ZoneInfo, at: dt.datetime) -> int:
    """The number of the layer's turn at an instant, 0 is the first; negative before it."""
    wall = at.astimezone(zone).replace(tzinfo=None)
    number = max((wall - layer.first) // layer.step, -1)
    while number >= 0 and reached(layer.first + number * layer.step, zone) > at:
        number -= 1
    while reached(layer.first + (number + 1) * layer.step, zone) <= at:
        number += 1
    return number


def person_of(layer: Layer, turn: int, absent: frozenset[int] = frozenset()) -> int | None:
    """Whose turn it is: the one in the order, else the next who is there; None when nobody is."""
    count = len(layer.people)
    around = (layer.people[(turn + ahead) % count] for ahead in range(count))
    return next((person for person in around if person not in absent), None)


def on_call(rota: Rota, at: dt.datetime) -> list[Duty]:
    """Who is called at an instant, the first to call first: the override, then the layers from the top.

    A person who is in several of them is called once, in the first place.
    """
    edge = dt.timedelta(seconds=1)
    found = [each for each in stretches(rota, at, at + edge) if each.start <= at < each.end]
    return list(found[0].chain) if found else []


def turns(rota: Rota, start: dt.datetime, end: dt.datetime) -> list[Turn]:
    """Who is called first in ``[start, end)``, turn by turn, cut at its ends; nobody's time is left out."""
    found = [Turn(each.start, each.end, each.chain[0]) for each in stretches(rota, start, end) if each.chain]
    return _joined(found)


def whole_turns(rota: Rota, start: dt.datetime, end: dt.datetime) -> list[Turn]:
    """As ``turns``, but those at the ends are whole: the same turn has the same times in every answer."""
    around = turns(rota, start - rota.longest, end + rota.longest)
    return [turn for turn in around if turn.start < end and turn.end > start]


def turns_of(rota: Rota, person: int, start: dt.datetime, end: dt.datetime) -> list[tuple[int, Turn]]:
    """The turns of one person that touch ``[start, end)``, whole, each with its place in the order of calls.

    Place 0 is called first. A turn whose place changes midway is told in parts.
    """
    ranked: dict[int, list[Turn]] = {}
    for each in stretches(rota, start - rota.longest, end + rota.longest):
        for rank, duty in enumerate(each.chain):
            if duty.person == person:
                ranked.setdefault(rank, []).append(Turn(each.start, each.end, duty))
    found = [(rank, turn) for rank, parts in ranked.items() for turn in _joined(parts)]
    within = [(rank, turn) for rank, turn in found if turn.start < end and turn.end > start]
    return sorted(within, key=lambda pair: (pair[1].start, pair[0]))


def layer_turns(rota: Rota, place: int, start: dt.datetime, end: dt.datetime) -> list[Turn]:
    """The turns of one layer alone in ``[start, end)``, cut at its ends and at the layer's hours."""
    layer, zone = rota.layers[place], rota.zone
    found = []
    for number, begin, finish in _numbered(layer, zone, start, end):
        person = person_of(layer, number, rota.absent)
        if person is not None:
            found.append(Turn(begin, finish, Duty(person, place, number)))
    if layer.hours is None:
        return found
    counted = _counted(rota.tz, layer.hours)
    return [Turn(*part, turn.duty) for turn in found for part in _open_parts(counted, turn.start, turn.end)]


def stretches(rota: Rota, start: dt.datetime, end: dt.datetime) -> Iterator[Stretch]:
    """``[start, end)`` cut wherever the people to call or their order change; nobody's time is in it too."""
    start, end = start.astimezone(dt.UTC), end.astimezone(dt.UTC)
    lines = [_override_turns(rota, start, end)]
    lines += [layer_turns(rota, place, start, end) for place in range(len(rota.layers))]
    edges = {start, end} | {edge for line in lines for turn in line for edge in (turn.start, turn.end)}
    begins = [[turn.start for turn in line] for line in lines]
    cuts = sorted(edge for edge in edges if start <= edge <= end)
    for begin, finish in pairwise(cuts):
        chain: dict[int, Duty] = {}
        for line, starts in zip(lines, begins, strict=True):
            at = bisect_right(starts, begin) - 1
            if at >= 0 and begin < line[at].end:
                chain.setdefault(line[at].duty.person, line[at].duty)
        yield Stretch(begin, finish, tuple(chain.values()))


def _override_turns(rota: Rota, start: dt.datetime, end: dt.datetime) -> list[Turn]:
    return [
        Turn(max(each.start, start), min(each.end, end), Duty(each.person, OVERRIDE, each.key))
        for each in sorted(rota.overrides, key=lambda each: each.start)
        if each.person not in rota.absent and each.start < end and each.end > start
    ]


def _numbered(
    layer: Layer, zone: ZoneInfo, start: dt.datetime, end: dt.datetime
) -> Iterator[tuple[int, dt.datetime, dt.datetime]]:
    """The turns that touch ``[start, end)`` with their numbers; one that a skipped time swallowed is none."""
    number = max(turn_at(layer, zone, start), 0)
    begin = reached(layer.first + number * layer.step, zone)
    while begin < end:
        finish = reached(layer.first + (number + 1) * layer.step, zone)
        if max(begin, start) < min(finish, end):
            yield number, max(begin, start), min(finish, end)
        number, begin = number + 1, finish


@lru_cache(maxsize=256)
def _counted(tz: str, hours: Hours) -> BizCal:
    """The hours ready to count with; their table is kept per process."""
    return BizCal(Plan(tz=tz, weekly=dict(hours)))


def _open_parts(
    counted: BizCal, start: dt.datetime, end: dt.datetime
) -> Iterator[tuple[dt.datetime, dt.datetime]]:
    """The open parts of a stretch, exact also when its ends are no whole seconds."""
    whole = end if end.microsecond == 0 else end.replace(microsecond=0) + dt.timedelta(seconds=1)
    for begin, finish in counted.open_segments(start, whole):
        if max(begin, start) < min(finish, end):
            yield max(begin, start), min(finish, end)


def _joined(found: Sequence[Turn]) -> list[Turn]:
    """Neighbours of one duty as one turn: what was cut by a change further down belongs together."""
    joined: list[Turn] = []
    for turn in found:
        if joined and joined[-1].duty == turn.duty and joined[-1].end == turn.start:
            joined[-1] = Turn(joined[-1].start, turn.end, turn.duty)
        else:
            joined.append(turn)
    return joined
