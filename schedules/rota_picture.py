"""Four weeks of a rota as a picture: a strip per week with a line per layer and one for who is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from core.components import hue_of
from schedules import rota_math
from schedules.rota_files import why
from schedules.selectors import Duty, Read

WEEKS = 4
WIDTH, LABELS = 1000, 150  # of a strip and of the names at its left, in units of the drawing
HEAD, LINE, BAR = 24, 34, 26
_NAMED = 44  # a bar narrower than this has no room for a name


@dataclass(frozen=True)
class Bar:
    """A turn: where it is drawn, whose it is, and all of it in words."""

    x: int
    width: int
    hue: int
    name: str
    text: str
    is_override: bool

    @property
    def is_named(self) -> bool:
        """Whether there is room for the name."""
        return self.width >= _NAMED


@dataclass(frozen=True)
class Line:
    """One line of a strip."""

    y: int
    label: str
    bars: list[Bar]
    is_final: bool = False

    @property
    def middle(self) -> int:
        """Where its texts stand."""
        return self.y + BAR // 2 + 5


@dataclass(frozen=True)
class Day:
    """Where a day begins in a strip."""

    x: int
    text: str
    is_today: bool


@dataclass(frozen=True)
class Strip:
    """One week."""

    label: str
    days: list[Day]
    lines: list[Line]

    @property
    def height(self) -> int:
        """Of the drawing."""
        return HEAD + LINE * len(self.lines)


@dataclass(frozen=True)
class Entry:
    """A line of the table that says the same in words; no ``duty`` means that nobody is on call."""

    start: dt.datetime
    end: dt.datetime
    duty: Duty | None
    why: str = ""


def span(found: Read, monday: dt.date) -> tuple[dt.datetime, dt.datetime]:
    """The four weeks from that day on."""
    return _midnight(found, monday), _midnight(found, monday + dt.timedelta(weeks=WEEKS))


def strips(found: Read, monday: dt.date, today: dt.date) -> list[Strip]:
    """The weeks from that Monday on."""
    return [_strip(found, monday + dt.timedelta(weeks=week), today) for week in range(WEEKS)]


def table(found: Read, since: dt.datetime, until: dt.datetime) -> list[Entry]:
    """The turns of that time in their order, and where nobody is on call."""
    entries, at = [], since
    for duty in found.turns(since, until):
        if duty.start > at:
            entries.append(Entry(at, duty.start, None))
        entries.append(Entry(duty.start, duty.end, duty, why(duty)))
        at = duty.end
    if at < until:
        entries.append(Entry(at, until, None))
    return entries


def _strip(found: Read, monday: dt.date, today: dt.date) -> Strip:
    dates = [monday + dt.timedelta(days=day) for day in range(8)]
    edges = [_midnight(found, day) for day in dates]
    start, end = edges[0], edges[-1]
    layers = [
        (layer.name, [found.duty(turn) for turn in rota_math.layer_turns(found.counted, place, start, end)])
        for place, layer in enumerate(found.layers)
    ]
    named = [*layers, (_("Called first"), found.turns(start, end))]
    lines = [
        Line(HEAD + LINE * at, label, _bars(found, duties, start, end), is_final=at == len(layers))
        for at, (label, duties) in enumerate(named)
    ]
    days = [
        Day(_x(edge, start, end), formats.day_text(day, today=day), day == today)
        for day, edge in zip(dates[:7], edges[:7], strict=True)
    ]
    return Strip(formats.day_text(monday, today=today), days, lines)


def _bars(found: Read, duties: Iterable[Duty], start: dt.datetime, end: dt.datetime) -> list[Bar]:
    return [
        Bar(
            x=_x(duty.start, start, end),
            width=max(_x(duty.end, start, end) - _x(duty.start, start, end) - 1, 2),
            hue=hue_of(duty.person),
            name=duty.person.display_name,
            text=_in_words(found, duty),
            is_override=duty.override is not None,
        )
        for duty in duties
    ]


def _in_words(found: Read, duty: Duty) -> str:
    zone = found.counted.zone
    shown = [
        f"{formats.day_text(at.date())} {formats.time_text(at)}"
        for at in (duty.start.astimezone(zone), duty.end.astimezone(zone))
    ]
    return f"{duty.person.display_name}, {shown[0]} – {shown[1]} ({why(duty)})"


def _x(at: dt.datetime, start: dt.datetime, end: dt.datetime) -> int:
    """By the time that really passes: a day of 23 hours is narrower."""
    return LABELS + round((WIDTH - LABELS) * ((at - start) / (end - start)))


def _midnight(found: Read, day: dt.date) -> dt.datetime:
    return rota_math.reached(dt.datetime.combine(day, dt.time.min), found.counted.zone)


def absent_text(people: Iterable[User]) -> str:
    """Who is passed over, by name."""
    return ", ".join(person.display_name for person in people)
