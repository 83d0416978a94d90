"""Clocks that count from before they attach; a ticket's waiting played again from its activity (SLA-09)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q

from core.conditions import Condition
from core.conditions.dictionary import as_type
from sla import machine
from sla.book import Promise
from sla.choices import ResumeMode, Stage
from sla.machine import Cause, Notes, Terms
from sla.models import Clock
from sla.relative import FURTHEST, instant_of
from tickets import kinds
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket
from tickets.policies import is_requester_side
from tickets.services.writing import snapshot

_DATED_BY_ITSELF = ("first_response_at",)  # set without a line in the activity, to the instant it happened


@dataclass(frozen=True)
class Moment:
    """The ticket as it was from ``at`` on, and the columns before by field name."""

    at: dt.datetime
    verb: str
    ticket: Ticket
    before: dict[str, Any]


def start_of(promise: Promise, ticket: Ticket, last: Clock | None, at: dt.datetime) -> dt.datetime:
    """The instant from which a clock that attaches at ``at`` counts.

    A cycle after one that was completed counts from its own start, or from a later instant of the field: what
    lies before was promised, and kept or missed, already.
    """
    name = promise.row.retro_start_field
    found = instant_of(ticket, name) if name else None
    if found is None or found >= at:
        return at
    if last is not None and last.stage == Stage.COMPLETED and last.stopped_at is not None:
        return found if found >= last.stopped_at else at
    return max(found, at - FURTHEST)


def catch_up(
    clock: Clock,
    promise: Promise,
    terms: Terms,
    ticket: Ticket,
    *,
    at: dt.datetime,
    known: dt.datetime,
    notes: Notes,
    cause: Cause,
    pauses: bool = False,
) -> None:
    """Bring a clock that began in the past to ``at``: its pauses if the promise wants them, then its marks.

    ``known`` is the instant of the write, up to which the activity is read; ``pauses`` replays the pauses
    whatever the promise wants. One query with pauses, else none.
    """
    since = len(notes.events)
    if (pauses or promise.row.retro_pause) and promise.pause is not None:
        for moment in moments(ticket, clock.started_at, at, known=known):
            _step(clock, promise, terms, moment, notes, cause)
    machine.catch_up(clock, terms, at, notes, cause, since=since)


def _step(clock: Clock, promise: Promise, terms: Terms, moment: Moment, notes: Notes, cause: Cause) -> None:
    def holds(condition: Condition | None) -> bool:
        if condition is None:
            return False
        return condition.test(moment.ticket, before=moment.before, now=moment.at)

    waits = holds(promise.pause)
    why = Cause(moment.verb[:40], {"replayed": True})
    if clock.stage == Stage.IN_PROGRESS and waits:
        machine.fire(clock, terms, moment.at, notes, cause)
        machine.pause(clock, terms, moment.at, notes, why)
    elif clock.stage == Stage.PAUSED:
        by_condition = promise.row.resume_mode == ResumeMode.RESUME_COND
        if holds(promise.resume) if by_condition else not waits:
            machine.resume(clock, terms, moment.at, notes, why)


def moments(ticket: Ticket, since: dt.datetime, until: dt.datetime, *, known: dt.datetime) -> list[Moment]:
    """The ticket at ``since`` and after each write of its activity before ``until``, in order.

    Read backwards from its present columns; ``known`` is the instant of the last write they hold. What the
    activity does not tell is taken as unchanged. One query.
    """
    writes = [list(rows) for _at, rows in groupby(_lines(ticket, known), key=lambda row: row.at)]
    values = snapshot(ticket)
    after: list[tuple[dt.datetime, str, dict[str, Any]]] = []
    for number in reversed(range(len(writes))):
        rows = writes[number]
        at = rows[0].at.replace(microsecond=0)
        if at <= since:
            break
        verb = next((row.verb for row in rows if row.verb), str(rows[0].kind))
        after.append((at, verb, values))
        values = _before(values, rows, earlier=writes[:number], ticket=ticket)
    found = [Moment(since, "opened", _as_it_was(ticket, values, since), values)]
    for at, verb, columns in reversed(after):
        if at >= until:
            break
        found.append(Moment(at, verb, _as_it_was(ticket, columns, at), values))
        values = columns
    return found


def _lines(ticket: Ticket, known: dt.datetime) -> Iterable[Activity]:
    """What of the ticket's activity tells of its columns, by write."""
    said = Q(kind=ActivityKind.COMMENT, is_public=True)
    rows = Activity.objects.filter(~Q(changes={}) | said, ticket=ticket.pk, at__lte=known)
    return rows.select_related("actor").order_by("at", "pk")


def _before(
    values: dict[str, Any], rows: list[Activity], *, earlier: list[list[Activity]], ticket: Ticket
) -> dict[str, Any]:
    """The columns before a write."""
    found = dict(values)
    for row in rows:
        if row.kind == ActivityKind.COMMENT and row.is_public:
            found["last_public_from"] = _last_side(earlier, ticket)
    for row in reversed(rows):
        found |= {name: pair[0] for name, pair in _pairs(row) if name in found}
    return found


def _pairs(row: Activity) -> Iterator[tuple[str, list[Any]]]:
    for name, pair in row.changes.items():
        if isinstance(pair, list) and len(pair) == 2:
            yield name, pair


def _last_side(writes: list[list[Activity]], ticket: Ticket) -> str:
    """Who had the last public word in these writes: requester, agent, or nobody."""
    for row in (row for rows in reversed(writes) for row in reversed(rows)):
        if row.kind == ActivityKind.COMMENT and row.is_public:
            return "requester" if is_requester_side(row.actor, ticket) else "agent"
    return ""


def _as_it_was(ticket: Ticket, values: dict[str, Any], at: dt.datetime) -> Ticket:
    """A copy of the ticket with these columns, rank and phase of their state; never to be saved."""
    found = copy(ticket)
    for field in found._meta.concrete_fields:
        if field.name not in values:
            continue
        value = values[field.name]
        if field.name in _DATED_BY_ITSELF:
            value = _if_reached(value, at)
        if field.is_relation and found.__dict__.get(field.attname) != value:
            found._state.fields_cache.pop(field.name, None)
        found.__dict__[field.attname] = value
    _place(found)
    return found


def _if_reached(value: Any, at: dt.datetime) -> Any:
    moment = as_type("datetime", value)
    return value if moment is None or moment.replace(microsecond=0) <= at else None


def _place(ticket: Ticket) -> None:
    try:
        model = kinds.get(ticket.kind).model
    except KeyError:
        return
    state = ticket.__dict__["state"]
    if state in model.PHASES:
        ticket.__dict__["phase"], ticket.__dict__["state_rank"] = model.PHASES[state], model.RANKS[state]
