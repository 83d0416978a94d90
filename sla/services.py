"""Firing what is due, planning anew after a calendar changed, and the life of a definition."""

from __future__ import annotations

import datetime as dt
import time

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.policies import Actor, has_grant
from core import audit, outbox, sweep
from core.errors import NotAllowedError, NotVisibleError, WrongStateError
from core.revisions import revisions
from core.time import clock_now, db_now
from sla import lint, machine
from sla.book import Book, current
from sla.choices import EventKind, Stage, Status
from sla.ledger import store
from sla.machine import Cause, Notes
from sla.models import Clock, SLADefinition

SWEEP = Cause("sweep")
CALENDAR_CHANGED = Cause("calendar_changed")
RECHECK_SECONDS = 60.0


@sweep.register
@transaction.atomic
def fire_due_clocks(*, limit: int, now: dt.datetime | None = None) -> int:
    """Fire the warnings and breaches that are due by the database's clock; returns how many clocks moved.

    Any number of copies may run: a locked clock is skipped, a second event of one mark is refused and tells
    nobody. After downtime each missed mark fires once, in order, stamped with the instant it was due (RL-25).
    ``now`` is another clock, for replays and tests.
    """
    clocks = list(
        Clock.objects.filter(next_fire_at__lte=now or Now())
        .order_by("next_fire_at", "pk")
        .select_for_update(skip_locked=True, no_key=True)[:limit]
    )
    if not clocks:
        return 0
    book, now, notes = current(), now or clock_now(), Notes()
    for clock in clocks:
        machine.fire(clock, book.terms_of(clock), now, notes, SWEEP)
    store([], clocks, notes)
    return len(clocks)


class _Replanned:
    """Which calendars this process last found all clocks planned by, and when."""

    stamp: object = None
    checked = 0.0


@sweep.register
def replan_clocks(*, limit: int) -> int:
    """Plan running clocks anew whose calendar has changed since; returns how many. An edit never un-breaches.

    Looks after a change of any calendar, and once a minute for a clock that was planned meanwhile by a writer
    who had not seen the change.
    """
    stamps = revisions()
    is_fresh = time.monotonic() - _Replanned.checked < RECHECK_SECONDS
    if _Replanned.stamp == stamps.get("calendars") and is_fresh:
        return 0
    moved = _replan(current(stamps), limit)
    if not moved:
        _Replanned.stamp, _Replanned.checked = stamps.get("calendars"), time.monotonic()
    return moved


@transaction.atomic
def _replan(book: Book, limit: int) -> int:
    found: list[Clock] = []
    for pk, calendar in book.calendars.items():
        stale = Clock.objects.filter(
            stage=Stage.IN_PROGRESS, calendar=pk, calendar_version__lt=calendar.version
        )
        rows = stale.order_by("calendar_version", "pk").select_for_update(skip_locked=True, no_key=True)
        found += rows[: limit - len(found)]
        if len(found) >= limit:
            break
    if found:
        at, notes = db_now().replace(microsecond=0), Notes()
        for clock in found:
            machine.plan(clock, book.terms_of(clock))
            notes.event(clock, EventKind.RECALC, at, CALENDAR_CHANGED)
        store([], found, notes)
    return len(found)


@transaction.atomic
def publish_definition(pk: int, *, actor: Actor) -> SLADefinition:
    """The draft, published; the version of the same key that was in force is retired with it.

    Clocks that run keep the version they started under. Publishes ``sla.definition_published``. Raises
    NotAllowedError, NotVisibleError, WrongStateError (no draft), RuleRefusedError (see ``sla.lint``).
    """
    row = _locked(pk, actor)
    if row.status != Status.DRAFT:
        raise WrongStateError(
            _("Only a draft can be published."), current_state=row.status, allowed=_moves(row)
        )
    now = db_now()
    lint.check(row, now=now)
    for old in SLADefinition.objects.filter(key=row.key, status=Status.PUBLISHED):
        _change(old, Status.RETIRED, actor, retired_at=now)
    _change(row, Status.PUBLISHED, actor, published_at=now)
    return row


@transaction.atomic
def retire_definition(pk: int, *, actor: Actor) -> SLADefinition:
    """The published definition, retired: no new clock starts by it, running ones go on to their end.

    Publishes ``sla.definition_retired``. Raises NotAllowedError, NotVisibleError, WrongStateError.
    """
    row = _locked(pk, actor)
    if row.status != Status.PUBLISHED:
        raise WrongStateError(
            _("Only a published definition can be retired."), current_state=row.status, allowed=_moves(row)
        )
    _change(row, Status.RETIRED, actor, retired_at=db_now())
    return row


def _moves(row: SLADefinition) -> list[str]:
    return {Status.DRAFT: ["publish"], Status.PUBLISHED: ["retire"]}.get(Status(row.status), [])


def _locked(pk: int, actor: Actor) -> SLADefinition:
    if not has_grant(actor, Grant.CONFIG_WRITE):
        raise NotAllowedError
    row = SLADefinition.objects.select_related("calendar").filter(pk=pk)
    found = row.select_for_update(no_key=True, of=("self",)).first()
    if found is None:
        raise NotVisibleError
    return found


def _change(row: SLADefinition, status: Status, actor: Actor, **times: dt.datetime) -> None:
    old, row.status = row.status, status
    row.lock_version += 1
    for name, at in times.items():
        setattr(row, name, at)
    row.save(update_fields=["status", "lock_version", *times])
    label = f"{row.key} {row.no}"
    audit.write(
        actor=actor,
        table="sla_sladefinition",
        object_ref=label,
        action=str(status),
        diff={"status": [old, str(status)]},
    )
    outbox.publish(f"sla.definition_{status}", {"definition": row.key, "no": row.no}, actor=actor)
