"""Who goes by which calendar: the groups, places and configuration items for which one was chosen."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext as _

from accounts.policies import Actor
from accounts.selectors import group_keyed, groups_for, locations_for
from cmdb.selectors import ci_numbered, cis_for
from schedules.models import Calendar, GroupCalendar
from schedules.policies import may
from sla.calendars.services import Thing
from sla.choices import Whose
from sla.models import CICalendar, LocationCalendar

MOST_ROWS = 500  # of each kind on one page


@dataclass(frozen=True)
class Chosen:
    """One choice: ``ref`` is the key of a group or place, the number of a configuration item."""

    whose: Whose
    ref: str
    name: str
    calendar: Calendar | None


def chosen_calendars(actor: Actor) -> list[Chosen]:
    """The choices for what ``actor`` may see, groups first, each kind by name; three queries.

    Nothing for who may not read calendars.
    """
    if not may(actor, "read"):
        return []
    groups = GroupCalendar.objects.filter(group__in=groups_for(actor)).select_related("group", "calendar")
    places = LocationCalendar.objects.filter(location__in=locations_for(actor))
    items = CICalendar.objects.filter(ci__in=cis_for(actor)).select_related("ci", "calendar")
    return list(
        chain(
            (
                Chosen(Whose.GROUP, row.group.key, row.group.name, row.calendar)
                for row in groups.order_by("group__name_ko", "pk")[:MOST_ROWS]
            ),
            (
                Chosen(Whose.LOCATION, row.location.key, row.location.name, row.calendar)
                for row in places.select_related("location", "calendar").order_by("location__name_ko", "pk")[
                    :MOST_ROWS
                ]
            ),
            (
                Chosen(Whose.CI, row.ci.number, row.ci.name, row.calendar)
                for row in items.order_by("ci__name", "pk")[:MOST_ROWS]
            ),
        )
    )


def thing_named(actor: Actor, whose: str, ref: str) -> Thing | None:
    """The group or place with that key, or the item with that number, if ``actor`` may see it."""
    if whose == Whose.GROUP:
        return group_keyed(actor, ref)
    if whose == Whose.LOCATION:
        return locations_for(actor).filter(key=ref).first()
    return ci_numbered(actor, ref) if whose == Whose.CI else None


def missing_words(whose: str, ref: str) -> str:
    """That there is no such thing, for who asked for it."""
    if whose == Whose.GROUP:
        return _("There is no group “%(ref)s”.") % {"ref": ref}
    if whose == Whose.LOCATION:
        return _("There is no location “%(ref)s”.") % {"ref": ref}
    return _("There is no configuration item “%(ref)s”.") % {"ref": ref}
