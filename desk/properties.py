"""The properties panel: the fields shown, their words, and which can be edited in place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from desk.words import FIELDS, value_of
from desk.words import Names as NoNames
from incidents.choices import Category
from tickets import kinds
from tickets.absence import away
from tickets.assignment import ROUTED

SHOWN = ("group", "assignee", "priority", "impact", "urgency", "category", "ci", "due_at")
ICONS = {
    "group": "users",
    "assignee": "user-plus",
    "priority": "signal",
    "impact": "chevrons-up",
    "urgency": "chevrons-up",
    "category": "tag",
    "ci": "box",
    "due_at": "calendar",
    "title": "pencil",
}
EDITABLE = frozenset({"group", "assignee", "impact", "urgency", "category", "ci", "title", "due_at"})
ONLY_WHEN_EDITABLE = frozenset({"category", "ci", "impact", "urgency"})


@dataclass(frozen=True)
class Property:
    """One field of the panel; ``value`` is empty when nothing is set."""

    key: str
    label: str | Promise
    value: str
    icon: str
    editable: bool
    person: Any = None
    note: str = ""
    note_icon: str = "plane"
    is_warning: bool = True


def properties_of(ticket: Any, *, can_update: bool, rule: str = "") -> list[Property]:
    """The fields of this kind of ticket, in the panel's order; ``rule`` is the one that gave it its group."""
    spec = kinds.get(ticket.kind)
    keys = [key for key in SHOWN if key in spec.editable or key not in ONLY_WHEN_EDITABLE]
    found = [property_of(ticket, key, can_update=can_update) for key in keys]
    if not rule:
        return found
    note = _("Assigned by the rule “%(name)s”") % {"name": rule}
    return [
        replace(each, note=note, note_icon="split", is_warning=False) if each.key == "group" else each
        for each in found
    ]


def rule_behind(rows: Iterable[Any]) -> str:
    """The rule that gave the ticket the group it still has, by its activity; empty where a person did."""
    own = [row for row in rows if getattr(row, "came_from", None) is None]
    name = next((row.body for row in own if row.verb == ROUTED), "")
    return "" if any("group" in row.changes for row in own) else str(name)


def property_of(ticket: Any, key: str, *, can_update: bool) -> Property:
    """One field of the panel."""
    editable = can_update and key in EDITABLE and key in kinds.get(ticket.kind).editable
    person = ticket.assignee if key == "assignee" else None
    note = away_note(person) if person is not None and ticket.active else ""
    return Property(key, FIELDS[key], shown_value(ticket, key), ICONS[key], editable, person, note)


def away_note(person: Any) -> str:
    """That this person takes no tickets now, and who stands in; empty when they are here. One query."""
    stand_in = away([person.pk]).get(person.pk)
    if stand_in is None:
        return ""
    names = {"name": person.display_name, "other": stand_in.display_name}
    return _("%(name)s is away. %(other)s stands in.") % names


def shown_value(ticket: Any, key: str) -> str:
    """The present value of a field in words."""
    value = getattr(ticket, key)
    if key in {"group", "ci"}:
        return value.name if value else ""
    if key == "assignee":
        return value.display_name if value else ""
    if key == "category":
        return str(dict(Category.choices).get(value, value))
    if key == "due_at":
        value = value.isoformat() if value else ""
    return value_of(key, value, ticket.kind, NoNames())
