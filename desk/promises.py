"""SLA clocks as the workspace shows them: the next of each row, all on a ticket, and whose time it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core import formats
from core.charts import Piece
from core.components import clock_words
from sla.choices import SegmentKind, Stage, Target, Type
from sla.past.breakdown import Breakdown, Parts, Share, Stretch, breakdowns_of
from sla.selectors import ClockView, clocks_for, latest_cycles
from tickets.models import Ticket

OVER = ("met", "missed")
COURSE_TONES = {SegmentKind.RUNNING: "accent", SegmentKind.PAUSED: "warn", SegmentKind.SOLVED: "good"}


@dataclass(frozen=True)
class Strip:
    """One clock on a ticket's page in words: what is promised, by whose hours, why it stands still.

    ``about`` is what is promised, where the promise's name does not say it. ``words`` repeat what colour and
    icon say, where the clock itself shows only figures.
    """

    clock: ClockView
    about: str
    calendar: str
    words: str
    stands: str

    @property
    def is_due(self) -> bool:
        """Whether it runs towards an instant."""
        return self.clock.stage == Stage.IN_PROGRESS and self.clock.due_at is not None

    @property
    def is_late(self) -> bool:
        """Whether that instant has passed."""
        return self.is_due and self.clock.breached_at is not None


@dataclass(frozen=True)
class Line:
    """One owner's part of a clock, with its bar."""

    name: str
    parts: Parts
    pieces: tuple[Piece, ...]
    sentence: str


@dataclass(frozen=True)
class Step:
    """One stretch of a clock's life, in words."""

    label: str
    began_at: dt.datetime
    ended_at: dt.datetime
    length: str


@dataclass(frozen=True)
class Times:
    """How a clock's time went, and whose it was: by group, by assignee, and all of it."""

    clock: ClockView
    course: tuple[Piece, ...]
    steps: tuple[Step, ...]
    total: Line
    tables: tuple[tuple[str, tuple[Line, ...]], ...]
    longest: int
    has_solved: bool

    @property
    def shown(self) -> tuple[tuple[str, tuple[Line, ...]], ...]:
        """The tables, when there is time to divide."""
        return self.tables if self.steps else ()


def clocks_of(ticket_ids: Collection[int]) -> dict[int, list[ClockView]]:
    """All clocks of these tickets, by ticket, in one query; none is asked when there are no tickets."""
    return clocks_for(ticket_ids) if ticket_ids else {}


def next_clock(clocks: Collection[ClockView]) -> ClockView | None:
    """The clock that breaks first; a paused one when none runs; None when all are over."""
    live = [clock for clock in clocks if clock.state not in OVER]
    return min(live, key=lambda clock: (clock.state == "paused", clock.left_seconds), default=None)


def strip_of(clocks: Sequence[ClockView]) -> list[Strip]:
    """The clocks of a ticket, in their order, as its page tells of them."""
    return [
        Strip(
            clock=clock,
            about=_about(clock),
            calendar=calendar_words(clock),
            words=clock_words(clock) if clock.state in {"ok", "warn", "crit", "breached"} else "",
            stands=_stands(clock),
        )
        for clock in clocks
    ]


def calendar_words(clock: ClockView) -> str:
    """By whose hours a clock counts, and in which zone they are read."""
    return f"{clock.calendar_name} ({clock.tz})" if clock.calendar_name else "24×7"


def _about(clock: ClockView) -> str:
    """``Resolution`` or ``Resolution · OLA``; nothing when the name of a promise to the customer says it."""
    target = str(Target(clock.target).label)
    if clock.type != Type.SLA:
        return f"{target} · {Type(clock.type).label}"
    return "" if target.casefold() in clock.name.casefold() else target


def _stands(clock: ClockView) -> str:
    if clock.stage == Stage.PAUSED:
        reason = clock.pause_reason or _("Paused")
        if clock.paused_since is None:
            return reason
        return _("%(reason)s since %(time)s") % {"reason": reason, "time": formats.due(clock.paused_since)}
    if clock.stage == Stage.IN_PROGRESS and not clock.is_ticking:
        return _("Outside business hours: the clock stands still.")
    return ""


def times_of(ticket: Ticket) -> list[Times]:
    """Whose the time of each clock on the ticket was, the latest cycle of each promise; five queries."""
    clocks = latest_cycles([ticket.pk])
    if not clocks:
        return []
    now = clocks[0].now  # type: ignore[attr-defined] # annotated
    return [_times(each) for each in breakdowns_of(ticket, clocks, now=now)]


def _times(found: Breakdown) -> Times:
    longest = max((share.parts.wall for share in (*found.groups, *found.assignees)), default=0)
    return Times(
        clock=found.clock,
        course=tuple(_piece(stretch) for stretch in found.stretches),
        steps=tuple(_step(stretch) for stretch in found.stretches),
        total=_line(_("Together"), found.total),
        tables=(
            (_("Assignment group"), _lines(found.groups, _("No group"))),
            (_("Assignee"), _lines(found.assignees, _("Nobody"))),
        ),
        longest=longest,
        has_solved=found.total.solved > 0,
    )


def _piece(stretch: Stretch) -> Piece:
    step, seconds = _step(stretch), (stretch.ended_at - stretch.began_at).total_seconds()
    return Piece(f"{step.label}: {step.length}", seconds, COURSE_TONES[SegmentKind(stretch.kind)])


def _step(stretch: Stretch) -> Step:
    """A pause or solution counts by the wall, a running stretch by business time and by the wall."""
    wall = int((stretch.ended_at - stretch.began_at).total_seconds())
    length = formats.hours(wall)
    if stretch.kind == SegmentKind.RUNNING and stretch.open_s != wall:
        names = {"open": formats.hours(stretch.open_s), "wall": length}
        length = _("%(open)s of business time in %(wall)s") % names
    return Step(str(SegmentKind(stretch.kind).label), stretch.began_at, stretch.ended_at, length)


def _lines(shares: Sequence[Share], nobody: str) -> tuple[Line, ...]:
    return tuple(_line(share.name or nobody, share.parts) for share in shares)


def _line(name: str, parts: Parts) -> Line:
    shown = [
        (_("Business time used"), parts.running, "accent"),
        (_("Paused"), parts.paused, "warn"),
        (_("Outside business hours"), parts.off_hours, "neutral"),
        (_("Solved"), parts.solved, "good"),
    ]
    pieces = tuple(
        Piece(f"{label}: {formats.hours(value)}", value, tone) for label, value, tone in shown if value
    )
    return Line(name, parts, pieces, f"{name}. " + ", ".join(piece.label for piece in pieces))
