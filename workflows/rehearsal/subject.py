"""A ticket that exists in a rehearsal only: opened by its kind, as engines open tickets."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import DataError, IntegrityError
from django.utils.translation import gettext as _

from accounts.policies import Actor
from accounts.selectors import group_keyed, person_named
from core.errors import DomainError, invalid
from core.rehearsing import ledger
from tickets import kinds
from tickets.models import Ticket
from tickets.selectors import child_of, ticket_numbered

_PEOPLE = frozenset({"requester", "assignee"})
_FIELDS = frozenset({"title", "description", "requester", "impact", "urgency", "category", "parent"})


@dataclass(frozen=True)
class Subject:
    """A ticket to be opened: its kind, and the fields by name; people, groups and a parent by their keys."""

    kind: str
    fields: dict[str, Any] = field(default_factory=dict)


def openable() -> list[str]:
    """The kinds of tickets a rehearsal can open by itself.

    Orders are not among them: what a person ordered, with its form and its price, only an order makes. A
    rehearsal about one names an existing item.
    """
    return [spec.key for spec in kinds.all_kinds() if spec.open is not None]


def opened(subject: Subject, actor: Actor) -> Ticket:
    """The open ticket. Raises RuleRefusedError with the field that is wrong, RuntimeError in real life."""
    if ledger() is None:
        raise RuntimeError("A subject exists in a rehearsal only.")
    if subject.kind not in openable():
        text = _("A rehearsal can open: %(kinds)s. For other kinds name an existing ticket.")
        raise invalid("subject.kind", text % {"kinds": ", ".join(openable())}, code="choice")
    spec = kinds.get(subject.kind)
    known = _FIELDS | spec.editable
    for name in subject.fields:
        if name not in known:
            raise invalid(f"subject.fields.{name[:60]}", _("There is no such field."), code="unknown_field")
    values = {name: _value(name, value, actor) for name, value in subject.fields.items()}
    values.setdefault("title", _("Rehearsal"))
    if "parent" not in values and "requester" not in values and actor is not None:
        values["requester"] = actor
    assert spec.open is not None  # noqa: S101 - openable
    try:
        return spec.open(actor=None, **values)
    except DomainError as refusal:
        first = refusal.errors[0].field if refusal.errors else ""
        raise invalid(f"subject.fields.{first}".rstrip("."), str(refusal.detail)) from refusal
    except (TypeError, ValueError, DataError, IntegrityError) as error:
        text = _("No ticket of this kind can be opened with these fields.")
        raise invalid("subject.fields", text) from error


def _value(name: str, value: Any, actor: Actor) -> Any:
    if name in _PEOPLE:
        found: Any = person_named(actor, str(value))
    elif name == "group":
        found = group_keyed(actor, str(value))
    elif name == "parent":
        found = child_of(ticket_numbered(actor, str(value)))
    else:
        return value
    if found is None:
        text = _("There is no “%(key)s” that you may use here.") % {"key": str(value)[:60]}
        raise invalid(f"subject.fields.{name}", text, code="does_not_exist")
    return found
