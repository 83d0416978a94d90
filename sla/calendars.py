"""Choosing the calendar of a place or of a configuration item, for promises that go by it (SLA-07)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Location
from accounts.policies import Actor
from cmdb.models import CI
from core import audit, outbox
from core.errors import NotAllowedError, invalid
from schedules.models import Calendar
from schedules.policies import may
from sla.models import CICalendar, LocationCalendar


@transaction.atomic
def choose_for_location(location: Location, *, actor: Actor, calendar_key: str | None) -> None:
    """Places inside that have none of their own go by it too; None takes the choice back.

    Clocks that run keep theirs. Publishes ``calendar.chosen``. Raises NotAllowedError, RuleRefusedError (no
    such calendar).
    """
    calendar = _calendar(actor, calendar_key)
    old = LocationCalendar.objects.filter(location=location).select_related("calendar").first()
    if calendar is None:
        LocationCalendar.objects.filter(location=location).delete()
    else:
        LocationCalendar.objects.update_or_create(location=location, defaults={"calendar": calendar})
    _record(actor, "accounts_location", location.key, old, calendar)


@transaction.atomic
def choose_for_ci(ci: CI, *, actor: Actor, calendar_key: str | None) -> None:
    """The same for a device, an application or a service. Raises as ``choose_for_location``."""
    calendar = _calendar(actor, calendar_key)
    old = CICalendar.objects.filter(ci=ci).select_related("calendar").first()
    if calendar is None:
        CICalendar.objects.filter(ci=ci).delete()
    else:
        CICalendar.objects.update_or_create(ci=ci, defaults={"calendar": calendar})
    _record(actor, "cmdb_ci", ci.number, old, calendar)


def _calendar(actor: Actor, key: str | None) -> Calendar | None:
    if not may(actor, "edit"):
        raise NotAllowedError
    if key is None:
        return None
    found = Calendar.objects.filter(key=key).first()
    if found is None:
        raise invalid("calendar", _("There is no calendar “%(key)s”.") % {"key": key}, code="does_not_exist")
    return found


def _record(
    actor: Actor,
    table: str,
    ref: str,
    old: LocationCalendar | CICalendar | None,
    new: Calendar | None,
) -> None:
    before, after = (old.calendar.key if old else None), (new.key if new else None)
    if before == after:
        return
    audit.write(
        actor=actor, table=table, object_ref=ref, action="calendar_chosen", diff={"calendar": [before, after]}
    )
    outbox.publish("calendar.chosen", {"table": table, "ref": ref, "calendar": after}, actor=actor)
