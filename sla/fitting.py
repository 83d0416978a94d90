"""Why a promise counts for a ticket, or does not: each test of its conditions with value and outcome."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core import formats
from core.conditions import Condition, LeafResult
from core.errors import NotVisibleError
from core.time import db_now
from sla.book import Promise, current
from sla.choices import OPEN_STAGES
from sla.models import Clock
from tickets.models import Ticket

START, STOP, CANCEL = "start", "stop", "cancel"
_UNCHANGED: dict[str, Any] = {}  # seen between two writes: nothing changes


@dataclass(frozen=True)
class Leaf:
    """One test: what is asked of which field, what the ticket holds, and the outcome."""

    where: str
    field: str
    op: str
    wanted: str
    value: str
    holds: bool


@dataclass(frozen=True)
class Part:
    """One condition of the definition. ``wanted`` is the outcome that lets the clock start."""

    name: str
    is_given: bool
    holds: bool
    wanted: bool
    leaves: tuple[Leaf, ...]

    @property
    def is_in_the_way(self) -> bool:
        """Whether this is a reason why the clock does not start."""
        return self.holds != self.wanted


@dataclass(frozen=True)
class Fit:
    """How a published definition fits the ticket as it is now.

    ``fits``: its clock would start; ``has_clock``: one was started by it; ``reason`` says which it is and
    why, in words.
    """

    key: str
    no: int
    name: str
    track: str
    parts: tuple[Part, ...]
    fits: bool
    has_clock: bool
    reason: str


def why_attached(ticket: Ticket, definition_key: str, *, now: dt.datetime | None = None) -> Fit:
    """How the published definition with that key fits the ticket. Raises NotVisibleError for no such one."""
    for fit in fits_of(ticket, now=now):
        if fit.key == definition_key:
            return fit
    raise NotVisibleError


def why_not_attached(ticket: Ticket, *, now: dt.datetime | None = None) -> list[Fit]:
    """The published definitions for this kind of ticket by which no clock runs or ran, and why."""
    return [fit for fit in fits_of(ticket, now=now) if not fit.has_clock]


def fits_of(ticket: Ticket, *, now: dt.datetime | None = None) -> list[Fit]:
    """All published definitions for this kind of ticket, in their order."""
    at, promises = now or db_now(), current().of_kind(ticket.kind)
    if not promises:
        return []
    rows = Clock.objects.filter(ticket=ticket.pk).values_list(
        "definition", "definition__key", "track", "stage"
    )
    keys, running = set(), {}
    for pk, key, track, stage in rows:
        keys.add(key)
        if stage in OPEN_STAGES:
            running[track] = pk
    return [_fit(promise, ticket, at, keys, running) for promise in promises]


def _fit(promise: Promise, ticket: Ticket, at: dt.datetime, keys: set[str], running: dict[str, int]) -> Fit:
    parts = (
        _part(START, promise.start, ticket, at, wanted=True),
        _part(STOP, promise.stop, ticket, at, wanted=False),
        _part(CANCEL, promise.cancel_rule, ticket, at, wanted=False),
    )
    fits = not any(part.is_in_the_way for part in parts)
    row = promise.row
    has_clock = row.key in keys
    reason = _reason(parts, ticket, has_clock=has_clock, taken=row.track in running)
    return Fit(row.key, row.no, row.name, row.track, parts, fits, has_clock, reason)


def _reason(parts: tuple[Part, ...], ticket: Ticket, *, has_clock: bool, taken: bool) -> str:
    if has_clock:
        return _("A clock was started by this definition.")
    blocked = {part.name for part in parts if part.is_in_the_way}
    if START in blocked:
        return _("The start condition does not hold.")
    if STOP in blocked:
        return _("The stop condition holds already.")
    if CANCEL in blocked:
        return _("The cancel condition holds.")
    if ticket.is_closed:
        return _("The ticket is closed; a closed ticket has no running clock.")
    if taken:
        return _("Another definition of the same promise runs on this ticket.")
    return _("It fits; the clock starts with the next change of the ticket.")


def _part(name: str, condition: Condition | None, ticket: Ticket, at: dt.datetime, *, wanted: bool) -> Part:
    if condition is None:
        return Part(name, is_given=False, holds=False, wanted=wanted, leaves=())
    found = condition.explain(ticket, now=at, before=_UNCHANGED)
    leaves = tuple(_leaf(each) for each in found)
    return Part(name, is_given=True, holds=condition.verdict(found), wanted=wanted, leaves=leaves)


def _leaf(found: LeafResult) -> Leaf:
    wanted = ", ".join(_text(each) for each in found.operands)
    return Leaf(found.where, found.field, found.op, wanted, _text(found.value), found.holds)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return formats.exact(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(each) for each in value)
    return str(value)
