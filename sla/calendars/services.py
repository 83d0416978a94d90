"""Choosing the calendar of a group, a place or a configuration item, for promises that go by it (SLA-07)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Group, Location
from accounts.policies import Actor
from cmdb.models import CI
from core import audit, outbox
from core.errors import NotAllowedError, invalid
from core.models import Record
from schedules.models import Calendar, GroupCalendar
from schedules.policies import may_choose
from sla.models import CICalendar, LocationCalendar

Thing = Group | Location | CI


@dataclass(frozen=True)
class _Choice:
    """Where the choice of one kind of thing is kept, and what the thing is called there."""

    table: str
    rows: type[Record]
    column: str
    name: str


_CHOICES: dict[type[Thing], _Choice] = {
    Group: _Choice("accounts_group", GroupCalendar, "group", "key"),
    Location: _Choice("accounts_location", LocationCalendar, "location", "key"),
    CI: _Choice("cmdb_ci", CICalendar, "ci", "number"),
}


@transaction.atomic
def choose_calendar(whose: Thing, *, actor: Actor, calendar_key: str | None) -> None:
    """``whose`` goes by that calendar from now on; None takes the choice back.

    Places inside a place that have none of their own go by it too. Clocks that run keep theirs. A choice that
    is made already changes nothing. Publishes ``calendar.chosen``. Raises NotAllowedError, RuleRefusedError
    (no such calendar).
    """
    if not may_choose(actor):
        raise NotAllowedError
    new = _calendar(calendar_key)
    choice = _CHOICES[type(whose)]
    rows: Any = choice.rows._default_manager
    # Two people who choose at once do so one after the other: the thing itself is what they wait for.
    type(whose)._default_manager.select_for_update(no_key=True).get(pk=whose.pk)
    old = rows.filter(**{choice.column: whose}).select_related("calendar").first()
    before, after = (old.calendar.key if old else None), (new.key if new else None)
    if before == after:
        return
    if new is None:
        rows.filter(pk=old.pk).delete()
    else:
        rows.update_or_create(**{choice.column: whose}, defaults={"calendar": new})
    ref = getattr(whose, choice.name)
    audit.write(
        actor=actor,
        table=choice.table,
        object_ref=ref,
        action="calendar_chosen",
        diff={"calendar": [before, after]},
    )
    outbox.publish("calendar.chosen", {"table": choice.table, "ref": ref, "calendar": after}, actor=actor)


def _calendar(key: str | None) -> Calendar | None:
    if key is None:
        return None
    found = Calendar.objects.filter(key=key).first()
    if found is None:
        raise invalid("calendar", _("There is no calendar “%(key)s”.") % {"key": key}, code="does_not_exist")
    return found
