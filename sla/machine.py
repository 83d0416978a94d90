"""The arithmetic of one clock: it changes the instance and notes what happened, and knows no database.

All instants are whole seconds. Time used is always a difference of business time; paused wall time is never
added to a due date (DOMAIN DS-4).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schedules.bizcal import BizCal
from sla.choices import EventKind, SegmentKind, Stage
from sla.models import Clock, ClockSegment

BREACH = 100
MOST_REMINDERS = 10_000  # of one target: a number that a forgotten ticket reaches only after years


@dataclass(frozen=True)
class Terms:
    """What a definition means for one ticket: seconds, marks in percent, the business time that counts.

    ``repeat_s`` are the open seconds between two reminders after the breach, None for no reminder.
    """

    definition_id: int
    target_s: int
    marks: tuple[int, ...]
    calendar_id: int | None
    calendar_version: int | None
    biz: BizCal
    repeat_s: int | None = None


@dataclass(frozen=True)
class Cause:
    """Why a clock changes: the verb of the write, and more for the ledger."""

    verb: str
    more: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For the event's row."""
        return {"verb": self.verb, **self.more}


@dataclass(slots=True)
class Noted:
    """An event of a clock that is not stored yet; the clock may have gone on to another target since."""

    clock: Clock
    gen: int
    kind: EventKind
    at: dt.datetime
    cause: dict[str, Any]
    definition_id: int
    target_s: int
    pct: int | None = None
    seq: int | None = None


@dataclass
class Notes:
    """What happened to clocks in one write, to be stored at its end."""

    events: list[Noted] = field(default_factory=list)
    segments: list[ClockSegment] = field(default_factory=list)

    def event(
        self,
        clock: Clock,
        kind: EventKind,
        at: dt.datetime,
        cause: Cause,
        pct: int | None = None,
        seq: int | None = None,
    ) -> None:
        """Note an event of the clock's present target."""
        self.events.append(
            Noted(clock, clock.gen, kind, at, cause.as_json(), clock.definition_id, clock.target_s, pct, seq)
        )


def marks_of(thresholds: Sequence[int]) -> tuple[int, ...]:
    """The percentages that fire, in order; the breach is always the last."""
    return (*sorted({pct for pct in thresholds if 0 < pct < BREACH}), BREACH)


def mark_seconds(target_s: int, pct: int) -> int:
    """The first whole second at which ``pct`` percent are used."""
    return -(-target_s * pct // 100)


def elapsed(clock: Clock, biz: BizCal, now: dt.datetime) -> int:
    """Open seconds used up to ``now``."""
    if clock.running_since is None:
        return clock.accrued_s
    return clock.accrued_s + biz.elapsed(clock.running_since, max(now, clock.running_since))


def attach(
    ticket_id: int, track: str, cycle: int, terms: Terms, at: dt.datetime, notes: Notes, cause: Cause
) -> Clock:
    """A new clock that runs from ``at``."""
    clock = Clock(
        ticket_id=ticket_id,
        track=track,
        cycle=cycle,
        definition_id=terms.definition_id,
        target_s=terms.target_s,
        calendar_id=terms.calendar_id,
        tz=terms.biz.plan.tz,
        started_at=at,
        next_pct=terms.marks[0],
    )
    _run(clock, terms, at, cause)
    clock.original_due_at = clock.due_at
    notes.event(clock, EventKind.ATTACH, at, cause)
    return clock


def pause(clock: Clock, terms: Terms, at: dt.datetime, notes: Notes, cause: Cause) -> None:
    """Time stops counting; neither a due time nor a mark exists until it goes on (SLA-05)."""
    _end_stretch(clock, terms.biz, at, notes, cause)
    clock.stage, clock.paused_since, clock.since_verb = Stage.PAUSED, at, cause.verb
    clock.due_at = clock.next_fire_at = None
    notes.event(clock, EventKind.PAUSE, at, cause)


def resume(clock: Clock, terms: Terms, at: dt.datetime, notes: Notes, cause: Cause) -> None:
    """Time counts again, from what was used before the pause."""
    _end_stretch(clock, terms.biz, at, notes, cause)
    _run(clock, terms, at, cause)
    notes.event(clock, EventKind.RESUME, at, cause)


def finish(clock: Clock, terms: Terms, stage: Stage, at: dt.datetime, notes: Notes, cause: Cause) -> None:
    """The clock is completed or cancelled; its verdict stays."""
    _end_stretch(clock, terms.biz, at, notes, cause)
    clock.stage, clock.stopped_at, clock.since_verb = stage, at, cause.verb
    clock.next_fire_at = None
    kind = EventKind.COMPLETE if stage == Stage.COMPLETED else EventKind.CANCEL
    notes.event(clock, kind, at, cause)


def retarget(clock: Clock, old: Terms, new: Terms, at: dt.datetime, notes: Notes, cause: Cause) -> None:
    """Another target for the same promise: time used and pauses carry over, running or paused (DOMAIN DS-10).

    Marks below the present percentage count as fired. A breach of the old target stays in its event; the
    clock is breached only if the new target is exceeded too.
    """
    running = clock.stage == Stage.IN_PROGRESS
    _end_stretch(clock, old.biz, at, notes, cause)
    used, was_breached = clock.accrued_s, clock.breached_at is not None
    clock.gen += 1
    clock.definition_id, clock.target_s = new.definition_id, new.target_s
    clock.calendar_id, clock.calendar_version = new.calendar_id, new.calendar_version
    clock.tz = new.biz.plan.tz
    clock.next_overdue = None
    if used >= new.target_s:
        clock.next_pct = None if was_breached else BREACH
        clock.next_overdue = _reminder_after(new, used) if was_breached else None
    else:
        clock.breached_at = None
        clock.next_pct = next(pct for pct in new.marks if mark_seconds(new.target_s, pct) > used)
    notes.event(clock, EventKind.RETARGET, at, cause)
    if running:
        _run(clock, new, at, cause)
    else:
        clock.paused_since = at


def note_solved(clock: Clock, last: Clock, notes: Notes) -> None:
    """The time between the completion of the cycle before and this one was solved, not paused (SLA-11)."""
    if last.stage == Stage.COMPLETED and last.stopped_at is not None and last.stopped_at < clock.started_at:
        _segment(clock, SegmentKind.SOLVED, last.stopped_at, clock.started_at, 0, notes, last.since_verb)


def fire(clock: Clock, terms: Terms, now: dt.datetime, notes: Notes, cause: Cause) -> None:
    """Note each mark that is due, once, in order, with the instant it was due (SLA-12), and plan the next."""
    while clock.next_fire_at is not None and clock.next_fire_at <= now:
        at = clock.next_fire_at
        if clock.next_overdue is not None:
            notes.event(clock, EventKind.OVERDUE, at, cause, seq=clock.next_overdue)
            clock.next_overdue = _numbered(clock.next_overdue + 1)
        elif clock.next_pct == BREACH:
            clock.breached_at = at
            notes.event(clock, EventKind.BREACH, at, cause, pct=BREACH)
            clock.next_pct, clock.next_overdue = None, _reminder_after(terms, elapsed(clock, terms.biz, at))
        else:
            pct = clock.next_pct or 0
            notes.event(clock, EventKind.WARN, at, cause, pct=pct)
            clock.next_pct = next((mark for mark in terms.marks if mark > pct), None)
        plan(clock, terms)


def plan(clock: Clock, terms: Terms) -> None:
    """Compute due time and next mark of a running clock under the calendar as it is now."""
    clock.calendar_version = terms.calendar_version
    clock.due_at = clock.breached_at or _reached(clock, terms.biz, clock.target_s)
    wanted = _next_seconds(clock, terms)
    clock.next_fire_at = None if wanted is None else _reached(clock, terms.biz, wanted)


def catch_up(
    clock: Clock, terms: Terms, until: dt.datetime, notes: Notes, cause: Cause, *, since: int
) -> None:
    """Note the marks of a clock that began in the past; only the highest is told (SLA-09, DS-8).

    ``since`` is how many events there were before it began: the marks among those after are its own. The
    reminders that would have been sent by ``until`` are left out; their numbers go on.
    """
    fire(clock, terms, until, notes, cause)
    own = [event for event in notes.events[since:] if event.kind != EventKind.OVERDUE]
    for event in [event for event in own if event.pct is not None][:-1]:
        event.cause = {**event.cause, "suppressed": True}
    notes.events[since:] = own


def _next_seconds(clock: Clock, terms: Terms) -> int | None:
    """The open seconds used at the next mark."""
    if clock.next_overdue is not None:
        repeat = terms.repeat_s
        return None if repeat is None else clock.target_s + clock.next_overdue * repeat
    return None if clock.next_pct is None else mark_seconds(clock.target_s, clock.next_pct)


def _reminder_after(terms: Terms, used: int) -> int | None:
    """The number of the first reminder that comes after ``used`` open seconds."""
    if terms.repeat_s is None:
        return None
    return _numbered(max(used - terms.target_s, 0) // terms.repeat_s + 1)


def _numbered(number: int) -> int | None:
    return number if number <= MOST_REMINDERS else None


def _reached(clock: Clock, biz: BizCal, seconds: int) -> dt.datetime | None:
    """The instant at which ``seconds`` are used; the start of the stretch when they already were by then."""
    since = clock.running_since
    if since is None:
        return None
    return biz.add(since, max(seconds - clock.accrued_s, 0))


def _run(clock: Clock, terms: Terms, at: dt.datetime, cause: Cause) -> None:
    clock.stage, clock.running_since, clock.since_verb = Stage.IN_PROGRESS, at, cause.verb
    plan(clock, terms)


def _end_stretch(clock: Clock, biz: BizCal, at: dt.datetime, notes: Notes, cause: Cause) -> None:
    """Book the time since the clock began to run or to wait."""
    if clock.running_since is not None:
        began, kind = clock.running_since, SegmentKind.RUNNING
        spent = biz.elapsed(began, at)
        clock.accrued_s += spent
    elif clock.paused_since is not None:
        began, kind = clock.paused_since, SegmentKind.PAUSED
        spent = biz.elapsed(began, at)
        clock.business_pause_s += spent
        clock.wall_pause_s += int((at - began).total_seconds())
    else:
        return
    clock.running_since = clock.paused_since = None
    _segment(clock, kind, began, at, spent, notes, clock.since_verb, cause.verb)


def _segment(
    clock: Clock,
    kind: SegmentKind,
    began: dt.datetime,
    ended: dt.datetime,
    open_s: int,
    notes: Notes,
    began_by: str,
    ended_by: str = "",
) -> None:
    if began < ended:
        notes.segments.append(
            ClockSegment(
                clock=clock,
                gen=clock.gen,
                kind=kind,
                began_at=began,
                ended_at=ended,
                open_s=open_s,
                began_by=began_by,
                ended_by=ended_by or clock.since_verb,
            )
        )
