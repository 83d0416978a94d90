"""Candidates: rules that are tried out in memory, a definition or a calendar that is not in force."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core.errors import FieldError, RuleRefusedError, invalid
from schedules import rules
from schedules.bizcal import BizCal, Interval, Plan
from schedules.models import Calendar, is_zone
from schedules.selectors import counted
from sla.book import Book, Promise, compiled_promise
from sla.choices import CalendarSource
from sla.machine import Terms
from sla.models import SLADefinition
from tickets.services.writing import plain

DEFINITION, CALENDAR = "definition", "calendar"
MOST_DAYS = 2_000
_OWN = frozenset(
    {"id", "public_id", "status", "published_at", "retired_at", "created_at", "updated_at", "lock_version"}
)


@dataclass(frozen=True)
class Trial:
    """What is tried out: ``before`` and ``after`` are the rules of today and with the candidate in them.

    ``promise`` is the candidate under a key of its own, None when a calendar is tried.
    """

    before: Book
    after: Book
    kinds: tuple[str, ...]
    promise: Promise | None

    @property
    def paths(self) -> frozenset[str]:
        """The ticket fields that any of the conditions reads."""
        books = (self.before, self.after)
        each = [promise.fields for book in books for kind in self.kinds for promise in book.of_kind(kind)]
        return frozenset[str]().union(*each)


@dataclass(frozen=True, kw_only=True)
class _Swapped(Book):
    """Rules under which one calendar has other hours."""

    swapped: _Swap

    def _terms(self, *args: Any, **more: Any) -> Terms:
        terms = super()._terms(*args, **more)
        if terms.calendar_id != self.swapped.calendar_id:
            return terms
        return replace(terms, biz=_tried(self.swapped, terms.biz.plan.tz))


@dataclass(frozen=True)
class _Swap:
    """A calendar as it is under a stamp, and what a candidate says instead, as a text."""

    calendar_id: int
    stamp: UUID
    tz: str
    text: str


@lru_cache(maxsize=16)
def _plan(swap: _Swap) -> Plan:
    candidate = json.loads(swap.text)
    own = counted(swap.calendar_id, swap.stamp, swap.tz).plan
    weekly: Mapping[int, tuple[Interval, ...]] = own.weekly
    if "hours" in candidate:
        weekly = {int(day): rules.parsed("hours", spans) for day, spans in candidate["hours"].items()}
    more = {dt.date.fromisoformat(day) for day in candidate.get("holidays", [])}
    return Plan(tz=swap.tz, weekly=weekly, holidays=own.holidays | more, exceptions=own.exceptions)


@lru_cache(maxsize=32)
def _tried(swap: _Swap, tz: str) -> BizCal:
    """The table of the candidate seen from a zone; building one takes a tenth of a second."""
    return BizCal(replace(_plan(swap), tz=tz))


def _swap_of(row: Calendar, candidate: Mapping[str, Any]) -> _Swap:
    return _Swap(row.pk, row.stamp, candidate.get("tz") or row.tz, json.dumps(candidate, sort_keys=True))


def written_definition(row: SLADefinition) -> dict[str, Any]:
    """The definition as a candidate: what it says, without its life."""
    return {
        each.attname: _told(getattr(row, each.attname))
        for each in row._meta.concrete_fields
        if each.attname not in _OWN
    }


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.time) else plain(value)


def read_definition(candidate: Mapping[str, Any], pk: int) -> SLADefinition:
    """The definition that a candidate writes down, unsaved, under the key ``pk``."""
    values = {
        each.attname: each.to_python(candidate[each.attname])
        for each in SLADefinition._meta.concrete_fields
        if each.attname in candidate
    }
    return SLADefinition(**values, pk=pk)


def check_calendar(given: Mapping[str, Any]) -> dict[str, Any]:
    """A candidate calendar as it is kept: ``tz``, ``hours`` by day and ``holidays``; all may be left out.

    ``hours`` maps days 0 (Monday) to 6 to texts such as ``09:00-18:00``; ``holidays`` are further closed
    dates. Raises RuleRefusedError.
    """
    strange = sorted(set(given) - {"tz", "hours", "holidays"})
    if strange:
        raise RuleRefusedError(
            errors=[FieldError(name, "unknown_field", _("There is no such field.")) for name in strange]
        )
    made: dict[str, Any] = {}
    if given.get("tz"):
        if not isinstance(given["tz"], str) or not is_zone(given["tz"]):
            raise invalid("tz", _("There is no time zone of that name."), code="choice")
        made["tz"] = given["tz"]
    if given.get("hours"):
        made["hours"] = _checked_hours(given["hours"])
    if given.get("holidays"):
        made["holidays"] = _checked_days(given["holidays"])
    if not made:
        raise RuleRefusedError(_("Say what would be different about the calendar."))
    return made


def _checked_hours(given: Any) -> dict[str, str]:
    days = {str(day) for day in range(7)}
    if not isinstance(given, Mapping) or not {str(day) for day in given} <= days:
        raise invalid("hours", _("Give the hours of the days 0 (Monday) to 6."))
    week = {int(day): rules.parsed("hours", str(text)) for day, text in given.items()}
    return {str(day): rules.written(spans) for day, spans in rules.check_hours(week).items()}


def _checked_days(given: Any) -> list[str]:
    if not isinstance(given, list) or len(given) > MOST_DAYS:
        raise invalid("holidays", _("Give a list of dates."))
    found = set()
    for each in given:
        try:
            found.add(rules.check_date("holidays", dt.date.fromisoformat(str(each))).isoformat())
        except ValueError as error:
            raise invalid("holidays", _("“%(text)s” is no date.") % {"text": str(each)[:40]}) from error
    return sorted(found)


def plan_of(row: Calendar, candidate: Mapping[str, Any]) -> Plan:
    """The calendar's plan with what the candidate says instead."""
    return _plan(_swap_of(row, candidate))


def trial_of_definition(book: Book, candidate: Mapping[str, Any], pk: int) -> Trial:
    """The candidate in the place of the published version of its key, beside the others of its track.

    Raises BadConditionError.
    """
    promise = compiled_promise(read_definition(candidate, pk))
    kind, key = promise.row.kind, promise.row.key
    published = book.of_kind(kind)
    tracks = {promise.row.track} | {each.row.track for each in published if each.row.key == key}
    old = tuple(each for each in published if each.row.track in tracks)
    new = sorted(
        [each for each in old if each.row.key != key] + [promise],
        key=lambda each: (each.row.order, each.row.pk),
    )
    before, after = replace(book, promises={kind: old}), replace(book, promises={kind: tuple(new)})
    return Trial(before, after, (kind,), promise)


def trial_of_calendar(book: Book, row: Calendar, candidate: Mapping[str, Any]) -> Trial:
    """All promises that may count by the calendar, by its hours and by the candidate's."""
    taken = row.pk in book.groups.values()
    promises = {
        kind: found
        for kind, each in book.promises.items()
        if (found := tuple(_of_tracks(each, _tracks_by(each, row.pk, of_a_group=taken))))
    }
    swap = _swap_of(row, candidate)
    before = replace(book, promises=promises)
    rows = {**book.calendars, row.pk: replace(book.calendars[row.pk], tz=swap.tz)}
    after = _Swapped(
        promises=promises,
        calendars=rows,
        groups=book.groups,
        places=book.places,
        items=book.items,
        swapped=swap,
    )
    return Trial(before, after, tuple(sorted(promises)), None)


def _tracks_by(promises: Iterable[Promise], calendar_id: int, *, of_a_group: bool) -> set[str]:
    return {
        each.row.track
        for each in promises
        if each.row.calendar_id == calendar_id
        or (of_a_group and each.row.calendar_source == CalendarSource.GROUP)
    }


def _of_tracks(promises: Iterable[Promise], tracks: set[str]) -> list[Promise]:
    return [each for each in promises if each.row.track in tracks]
