"""Putting a ticket's clocks right: history is replayed, the difference shown, and written on confirmation.

Nothing that was booked is taken back. A corrected clock begins a new account: its ``gen`` goes on where the
old account ended, the first event of it is a ``recalc`` by ``repaired``, and the whole replayed life (events
and stretches) is written under these new targets. What is read of a clock starts at the last repair
(``sla.selectors.first_gen``), and the replayed stretches follow each other without a gap from the start to
the end or to now, so their sum is the wall time again; the stretches before are kept as what was booked
wrongly. A clock that history does not make is cancelled at its own start: its account is empty, and so is its
wall time. Marks that are found late are recorded and tell nobody: they lie in the past.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.policies import Actor, has_grant
from core import audit, outbox, rows
from core.cause import current_chain
from core.errors import NotAllowedError, StaleVersionError, invalid
from core.time import db_now
from sla import machine
from sla.book import current, promise_of
from sla.choices import OPEN_STAGES, REPAIRED, EventKind, Rules, Stage
from sla.ledger import note_events
from sla.machine import Cause, Noted, Notes
from sla.models import Clock, ClockSegment
from sla.past.replay import SWEEP, Replayed, replay_ticket
from tickets.choices import ActivityKind
from tickets.models import Ticket
from tickets.services.writing import activity, locked, plain

# What is compared; the version of the calendar only says when a clock was planned last.
FIELDS = (
    "definition_id", "stage", "target_s", "accrued_s", "business_pause_s", "wall_pause_s", "started_at",
    "running_since", "paused_since", "stopped_at", "due_at", "original_due_at", "breached_at", "next_fire_at",
    "next_pct", "next_overdue", "calendar_id", "tz", "since_verb",
)  # fmt: skip
_VOID: dict[str, Any] = {
    "stage": Stage.CANCELLED, "accrued_s": 0, "business_pause_s": 0, "wall_pause_s": 0, "running_since": None,
    "paused_since": None, "due_at": None, "breached_at": None, "next_fire_at": None, "next_pct": None,
    "next_overdue": None,
}  # fmt: skip
CHANGED, MISSING, EXTRA = "changed", "missing", "extra"


@dataclass(frozen=True)
class FieldDiff:
    """One column of a clock: what is stored, and what history makes of it."""

    name: str
    stored: Any
    replayed: Any


@dataclass(frozen=True)
class ClockDiff:
    """One clock that is not as history has it: changed, missing (never started) or extra (never should)."""

    kind: str
    track: str
    cycle: int
    name: str
    fields: tuple[FieldDiff, ...]
    stored: Clock | None = field(repr=False)
    shadow: Clock | None = field(repr=False)


@dataclass(frozen=True)
class Diff:
    """What a repair would change. ``digest`` names this very difference; ``assumed`` what nobody recorded."""

    ticket: Ticket
    rules: str
    clocks: tuple[ClockDiff, ...]
    assumed: tuple[str, ...]
    digest: str
    replayed: Replayed = field(repr=False)


def diff_of(ticket: Ticket, *, rules: str = Rules.THEN, now: dt.datetime | None = None) -> Diff:
    """How the stored clocks of the ticket differ from its history; the same queries for any length of it.

    A mark that is due and not swept yet is no difference. Raises RuleRefusedError for unknown ``rules``.
    """
    return _diff(ticket, list(Clock.objects.filter(ticket=ticket.pk).order_by("pk")), rules, now or db_now())


@transaction.atomic
def apply_repair(
    ticket_pk: int, *, actor: Actor, expected: str | None = None, rules: str = Rules.THEN
) -> Diff:
    """Write what history makes of the ticket's clocks, closed ones too; returns what was changed.

    ``expected`` is the digest of the difference that was confirmed. With no difference nothing is written.
    Publishes ``sla.repaired``. Raises NotVisibleError, NotAllowedError, StaleVersionError when the difference
    is another by now, RuleRefusedError.
    """
    ticket = locked(Ticket, ticket_pk, actor=actor)
    if not has_grant(actor, Grant.CONFIG_WRITE):
        raise NotAllowedError(_("Only people who edit the configuration repair clocks."))
    clocks = list(Clock.objects.filter(ticket=ticket.pk).select_for_update(no_key=True).order_by("pk"))
    now = db_now()
    diff = _diff(ticket, clocks, rules, now)
    if expected is not None and expected != diff.digest:
        raise StaleVersionError(_("The clocks have changed since. Look at the difference again."))
    if diff.clocks:
        _write(diff, actor, now)
        _tell(diff, actor)
    return diff


def is_allowed(actor: Actor) -> bool:
    """Whether ``actor`` may repair clocks."""
    return has_grant(actor, Grant.CONFIG_WRITE)


def _diff(ticket: Ticket, clocks: list[Clock], rules: str, now: dt.datetime) -> Diff:
    if rules not in Rules.values:
        raise invalid("rules", _("Choose the definitions of the time or those of today."), code="choice")
    replayed = replay_ticket(ticket, now=now, rules=rules)
    stored = {(clock.track, clock.cycle): clock for clock in clocks}
    shadows = {(clock.track, clock.cycle): clock for clock in replayed.clocks}
    book, keys = current(), sorted({*stored, *shadows})
    for clock in clocks:  # a copy, as it will be once what is due has been swept
        stored[clock.track, clock.cycle] = swept = copy(clock)
        machine.fire(swept, book.terms_of(swept), now, Notes(), SWEEP)
    found = [_clock_diff(stored.get(key), shadows.get(key)) for key in keys]
    differing = tuple(each for each in found if each is not None)
    return Diff(ticket, rules, differing, tuple(sorted(replayed.assumed)), _digest(differing), replayed)


def _clock_diff(stored: Clock | None, shadow: Clock | None) -> ClockDiff | None:
    one = stored or shadow
    assert one is not None  # noqa: S101 - the key came from one of them
    kind = MISSING if stored is None else EXTRA if shadow is None else CHANGED
    left = {} if stored is None else {name: getattr(stored, name) for name in FIELDS}
    right = _as_wanted(stored, shadow)
    fields = tuple(
        FieldDiff(name, left.get(name), right[name]) for name in FIELDS if left.get(name) != right[name]
    )
    if not fields:
        return None
    name = promise_of((shadow or one).definition_id).row.name
    return ClockDiff(kind, one.track, one.cycle, name, fields, stored, shadow)


def _as_wanted(stored: Clock | None, shadow: Clock | None) -> dict[str, Any]:
    if shadow is not None:
        return {name: getattr(shadow, name) for name in FIELDS}
    assert stored is not None  # noqa: S101 - see the caller
    void = _VOID | {"stopped_at": stored.started_at}
    return {name: void[name] if name in void else getattr(stored, name) for name in FIELDS}


def _digest(found: Iterable[ClockDiff]) -> str:
    told = [
        [
            each.kind,
            each.track,
            each.cycle,
            [[f.name, plain(f.stored), plain(f.replayed)] for f in each.fields],
        ]
        for each in found
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:32]


def _write(diff: Diff, actor: Actor, now: dt.datetime) -> None:
    """Clocks that end come first: a track has one open clock at any time."""
    at = now.replace(microsecond=0)
    notes = Notes()
    ending: list[Clock] = []
    others: list[Clock] = []
    new: list[Clock] = []
    for each in diff.clocks:
        clock = _corrected(each)
        (new if each.stored is None else others if clock.stage in OPEN_STAGES else ending).append(clock)
        _account(each, clock, diff.replayed, _cause(each, diff, actor), at, notes)
    columns = [name.removesuffix("_id") for name in FIELDS]
    for group in (ending, others):
        if group:
            Clock.objects.bulk_update(group, [*columns, "gen", "calendar_version", "lock_version"])
    rows.insert(new)
    note_events(notes.events)
    rows.insert(notes.segments)


def _corrected(each: ClockDiff) -> Clock:
    """The row to store: the clock with its next account, or the one that is missing."""
    if each.stored is None:
        assert each.shadow is not None  # noqa: S101 - one of them is there
        made = copy(each.shadow)
        made.pk = None
        made._state = copy(made._state)
        return made
    clock = each.stored
    for name, value in _as_wanted(clock, each.shadow).items():
        setattr(clock, name, value)
    if each.shadow is not None:
        clock.calendar_version = each.shadow.calendar_version
    clock.gen += 1 if each.shadow is None else each.shadow.gen
    clock.lock_version += 1
    return clock


def _account(
    each: ClockDiff, clock: Clock, replayed: Replayed, cause: Cause, at: dt.datetime, notes: Notes
) -> None:
    """The event that begins the new account, then the whole life as history has it."""
    lives = 1 if each.shadow is None else each.shadow.gen
    before = clock.gen - lives
    terms = (clock.definition_id, clock.target_s)
    notes.events.append(Noted(clock, before + 1, EventKind.RECALC, at, cause.as_json(), *terms))
    if each.shadow is None:
        ended = Noted(clock, clock.gen, EventKind.CANCEL, clock.started_at, cause.as_json(), *terms)
        notes.events.append(ended)
        return
    notes.events += [
        replace(event, clock=clock, gen=before + event.gen, cause=event.cause | {"repair": True})
        for event in replayed.events_of(each.shadow)
    ]
    for segment in replayed.segments_of(each.shadow):
        made = ClockSegment(
            **{name: getattr(segment, name) for name in ("kind", "began_at", "ended_at", "open_s")},
            clock=clock,
            gen=before + segment.gen,
            began_by=segment.began_by,
            ended_by=segment.ended_by,
        )
        notes.segments.append(made)


def _cause(each: ClockDiff, diff: Diff, actor: Actor) -> Cause:
    changes = {f.name: [plain(f.stored), plain(f.replayed)] for f in each.fields}
    return Cause(
        REPAIRED,
        {
            "changes": changes,
            "rules": str(diff.rules),
            "actor": getattr(actor, "pk", None),
            "chain": current_chain(),
        },
    )


def _tell(diff: Diff, actor: Actor) -> None:
    ticket = diff.ticket
    told = {
        f"{each.track} {each.cycle}": [
            each.kind,
            {f.name: [plain(f.stored), plain(f.replayed)] for f in each.fields},
        ]
        for each in diff.clocks
    }
    audit.write(
        actor=actor, table="sla_clock", object_ref=ticket.number, action=REPAIRED, diff={"clocks": told}
    )
    payload = {
        "ticket_id": ticket.pk,
        "number": ticket.number,
        "rules": str(diff.rules),
        "clocks": [{"track": each.track, "cycle": each.cycle, "what": each.kind} for each in diff.clocks],
    }
    outbox.publish("sla.repaired", payload, actor=actor)
    line = activity(
        ticket, actor, ActivityKind.SLA, verb="sla_repaired", body=_("The clocks were put right.")
    )
    rows.insert([line])
