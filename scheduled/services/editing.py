"""Making, changing and removing schedules of tickets."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core import audit, outbox
from core.errors import (
    DuplicateError,
    FieldError,
    NotAllowedError,
    NotVisibleError,
    StaleVersionError,
    invalid,
    required,
)
from core.time import db_now
from scheduled import rules
from scheduled.models import TicketSchedule
from scheduled.policies import may, visible_to
from scheduled.recurrence import following

TABLE = "scheduled_ticketschedule"


@transaction.atomic
def create(*, actor: Actor, key: str, **fields: Any) -> TicketSchedule:
    """A new schedule; it is due from now on. Publishes ``ticket_schedule.created``.

    Owner and requester are the actor where none is given. Raises NotAllowedError,
    BadInputError (unknown field), RuleRefusedError (every wrong field; ``starts_on`` where no day is left),
    DuplicateError (the key is taken).
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    owner = fields.get("owner", actor)
    if not isinstance(owner, User):
        raise required("owner")
    row = TicketSchedule(company=(actor or owner).company, key=rules.check_key(key))
    rules.apply(row, {"owner": owner, "requester": actor or owner} | fields)
    _aim(row, db_now())
    values = {name: getattr(row, name) for name in (*sorted(rules.EDITABLE), "next_at")}
    made, is_new = TicketSchedule.objects.get_or_create(company=row.company, key=row.key, defaults=values)
    if not is_new:
        text = _("Another schedule has this key.")
        raise DuplicateError(text, errors=[FieldError("key", "duplicate", text)])
    record(made, actor, "created", {name: [None, _told(made, name)] for name in sorted(rules.EDITABLE)})
    return made


@transaction.atomic
def update(key: str, *, actor: Actor, expected_version: int | None = None, **fields: Any) -> TicketSchedule:
    """The schedule with ``fields`` changed. Publishes ``ticket_schedule.changed``.

    Other days or times, and switching it on, count from now: what went by before is not made up for.
    Raises NotVisibleError, NotAllowedError, StaleVersionError, BadInputError, RuleRefusedError.
    """
    row = locked(key, actor, "edit", expected_version=expected_version)
    before = {name: _told(row, name) for name in sorted(rules.EDITABLE)}
    rules.apply(row, fields)
    diff = {name: [old, _told(row, name)] for name, old in before.items() if old != _told(row, name)}
    if not diff:
        return row
    if rules.TIMING.union({"is_active"}).intersection(diff):
        _aim(row, db_now())
    touch(row, db_now())
    record(row, actor, "changed", diff)
    return row


@transaction.atomic
def delete(key: str, *, actor: Actor, expected_version: int | None = None) -> None:
    """Take the schedule away with its occurrences; the tickets it opened stay.

    Publishes ``ticket_schedule.deleted``. Raises NotVisibleError, NotAllowedError, StaleVersionError.
    """
    row = locked(key, actor, "delete", expected_version=expected_version)
    record(row, actor, "deleted", {name: [_told(row, name), None] for name in sorted(rules.EDITABLE)})
    row.delete()


@transaction.atomic
def follow_calendar(key: str) -> int:
    """Schedules that move by the calendar with that key come due by its days as they are now; how many do.

    What is due already stays so. Twice is the same as once.
    """
    moved, now = 0, db_now()
    rows = TicketSchedule.objects.select_for_update(no_key=True, of=("self",)).select_related("calendar")
    for row in rows.filter(calendar__key=key, is_active=True).order_by("pk"):
        next_at = following(rules.rule_of(row), now)
        if next_at != row.next_at and not (row.next_at and row.next_at <= now):
            row.next_at = next_at
            touch(row, now)
            moved += 1
    return moved


def locked(key: str, actor: Actor, action: str, *, expected_version: int | None = None) -> TicketSchedule:
    """The schedule under its lock. Raises NotVisibleError, NotAllowedError, StaleVersionError."""
    rows = TicketSchedule.objects.select_related("requester", "owner", "group", "ci", "calendar")
    rows = rows.select_for_update(no_key=True, of=("self",))
    row = rows.filter(visible_to(actor), key=key).order_by("pk").first()
    if row is None:
        raise NotVisibleError
    if not may(actor, action):
        raise NotAllowedError
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    return row


def touch(row: TicketSchedule, now: dt.datetime) -> None:
    """Write the row with its next version."""
    row.lock_version += 1
    row.updated_at = now
    row.save()


def record(row: TicketSchedule, actor: Actor, action: str, diff: dict[str, Any]) -> None:
    """Audit what was done and publish ``ticket_schedule.<action>``."""
    audit.write(actor=actor, table=TABLE, object_ref=row.key, action=action, diff=diff)
    payload = {"schedule": str(row.public_id), "fields": sorted(diff)}
    outbox.publish(f"ticket_schedule.{action}", payload, actor=actor)


def _aim(row: TicketSchedule, now: dt.datetime) -> None:
    """Say when it comes due next. Raises RuleRefusedError for one that is switched on and never does."""
    row.next_at = following(rules.rule_of(row), now) if row.is_active else None
    if row.is_active and row.next_at is None:
        raise invalid("starts_on", _("No day of this schedule lies ahead. Choose a later day."), code="never")


def _told(row: TicketSchedule, name: str) -> Any:
    """A value as JSON."""
    value = getattr(row, name)
    if value is None or isinstance(value, str | int | list):
        return value
    for column in ("username", "number", "key"):
        if hasattr(value, column):
            return getattr(value, column)
    return value.isoformat()
