"""Making and changing calendars: names, zone, weekly hours."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import audit, outbox
from core.errors import DuplicateError, FieldError, NotAllowedError, NotVisibleError, StaleVersionError
from core.time import db_now
from schedules import rules
from schedules.models import Calendar, CalendarHours
from schedules.policies import may
from schedules.selectors import hours_of


@transaction.atomic
def create(*, actor: Actor, key: str, hours: Any, **fields: Any) -> Calendar:
    """A new calendar; ``hours`` as ``rules.check_hours`` takes them. Publishes ``calendar.created``.

    Raises NotAllowedError, BadInputError (unknown field), RuleRefusedError, DuplicateError (a taken key).
    """
    if not may(actor, "edit"):
        raise NotAllowedError
    given = {"name_ko": ""} | fields
    values = rules.check_names(given)
    checked = rules.check_hours(hours)
    row, made = Calendar.objects.get_or_create(key=rules.check_key(key), defaults=values)
    if not made:
        text = _("Another calendar has this key.")
        raise DuplicateError(text, errors=[FieldError("key", "duplicate", text)])
    _store_hours(row, checked)
    record(
        row, actor, "created", {"hours": [None, _told(checked)], **{n: [None, v] for n, v in values.items()}}
    )
    row.refresh_from_db()
    return row


@transaction.atomic
def update(key: str, *, actor: Actor, expected_version: int | None = None, **fields: Any) -> Calendar:
    """The calendar with names, zone or weekly hours changed. Publishes ``calendar.changed``.

    Due times of clocks that are open follow it; what is over is not touched (DOMAIN DS-11). Raises
    NotVisibleError, NotAllowedError, StaleVersionError, BadInputError, RuleRefusedError.
    """
    row = locked(key, actor, expected_version=expected_version)
    values = rules.check_names(fields)
    diff = {
        name: [getattr(row, name), value] for name, value in values.items() if getattr(row, name) != value
    }
    if "hours" in fields:
        before, after = hours_of(row.pk), rules.check_hours(fields["hours"])
        if before != after:
            CalendarHours.objects.filter(calendar=row).delete()
            _store_hours(row, after)
            diff["hours"] = [_told(before), _told(after)]
    if diff:
        for name in values:
            setattr(row, name, values[name])
        new_version(row, *values)
        record(row, actor, "changed", diff)
    return row


def locked(key: str, actor: Actor, *, expected_version: int | None = None) -> Calendar:
    """The calendar under its lock. Raises NotVisibleError, NotAllowedError, StaleVersionError."""
    row = Calendar.objects.select_for_update(no_key=True).filter(key=key).first()
    if row is None or not may(actor, "read"):
        raise NotVisibleError
    if not may(actor, "edit"):
        raise NotAllowedError
    if expected_version is not None and expected_version != row.lock_version:
        raise StaleVersionError
    return row


def new_version(row: Calendar, *names: str) -> None:
    """Write the row; the database gives it its next version and stamp."""
    row.lock_version += 1
    row.updated_at = db_now()
    row.save(update_fields=[*names, "lock_version", "updated_at"])
    row.refresh_from_db()


def record(row: Calendar, actor: Actor, action: str, diff: dict[str, Any]) -> None:
    """Audit the change and publish ``calendar.<action>``."""
    audit.write(actor=actor, table="schedules_calendar", object_ref=row.key, action=action, diff=diff)
    outbox.publish(f"calendar.{action}", {"calendar": row.key, "fields": sorted(diff)}, actor=actor)


def _store_hours(row: Calendar, hours: rules.Hours) -> None:
    CalendarHours.objects.bulk_create(
        CalendarHours(calendar=row, dow=day, start_min=start, end_min=end)
        for day, spans in hours.items()
        for start, end in spans
    )


def _told(hours: rules.Hours) -> dict[str, str]:
    return {str(day): rules.written(spans) for day, spans in hours.items()}
