"""What the fields of tickets and their values are called, for conditions that people read and write."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import Actor
from accounts.selectors import departments_for, groups_for, locations_for
from core import formats
from core.conditions.dictionary import as_type
from tickets import kinds
from tickets.choices import Channel, Level, Phase, Priority
from tickets.conditions import DICTIONARY

LABELS: dict[str, str | Promise] = {
    "kind": gettext_lazy("Kind"),
    "number": gettext_lazy("Number"),
    "title": gettext_lazy("Title"),
    "description": gettext_lazy("Description"),
    "category": gettext_lazy("Category"),
    "channel": gettext_lazy("Channel"),
    "state": gettext_lazy("State"),
    "phase": gettext_lazy("Phase"),
    "impact": gettext_lazy("Impact"),
    "urgency": gettext_lazy("Urgency"),
    "priority": gettext_lazy("Priority"),
    "close_code": gettext_lazy("Close code"),
    "reopen_count": gettext_lazy("Times reopened"),
    "reassignment_count": gettext_lazy("Times reassigned"),
    "last_public_from": gettext_lazy("Last word from"),
    "opened_at": gettext_lazy("Opened at"),
    "first_response_at": gettext_lazy("First response at"),
    "resolved_at": gettext_lazy("Resolved at"),
    "closed_at": gettext_lazy("Closed at"),
    "due_at": gettext_lazy("Due"),
    "company.key": gettext_lazy("Company"),
    "group.key": gettext_lazy("Assignment group"),
    "assignee.username": gettext_lazy("Assignee (user name)"),
    "requester.username": gettext_lazy("Requester (user name)"),
    "requester.grade": gettext_lazy("Requester's grade"),
    "requester.is_vip": gettext_lazy("Requester is a VIP"),
    "requester.department.key": gettext_lazy("Requester's department"),
    "requester.location.key": gettext_lazy("Requester's location"),
    "ci.number": gettext_lazy("Configuration item"),
    "ci.criticality": gettext_lazy("Criticality of the configuration item"),
    "ci.environment": gettext_lazy("Environment of the configuration item"),
    "location.key": gettext_lazy("Location"),
}
_FIXED: dict[str, list[tuple[Any, str | Promise]]] = {
    "channel": list(Channel.choices),
    "phase": list(Phase.choices),
    "impact": list(Level.choices),
    "urgency": list(Level.choices),
    "priority": list(Priority.choices),
    "last_public_from": [
        ("requester", gettext_lazy("the requester")),
        ("agent", gettext_lazy("an agent")),
    ],
}
_PLACES = frozenset({"location.key", "requester.location.key"})
Choices = list[tuple[str, str]]


class TicketVocabulary:
    """The words for tickets of one kind, as ``actor`` may name groups and places.

    Names are read when they are first asked for: a query for groups, departments and locations each.
    """

    def __init__(self, kind: str, actor: Actor) -> None:
        self.kind, self.actor = kind, actor
        self._known: dict[str, Choices] = {}

    def label(self, path: str) -> str:
        """The field in words; one that does not exist is called by its path."""
        return str(LABELS.get(path, path))

    def type_of(self, path: str) -> str:
        """The field's type, empty for a field that does not exist."""
        field = DICTIONARY.get(path)
        return "" if field is None else field.type

    def fields(self) -> Choices:
        """Every field a condition may ask about, with its label, by label."""
        return sorted(
            ((field.path, self.label(field.path)) for field in DICTIONARY), key=lambda each: each[1]
        )

    def choices(self, path: str) -> Choices:
        """The codes a field may have, as texts with their labels; empty where any value is possible."""
        if path in _PLACES:
            path = "location.key"
        if path not in self._known:
            self._known[path] = [(str(code), str(label)) for code, label in self._choices(path)]
        return self._known[path]

    def value(self, path: str, value: Any) -> str:
        """A value in words: the label of a code, an instant as the reader writes it, yes or no."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        label = dict(self.choices(path)).get(str(value))
        if label is not None:
            return label
        moment = as_type("datetime", value) if self.type_of(path) == "datetime" else None
        if isinstance(moment, dt.datetime):
            return formats.exact(moment)
        return "–" if value is None else str(value)

    def _choices(self, path: str) -> list[tuple[Any, Any]]:
        if path in _FIXED:
            return list(_FIXED[path])
        if path == "kind":
            return [(spec.key, spec.label) for spec in kinds.all_kinds()]
        if path == "group.key":
            return [(row.key, row.name) for row in groups_for(self.actor)]
        if path == "requester.department.key":
            return [(row.key, row.name) for row in departments_for(self.actor)]
        if path == "location.key":
            return [(row.key, row.name) for row in locations_for(self.actor)]
        return self._of_kind(path)

    def _of_kind(self, path: str) -> list[tuple[Any, Any]]:
        try:
            spec = kinds.get(self.kind)
        except KeyError:
            return []
        if path == "state":
            return list(spec.state_labels.items())
        try:
            field: Any = spec.model._meta.get_field(path)
        except FieldDoesNotExist:
            return []
        return [(code, label) for code, label in getattr(field, "flatchoices", ()) if code not in ("", None)]
