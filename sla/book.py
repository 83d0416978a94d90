"""The published definitions, compiled, and their calendars: one copy per process, renewed on change."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

import structlog

from accounts.models import Location
from core.conditions import BadConditionError, Condition
from core.revisions import Kept, Stamps, revisions
from schedules.models import Calendar, is_zone
from schedules.selectors import always_open, calendars_of_groups, counted
from sla.choices import CalendarSource, CancelMode, Relative, Status, ZoneSource
from sla.machine import Terms, marks_of
from sla.models import CICalendar, Clock, LocationCalendar, SLADefinition
from sla.relative import target_seconds
from tickets.conditions import compiled
from tickets.models import Ticket

log = structlog.get_logger(__name__)
MOST_LEVELS = 8  # of places inside each other
_tried: ContextVar[Promise | None] = ContextVar("tried", default=None)


@dataclass(frozen=True)
class Promise:
    """One version of a definition, its conditions compiled; an absent one is None and never holds."""

    row: SLADefinition
    marks: tuple[int, ...]
    start: Condition | None
    stop: Condition | None
    pause: Condition | None
    resume: Condition | None
    cancel: Condition | None
    reset: Condition | None

    @property
    def cancel_rule(self) -> Condition | None:
        """The cancel condition, where the definition goes by it."""
        return self.cancel if self.row.cancel_mode == CancelMode.CANCEL_COND else None

    @cached_property
    def fields(self) -> frozenset[str]:
        """The ticket fields its conditions and dates read."""
        given = (self.start, self.stop, self.pause, self.resume, self.cancel, self.reset)
        dated = {self.row.due_field, self.row.retro_start_field} - {""}
        return frozenset(dated).union(*(condition.fields for condition in given if condition is not None))


@dataclass(frozen=True)
class CalendarRow:
    """What of a calendar decides whether a copy of its table is still good."""

    pk: int
    stamp: UUID
    version: int
    tz: str


@dataclass(frozen=True)
class Book:
    """Everything the engine needs beside the ticket and its clocks."""

    promises: dict[str, tuple[Promise, ...]]
    calendars: dict[int, CalendarRow]
    groups: dict[int, int]
    places: dict[int, int] = field(default_factory=dict)
    items: dict[int, int] = field(default_factory=dict)

    def of_kind(self, kind: str) -> tuple[Promise, ...]:
        """The published promises for this kind of ticket, in order."""
        return self.promises.get(kind, ())

    def terms_for(
        self,
        promise: Promise,
        ticket: Ticket,
        at: dt.datetime | None = None,
        *,
        started: dt.datetime | None = None,
        used: int = 0,
    ) -> Terms:
        """What a promise means for a ticket whose clock starts or takes it over at ``at``.

        ``started`` and ``used`` are of the clock that takes it over: a relative promise is counted from its
        start. Without ``at`` it is the ticket's opening.
        """
        calendar_id = self._calendar_of(promise.row, ticket)
        tz = self._zone_of(promise.row, ticket) or self._own_zone(calendar_id, ticket)
        terms = self._terms(promise, promise.row.target_s or 1, calendar_id, tz)
        now = at or ticket.opened_at.replace(microsecond=0)
        return _dated(terms, promise, ticket, started=started or now, at=now, used=used)

    def dated_terms(self, clock: Clock, ticket: Ticket, at: dt.datetime, *, used: int) -> Terms:
        """What an open clock goes by when the date it is due at has changed: all but the target stays."""
        promise, terms = promise_of(clock.definition_id), self.terms_of(clock)
        return _dated(terms, promise, ticket, started=clock.started_at, at=at, used=used)

    def terms_of(self, clock: Clock) -> Terms:
        """What a running clock goes by: the target, calendar and zone it has."""
        return self._terms(promise_of(clock.definition_id), clock.target_s, clock.calendar_id, clock.tz)

    def _terms(self, promise: Promise, target_s: int, calendar_id: int | None, tz: str) -> Terms:
        calendar = None if calendar_id is None else self._calendar(calendar_id)
        return Terms(
            definition_id=promise.row.pk,
            target_s=target_s,
            marks=promise.marks,
            calendar_id=calendar_id,
            calendar_version=None if calendar is None else calendar.version,
            biz=always_open(tz) if calendar is None else counted(calendar.pk, calendar.stamp, tz),
            repeat_s=promise.row.overdue_repeat_s,
        )

    def _calendar(self, pk: int) -> CalendarRow:
        """The calendar; read again if it was made after this copy, which a clock may tell us first."""
        return self.calendars.get(pk) or _calendar_rows(pk=pk)[pk]

    def _calendar_of(self, row: SLADefinition, ticket: Ticket) -> int | None:
        if row.calendar_source == CalendarSource.NONE:
            return None
        found: int | None = None
        if row.calendar_source == CalendarSource.GROUP:
            found = self.groups.get(ticket.group_id or 0)
        elif row.calendar_source == CalendarSource.CI:
            found = self.items.get(ticket.ci_id or 0)
        elif row.calendar_source == CalendarSource.LOCATION:
            found = self._calendar_of_place(lambda: ticket.location)
        elif row.calendar_source == CalendarSource.REQUESTER:
            found = self._calendar_of_place(lambda: ticket.requester.location)
        return row.calendar_id if found is None else found

    def _calendar_of_place(self, place: Callable[[], Location | None]) -> int | None:
        """The calendar of the place or of the nearest one around it; reads nothing while no place has one."""
        location = place() if self.places else None
        for _level in range(MOST_LEVELS):
            if location is None or location.pk in self.places:
                break
            location = location.parent
        return None if location is None else self.places.get(location.pk)

    def _zone_of(self, row: SLADefinition, ticket: Ticket) -> str:
        """The zone of what the definition names; empty when there is none."""
        if row.tz_source == ZoneSource.DEFINITION:
            return ""
        if row.tz_source == ZoneSource.REQUESTER:
            zone = ticket.requester.time_zone
        elif row.tz_source == ZoneSource.GROUP:
            chosen = self.groups.get(ticket.group_id or 0)
            zone = "" if chosen is None else self._calendar(chosen).tz
        else:
            place = _place_of(row, ticket)
            zone = "" if place is None else place.time_zone
        return zone if is_zone(zone) else ""

    def _own_zone(self, calendar_id: int | None, ticket: Ticket) -> str:
        return ticket.company.time_zone if calendar_id is None else self._calendar(calendar_id).tz


def current(stamps: Stamps | None = None) -> Book:
    """The book as the database has it now: one query, and a few more after a change of configuration.

    ``stamps`` are the revisions if the transaction has read them already.
    """
    return _book.under(revisions() if stamps is None else stamps)


def promise_of(definition_id: int) -> Promise:
    """The compiled definition: one that is being tried out, else the stored one."""
    tried = _tried.get()
    return tried if tried is not None and tried.row.pk == definition_id else _stored_promise(definition_id)


@contextmanager
def trying(promise: Promise | None) -> Iterator[None]:
    """Inside, ``promise`` is found by its key, which no stored definition has (a negative one)."""
    token = _tried.set(promise)
    try:
        yield
    finally:
        _tried.reset(token)


@lru_cache(maxsize=1024)
def _stored_promise(definition_id: int) -> Promise:
    """The compiled row; published and retired ones never change, so once per process is enough.

    A condition that an upgrade made unreadable never holds: it must not stop the ticket or the sweep.
    """
    row = SLADefinition.objects.get(pk=definition_id)
    try:
        return compiled_promise(row)
    except BadConditionError:
        log.exception("sla_definition_unusable", key=row.key, no=row.no)
        return Promise(row, marks_of(row.thresholds), None, None, None, None, None, None)


def _load() -> Book:
    promises: dict[str, tuple[Promise, ...]] = {}
    rows = SLADefinition.objects.filter(status=Status.PUBLISHED).order_by("order", "pk")
    for pk in rows.values_list("pk", flat=True):
        promise = promise_of(pk)
        if promise.start is not None:
            promises[promise.row.kind] = (*promises.get(promise.row.kind, ()), promise)
    places = dict(LocationCalendar.objects.values_list("location_id", "calendar_id"))
    items = dict(CICalendar.objects.values_list("ci_id", "calendar_id"))
    return Book(promises, _calendar_rows(), calendars_of_groups(), places, items)


_book = Kept(_load, "sla", "calendars")


def _calendar_rows(**which: int) -> dict[int, CalendarRow]:
    rows = Calendar.objects.filter(**which).values_list("pk", "stamp", "version", "tz")
    return {row[0]: CalendarRow(*row) for row in rows}


def compiled_promise(row: SLADefinition) -> Promise:
    """The definition with its conditions compiled. Raises BadConditionError."""

    def optional(tree: Any) -> Condition | None:
        return None if tree is None else compiled(tree)

    return Promise(
        row=row,
        marks=marks_of(row.thresholds),
        start=compiled(row.start_cond),
        stop=optional(row.stop_cond),
        pause=optional(row.pause_cond),
        resume=optional(row.resume_cond),
        cancel=optional(row.cancel_cond),
        reset=optional(row.reset_cond),
    )


def _place_of(row: SLADefinition, ticket: Ticket) -> Location | None:
    if row.tz_source == ZoneSource.LOCATION:
        return ticket.location
    if row.tz_source == ZoneSource.REQUESTER_LOCATION:
        return ticket.requester.location
    return ticket.ci.location if ticket.ci is not None else None


def _dated(
    terms: Terms, promise: Promise, ticket: Ticket, *, started: dt.datetime, at: dt.datetime, used: int
) -> Terms:
    """The terms with the open seconds until the date that a relative promise is due at."""
    if promise.row.relative == Relative.DURATION:
        return terms
    seconds = target_seconds(promise.row, ticket, terms.biz, started=started, at=at, used=used)
    return replace(terms, target_s=seconds)
