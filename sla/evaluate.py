"""What a write to a ticket does to its clocks, in the writer's transaction and in a fixed order (SLA-03)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from core.cause import current_chain
from core.conditions import Condition
from core.prepared import Prepared
from sla import machine, retroactive
from sla.book import Book, Promise, current, promise_of
from sla.choices import CancelMode, OnRetarget, Relative, ResumeMode, Stage
from sla.ledger import store
from sla.machine import Cause, Notes
from sla.models import Clock
from tickets.conditions import DICTIONARY
from tickets.hooks import Change
from tickets.services.writing import plain

Keep = Callable[[list[Clock], Iterable[Clock], Notes], None]
UNDONE_MERGE = "unmerge"  # how the verbs begin by which a kind takes a merge back
_TICKET = -1  # the place of the ticket that the prepared query is asked for


def evaluate(change: Change) -> None:
    """Attach, retarget, stop, pause and resume the clocks of the ticket that was just written.

    Costs one query for a new ticket and two for another, and one per table when something happens to a clock.
    """
    if change.before is not None and not change.changes:
        return
    book = current(change.stamps)
    clocks = [] if change.before is None else _locked(change.ticket.pk)
    if book.of_kind(change.ticket.kind) or any(clock.is_open for clock in clocks):
        _Evaluation(change, book, clocks).run()


def evaluate_in_memory(change: Change, book: Book, clocks: list[Clock], keep: Keep) -> None:
    """The same passes over ``clocks`` by the rules of ``book``; ``keep`` gets what would be stored.

    Nothing is written: for replays and what-ifs.
    """
    _Evaluation(change, book, clocks).run(keep)


def _locked(ticket_id: int) -> list[Clock]:
    return _of_ticket().read(ticket_id)


@cache
def _of_ticket() -> Prepared[Clock]:
    rows = Clock.objects.filter(ticket=_TICKET).select_for_update(no_key=True)
    return Prepared(rows.order_by("pk"), _TICKET)


class _Evaluation:
    """One write, seen by all clocks of its ticket."""

    def __init__(self, change: Change, book: Book, clocks: list[Clock]) -> None:
        self.change, self.ticket, self.book = change, change.ticket, book
        self.at = _instant(change.at, clocks)
        self.open = {clock.track: clock for clock in clocks if clock.is_open}
        self.last: dict[str, Clock] = {}
        for clock in sorted(clocks, key=lambda each: each.cycle):
            self.last[clock.track] = clock
        self.new: list[Clock] = []
        self.changed: dict[int, Clock] = {}
        self.notes = Notes()

    def run(self, keep: Keep = store) -> None:
        """The passes in their order, then the rows."""
        self._fire()
        for clock in list(self.open.values()):
            self._retarget(clock)
            self._move_due(clock)
        for promise in self.book.of_kind(self.ticket.kind):
            if promise.row.track not in self.open and self._fits(promise):
                self._attach(promise)
        for clock in list(self.open.values()):
            self._settle(clock)
        if self.ticket.is_closed:
            for clock in list(self.open.values()):
                self._finish(clock, Stage.CANCELLED)
        self._fire()
        keep(self.new, self.changed.values(), self.notes)

    def _holds(self, condition: Condition | None) -> bool:
        if condition is None:
            return False
        return condition.test(self.ticket, before=self.change.before, now=self.change.at)

    def _fits(self, promise: Promise) -> bool:
        """Whether pass 1 attaches: start, and neither stop nor cancel."""
        wanted = self._holds(promise.start) and not self._holds(promise.stop)
        return wanted and not self._holds(promise.cancel_rule)

    def _cause(self, promise: Promise) -> Cause:
        """The write and the values among its changes that this promise looks at."""
        roots = {path.partition(".")[0] for path in promise.fields}
        changes = {
            name: [plain(value) for value in pair]
            for name, pair in self.change.changes.items()
            if name in roots
        }
        more = {"changes": changes, "actor": getattr(self.change.actor, "pk", None), "chain": current_chain()}
        dotted = {path: plain(self._value(path)) for path in sorted(promise.fields) if "." in path}
        if dotted:  # what is behind a reference may change without the ticket: a replay needs it as it was
            more["values"] = dotted
        return Cause(self.change.verb[:40], more)

    def _value(self, path: str) -> Any:
        field = DICTIONARY.get(path)
        return None if field is None else field.read(self.ticket)

    def _touch(self, clock: Clock) -> None:
        if clock.pk is not None:
            self.changed[clock.pk] = clock

    def _fire(self) -> None:
        """Marks that came due before this write, or by it, are noted before anything else happens."""
        for clock in self.open.values():
            if clock.next_fire_at is not None and clock.next_fire_at <= self.at:
                cause = self._cause(promise_of(clock.definition_id))
                machine.fire(clock, self.book.terms_of(clock), self.at, self.notes, cause)
                self._touch(clock)

    def _retarget(self, clock: Clock) -> None:
        """Another definition of the track fits now and the clock's own does not: it takes over (SLA-10)."""
        old = promise_of(clock.definition_id)
        if old.row.on_retarget == OnRetarget.KEEP or self._holds(old.start) or self._holds(old.stop):
            return
        sibling = self._sibling(clock)
        if sibling is None:
            return
        if old.row.on_retarget == OnRetarget.RESTART:
            self._finish(clock, Stage.CANCELLED)
            self._attach(sibling)
            return
        old_terms = self.book.terms_of(clock)
        used = machine.elapsed(clock, old_terms.biz, self.at)
        terms = self.book.terms_for(sibling, self.ticket, self.at, started=clock.started_at, used=used)
        machine.retarget(clock, old_terms, terms, self.at, self.notes, self._cause(sibling))
        self._touch(clock)

    def _move_due(self, clock: Clock) -> None:
        """The date that a clock is due at was changed: it is planned anew, as by another target (SLA-06)."""
        promise = promise_of(clock.definition_id)
        is_dated = clock.is_open and promise.row.relative == Relative.DUE_FIELD
        if not is_dated or promise.row.due_field not in self.change.changes or self._holds(promise.stop):
            return
        old = self.book.terms_of(clock)
        used = machine.elapsed(clock, old.biz, self.at)
        new = self.book.dated_terms(clock, self.ticket, self.at, used=used)
        if new.target_s != old.target_s:
            machine.retarget(clock, old, new, self.at, self.notes, self._cause(promise))
            self._touch(clock)

    def _sibling(self, clock: Clock) -> Promise | None:
        fitting = (
            promise
            for promise in self.book.of_kind(self.ticket.kind)
            if promise.row.track == clock.track
            and promise.row.pk != clock.definition_id
            and self._fits(promise)
        )
        return next(fitting, None)

    def _attach(self, promise: Promise) -> None:
        last = self.last.get(promise.row.track)
        cycle = 1 if last is None else last.cycle + 1
        goes_on = self._goes_on_from(last)
        started = goes_on or retroactive.start_of(promise, self.ticket, last, self.at)
        terms, cause = self.book.terms_for(promise, self.ticket, started), self._cause(promise)
        clock = machine.attach(self.ticket.pk, promise.row.track, cycle, terms, started, self.notes, cause)
        if started < self.at:
            retroactive.catch_up(
                clock, promise, terms, self.ticket,
                at=self.at, known=self.change.at, notes=self.notes, cause=cause, pauses=goes_on is not None,
            )  # fmt: skip
        if last is not None:
            machine.note_solved(clock, last, self.notes)
        self.open[clock.track] = self.last[clock.track] = clock
        self.new.append(clock)

    def _goes_on_from(self, last: Clock | None) -> dt.datetime | None:
        """Since when a promise counts whose clock was cancelled by a merge that is undone now."""
        if last is None or last.stage != Stage.CANCELLED or not self.change.verb.startswith(UNDONE_MERGE):
            return None
        return last.started_at

    def _settle(self, clock: Clock) -> None:
        """The first rule that matches: stop, reset, cancel, pause, resume."""
        promise = promise_of(clock.definition_id)
        if self._holds(promise.stop):
            self._finish(clock, Stage.COMPLETED)
        elif self._is_reset(clock, promise):
            self._finish(clock, Stage.COMPLETED)
            if self._fits(promise):
                self._attach(promise)
                self._pause_or_resume(self.open[clock.track], promise)
        elif self._is_cancelled(clock, promise):
            self._finish(clock, Stage.CANCELLED)
        else:
            self._pause_or_resume(clock, promise)

    def _is_reset(self, clock: Clock, promise: Promise) -> bool:
        """A clock that this very write attached starts anew already: an empty cycle would only add noise."""
        return clock.pk is not None and self._holds(promise.reset) and self._holds(promise.start)

    def _pause_or_resume(self, clock: Clock, promise: Promise) -> None:
        waits = self._holds(promise.pause)
        if clock.stage == Stage.IN_PROGRESS and waits:
            move = machine.pause
        elif clock.stage == Stage.PAUSED and self._goes_on(promise, waits=waits):
            move = machine.resume
        else:
            return
        move(clock, self.book.terms_of(clock), self.at, self.notes, self._cause(promise))
        self._touch(clock)

    def _goes_on(self, promise: Promise, *, waits: bool) -> bool:
        if promise.row.resume_mode == ResumeMode.RESUME_COND:
            return self._holds(promise.resume)
        return not waits

    def _is_cancelled(self, clock: Clock, promise: Promise) -> bool:
        if promise.row.cancel_mode == CancelMode.START_UNMET:
            kept = promise.row.on_retarget == OnRetarget.KEEP and self._sibling(clock) is not None
            return promise.start is not None and not kept and not self._holds(promise.start)
        return self._holds(promise.cancel_rule)

    def _finish(self, clock: Clock, stage: Stage) -> None:
        promise = promise_of(clock.definition_id)
        machine.finish(clock, self.book.terms_of(clock), stage, self.at, self.notes, self._cause(promise))
        del self.open[clock.track]
        self._touch(clock)


def _instant(at: dt.datetime, clocks: list[Clock]) -> dt.datetime:
    """The write's instant in whole seconds, never before what is already booked.

    A writer that waited for the ticket's lock may have begun before the one that held it.
    """
    booked = [
        since
        for clock in clocks
        for since in (clock.running_since, clock.paused_since, clock.stopped_at)
        if since is not None
    ]
    return max([at.replace(microsecond=0), *booked])
