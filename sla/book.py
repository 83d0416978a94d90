"""The published definitions, compiled, and their calendars: one copy per process, renewed on change."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from uuid import UUID

import structlog

from core.conditions import BadConditionError, Condition
from core.revisions import Kept, Stamps, revisions
from schedules.models import Calendar, is_zone
from schedules.selectors import always_open, calendars_of_groups, counted
from sla.choices import CalendarSource, CancelMode, Status, ZoneSource
from sla.machine import Terms, marks_of
from sla.models import Clock, SLADefinition
from tickets.conditions import compiled
from tickets.models import Ticket

log = structlog.get_logger(__name__)


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
        """The ticket fields its conditions read."""
        given = (self.start, self.stop, self.pause, self.resume, self.cancel, self.reset)
        return frozenset[str]().union(*(condition.fields for condition in given if condition is not None))


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

    def of_kind(self, kind: str) -> tuple[Promise, ...]:
        """The published promises for this kind of ticket, in order."""
        return self.promises.get(kind, ())

    def terms_for(self, promise: Promise, ticket: Ticket) -> Terms:
        """What a promise means for a ticket whose clock starts or takes it over now."""
        calendar_id = self._calendar_of(promise.row, ticket)
        tz = _zone_of(promise.row, ticket) or self._own_zone(calendar_id, ticket)
        return self._terms(promise, promise.row.target_s, calendar_id, tz)

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
        )

    def _calendar(self, pk: int) -> CalendarRow:
        """The calendar; read again if it was made after this copy, which a clock may tell us first."""
        return self.calendars.get(pk) or _calendar_rows(pk=pk)[pk]

    def _calendar_of(self, row: SLADefinition, ticket: Ticket) -> int | None:
        if row.calendar_source == CalendarSource.NONE:
            return None
        if row.calendar_source == CalendarSource.GROUP and ticket.group_id in self.groups:
            return self.groups[ticket.group_id]
        return row.calendar_id

    def _own_zone(self, calendar_id: int | None, ticket: Ticket) -> str:
        return ticket.company.time_zone if calendar_id is None else self._calendar(calendar_id).tz


def current(stamps: Stamps | None = None) -> Book:
    """The book as the database has it now: one query, and a few more after a change of configuration.

    ``stamps`` are the revisions if the transaction has read them already.
    """
    return _book.under(revisions() if stamps is None else stamps)


@lru_cache(maxsize=1024)
def promise_of(definition_id: int) -> Promise:
    """The compiled definition; published and retired ones never change, so once per process is enough.

    A condition that an upgrade made unreadable never holds: it must not stop the ticket or the sweep.
    """
    row = SLADefinition.objects.get(pk=definition_id)
    try:
        return _compile(row)
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
    return Book(promises, _calendar_rows(), calendars_of_groups())


_book = Kept(_load, "sla", "calendars")


def _calendar_rows(**which: int) -> dict[int, CalendarRow]:
    rows = Calendar.objects.filter(**which).values_list("pk", "stamp", "version", "tz")
    return {row[0]: CalendarRow(*row) for row in rows}


def _compile(row: SLADefinition) -> Promise:
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


def _zone_of(row: SLADefinition, ticket: Ticket) -> str:
    zone = ""
    if row.tz_source == ZoneSource.REQUESTER:
        zone = ticket.requester.time_zone
    elif row.tz_source == ZoneSource.LOCATION and ticket.location is not None:
        zone = ticket.location.time_zone
    return zone if is_zone(zone) else ""
