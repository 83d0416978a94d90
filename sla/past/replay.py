"""The clocks of a ticket computed anew from its history, in memory (PROCESSES SLA-13, PITFALLS P-08).

The machinery is the one that runs at each write; only its rows stay here. Calendars and what a company says
of zones are as they are now: they keep no old versions, so a replay after a calendar edit shows what the
promise would have been under it.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from sla import machine
from sla.book import Book, Promise, current, promise_of
from sla.choices import Rules, Status
from sla.evaluate import evaluate_in_memory
from sla.machine import Cause, Noted, Notes
from sla.models import Clock, ClockSegment, SLADefinition
from sla.past.history import History, Related, changes_of, histories_of, related_of
from tickets.hooks import Change
from tickets.models import Ticket

SWEEP = Cause("sweep")
BookAt = Callable[[dt.datetime], Book]


@dataclass
class Replayed:
    """The clocks that history makes, with keys of their own, and all that happened to them."""

    clocks: list[Clock] = field(default_factory=list)
    notes: Notes = field(default_factory=Notes)
    assumed: frozenset[str] = frozenset()

    def keep(self, new: list[Clock], _changed: Iterable[Clock], notes: Notes) -> None:
        """Take what would have been stored."""
        for clock in new:
            clock.pk = len(self.clocks) + 1
            self.clocks.append(clock)
        self.notes.events += notes.events
        self.notes.segments += notes.segments

    def events_of(self, clock: Clock) -> list[Noted]:
        """What happened to one of the clocks, in order."""
        return [event for event in self.notes.events if event.clock is clock]

    def segments_of(self, clock: Clock) -> list[ClockSegment]:
        """The ended stretches of one of the clocks, in order."""
        return [segment for segment in self.notes.segments if segment.clock is clock]


def replay_ticket(ticket: Ticket, *, now: dt.datetime, rules: str = Rules.THEN) -> Replayed:
    """What the clocks of the ticket should be at ``now``.

    By the definitions that were in force at each instant, or with ``Rules.NOW`` by those of today. The same
    number of queries for any length of its history.
    """
    history = histories_of([ticket])[ticket.pk]
    book_at = book_now() if rules == Rules.NOW else books_of_then()
    return replay(history, related_of([history]), book_at, now=now)


def replay(history: History, related: Related, book_at: BookAt, *, now: dt.datetime) -> Replayed:
    """The clocks that the history makes by the rules of ``book_at``, marks up to ``now`` included."""
    kind = history.ticket.kind
    paths = {path for write in history.writes for path in _paths(book_at(write.at).of_kind(kind))}
    done = play(changes_of(history, related, sorted(paths)), book_at, now=now)
    return replace(done, assumed=frozenset(history.assumed))


def play(changes: list[Change], book_at: BookAt, *, now: dt.datetime) -> Replayed:
    """Let the clocks see these changes of one ticket, and fire what is due up to ``now``."""
    done = Replayed()
    for change in changes:
        book = book_at(change.at)
        if change.before is not None and not change.changes:
            continue
        if book.of_kind(change.ticket.kind) or any(clock.is_open for clock in done.clocks):
            evaluate_in_memory(change, book, done.clocks, done.keep)
    book = book_at(now)
    for clock in done.clocks:
        machine.fire(clock, book.terms_of(clock), now, done.notes, SWEEP)
    return done


def book_now() -> BookAt:
    """Today's rules for every instant."""
    book = current()
    return lambda _at: book


def books_of_then() -> BookAt:
    """At each instant the definitions that were in force then; one without a date of publication always was.

    Two queries.
    """
    book = current()
    rows = list(
        SLADefinition.objects.exclude(status=Status.DRAFT)
        .order_by("order", "pk")
        .values_list("pk", "published_at", "retired_at")
    )
    edges = sorted({edge for _pk, *pair in rows for edge in pair if edge is not None})
    made: dict[int, Book] = {}

    def book_at(at: dt.datetime) -> Book:
        place = bisect_right(edges, at)
        if place not in made:
            since = edges[place - 1] if place else None
            made[place] = replace(book, promises=_in_force(rows, since))
        return made[place]

    return book_at


Life = tuple[int, dt.datetime | None, dt.datetime | None]


def _in_force(rows: list[Life], at: dt.datetime | None) -> dict[str, tuple[Promise, ...]]:
    """The promises by kind; ``at`` None is before anything was published or retired."""
    promises: dict[str, tuple[Promise, ...]] = {}
    for pk, published, retired in rows:
        begun = published is None or (at is not None and published <= at)
        over = retired is not None and at is not None and retired <= at
        promise = promise_of(pk) if begun and not over else None
        if promise is not None and promise.start is not None:
            promises[promise.row.kind] = (*promises.get(promise.row.kind, ()), promise)
    return promises


def _paths(promises: Iterable[Promise]) -> frozenset[str]:
    return frozenset[str]().union(*(promise.fields for promise in promises))
