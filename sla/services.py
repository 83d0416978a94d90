"""Firing what is due, and the life of a definition; planning anew is in ``sla.replanning``."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from accounts.choices import Grant
from accounts.policies import Actor, has_grant
from core import audit, outbox, sweep
from core.errors import NotAllowedError, NotVisibleError, WrongStateError
from core.time import clock_now, db_now
from sla import lint, machine
from sla.book import current
from sla.choices import Status
from sla.ledger import store
from sla.machine import Cause, Notes
from sla.models import Clock, SLADefinition
from sla.replanning import replan_clocks
from sla.selectors import is_any_due

__all__ = ["fire_due_clocks", "publish_definition", "replan_clocks", "retire_definition"]
SWEEP = Cause("sweep")
_FIRED = ("due_at", "breached_at", "next_fire_at", "next_pct", "calendar_version", "lock_version")


@sweep.register
def fire_due_clocks(*, limit: int, now: dt.datetime | None = None) -> int:
    """Fire the warnings and breaches that are due by the database's clock; returns how many clocks moved.

    Any number of copies may run: a locked clock is skipped, a second event of one mark is refused and tells
    nobody. After downtime each missed mark fires once, in order, stamped with the instant it was due (RL-25).
    ``now`` is another clock, for replays and tests. When nothing is due it asks the database one question.
    """
    return _fire_due(limit, now) if is_any_due(now) else 0


@transaction.atomic
def _fire_due(limit: int, now: dt.datetime | None) -> int:
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
    store([], clocks, notes, _FIRED)
    return len(clocks)


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
