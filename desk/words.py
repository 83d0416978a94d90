"""Fields and values of tickets in words, for the timeline and the properties."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core import formats
from core.components import FieldChange
from tickets import kinds
from tickets.choices import LinkType

FIELDS: dict[str, str | Promise] = {
    "title": _("Title"),
    "description": _("Description"),
    "state": _("State"),
    "group": _("Group"),
    "assignee": _("Assignee"),
    "requester": _("Requester"),
    "on_behalf_of": _("On behalf of"),
    "impact": _("Impact"),
    "urgency": _("Urgency"),
    "priority": _("Priority"),
    "priority_override_reason": _("Reason for the priority"),
    "category": _("Category"),
    "ci": _("CI"),
    "location": _("Location"),
    "severity": _("Severity"),
    "due_at": _("Due"),
    "parent": _("Parent"),
    "merged_into": _("Goes on in"),
    "merged_here": _("Goes on here"),
    "split_into": _("Split off"),
    "close_code": _("Close code"),
    "close_notes": _("Close notes"),
    "hold_reason": _("Hold reason"),
    "hold_until": _("On hold until"),
    "reopen_count": _("Times reopened"),
    "major_status": _("Major incident"),
    "stage": _("Stage"),
    "result": _("Result"),
    "approvers": _("Asked"),
    "approval": _("Approval"),
    "quantity": _("Quantity"),
    "price": _("Price"),
    "expected_at": _("Expected"),
    "cause_notes": _("Cause"),
    "fix_notes": _("Fix"),
    "workaround": _("Workaround"),
    "is_known_error": _("Known error"),
    "risk_reason": _("Why the risk is accepted"),
    "risk_review_date": _("To be reviewed on"),
    "survey_score": _("Satisfaction"),
    "time_spent": _("Time spent"),
}
# What follows from another change of the same write, or is shown elsewhere on the page.
DERIVED = frozenset(
    {
        "last_public_from",
        "first_response_at",
        "resolved_at",
        "resolved_by",
        "closed_at",
        "closed_by",
        "reassignment_count",
        "last_reopened_at",
        "last_reopened_by",
        "opened_at",
        "custom",
    }
)
INCOMING: dict[str, str | Promise] = {
    LinkType.DUPLICATE: _("Has the duplicate"),
    LinkType.CAUSED_BY: _("Cause of"),
    LinkType.RELATED: _("Related to"),
    LinkType.FIXED_BY: _("Fixes"),
    LinkType.BLOCKS: _("Blocked by"),
    LinkType.KNOWN_ERROR: _("Known error of"),
    LinkType.FOLLOW_UP_OF: _("Followed up by"),
    LinkType.SPLIT_OF: _("Was split into"),
}
PEOPLE, GROUPS, ITEMS, TICKETS = "people", "groups", "items", "tickets"
REFERENCES = {
    "assignee": PEOPLE,
    "requester": PEOPLE,
    "on_behalf_of": PEOPLE,
    "group": GROUPS,
    "ci": ITEMS,
    "parent": TICKETS,
    "merged_into": TICKETS,
    "merged_here": TICKETS,
    "split_into": TICKETS,
}


@dataclass
class Names:
    """Names of the rows that changes refer to, by sort and primary key."""

    known: dict[str, dict[int, str]] = field(default_factory=dict)

    def name(self, sort: str, key: int) -> str:
        """The name, or nothing for a row that is gone."""
        return self.known.get(sort, {}).get(key, "")


def references(changes: Iterable[Mapping[str, Any]]) -> dict[str, set[int]]:
    """The primary keys that these changes name, by sort."""
    wanted: dict[str, set[int]] = {}
    for change in changes:
        for name, pair in change.items():
            if name in REFERENCES:
                wanted.setdefault(REFERENCES[name], set()).update(key for key in pair if isinstance(key, int))
    return wanted


def label_of(name: str, model: Any) -> str:
    """What a field is called on a page."""
    if name in FIELDS:
        return str(FIELDS[name])
    try:
        return capfirst(str(model._meta.get_field(name).verbose_name))
    except FieldDoesNotExist:
        return name


def value_of(name: str, value: Any, kind: str, names: Names) -> str:
    """A stored value in words."""
    if value in (None, ""):
        return ""
    if name in REFERENCES:
        return names.name(REFERENCES[name], value)
    spec = kinds.get(kind)
    if name == "time_spent":
        return formats.hours(value * 60)
    if name == "state":
        return str(spec.state_labels.get(value, value))
    if isinstance(value, list):
        return ", ".join(str(inner) for inner in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {inner}" for key, inner in value.items())
    return _choice(spec.model, name, value) or _moment(value) or str(value)


def _choice(model: Any, name: str, value: Any) -> str:
    try:
        choices = dict(model._meta.get_field(name).flatchoices)
    except (FieldDoesNotExist, AttributeError):
        return ""
    return str(choices.get(value, ""))


def _moment(value: Any) -> str:
    if not isinstance(value, str) or len(value) < len("2026-01-01T00:00"):
        return ""
    try:
        moment = parse_datetime(value)
    except ValueError:
        return ""
    return formats.exact(moment) if isinstance(moment, dt.datetime) and moment.tzinfo else ""


def changes_in_words(changes: Mapping[str, Any], kind: str, names: Names) -> list[FieldChange]:
    """What changed, as old and new words; derived fields are left out."""
    model = kinds.get(kind).model
    return [
        FieldChange(
            label_of(name, model), value_of(name, pair[0], kind, names), value_of(name, pair[1], kind, names)
        )
        for name, pair in changes.items()
        if name not in DERIVED
    ]
