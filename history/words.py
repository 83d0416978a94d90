"""Recorded changes in words, with the names of what they refer to: a fixed number of queries for a page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Model
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from core.components import FieldChange
from core.models import RowChange
from core.trail.reading import read
from core.trail.tracking import tracked
from history import labels
from history.subjects import name_of
from tickets import kinds
from tickets.models import Ticket
from tickets.policies import visible_to

LONGEST = 300
_LINKS = "tickets_ticketlink"


@dataclass(frozen=True)
class Cell:
    """One field of a change: its name in the API, what it is called, and both values as JSON and in words."""

    name: str
    label: str
    old: Any
    new: Any
    words: FieldChange


@dataclass(frozen=True)
class Line:
    """One change. ``part`` names the part of the record it is about, empty for the record itself."""

    change: RowChange
    actor: User | None
    part: str
    cells: list[Cell]

    @property
    def verb(self) -> str:
        """Added, changed or removed."""
        return str(labels.VERBS[self.change.op])

    @property
    def channel(self) -> str:
        """How it came in, in words."""
        return str(labels.CHANNELS.get(self.change.channel, self.change.channel))

    @property
    def causes(self) -> str:
        """The automatic causes in words."""
        return labels.causes(self.change.cause_chain)

    @property
    def is_foreign(self) -> bool:
        """Whether nothing of Maru wrote it."""
        return self.change.channel == "sql"

    @property
    def object_ref(self) -> str:
        """What the row is called in the API, as far as the row itself tells."""
        for name in ("number", "username", "key"):
            value = self.change.changed.get(name)
            if isinstance(value, str) and value:
                return value
        return ""


@dataclass(frozen=True)
class Write:
    """What one write changed: lines of one transaction, person and cause."""

    lines: list[Line]

    @property
    def first(self) -> Line:
        """The line that tells who, when and how for all."""
        return self.lines[0]


def lines_of(actor: User, changes: Sequence[RowChange]) -> list[Line]:
    """The changes in words for ``actor``, in their order; changes of unseen columns alone are left out."""
    names = _Names(actor, changes)
    made = [
        Line(change, names.person(change.actor_id), _part(change), _cells(change, names))
        for change in changes
        if change.table != _LINKS or not any(_hides(each, names) for each in _fields(change))
    ]
    return [line for line in made if line.cells or line.change.op != "U"]


def writes_of(lines: Iterable[Line]) -> list[Write]:
    """The lines put together by the write that made them."""
    found: list[Write] = []
    before: Any = None
    for line in lines:
        change = line.change
        mark = (change.txid, change.at, change.actor_id, change.channel, tuple(change.cause_chain))
        if mark == before:
            found[-1].lines.append(line)
        else:
            found.append(Write([line]))
        before = mark
    return found


def _part(change: RowChange) -> str:
    return str(labels.PARTS.get(change.table, ""))


def _fields(change: RowChange) -> list[tuple[Any, Any, Any]]:
    """The columns that are shown, each as its field with old and new value."""
    model = tracked()[change.table][0] if change.table in tracked() else None
    if model is None:
        return []
    found = []
    for field in model._meta.local_concrete_fields:
        if field.name in labels.HIDDEN or field.column not in change.changed:
            continue
        value = change.changed[field.column]
        old, new = value if change.op == "U" else (None, value) if change.op == "I" else (value, None)
        if change.op == "U" or value not in (None, "", [], {}):
            found.append((field, old, new))
    return found


class _Names:
    """Names of the rows that a page of changes refers to, one query for each table."""

    def __init__(self, actor: User, changes: Sequence[RowChange]) -> None:
        wanted: dict[type[Model], set[Any]] = {User: {each.actor_id for each in changes if each.actor_id}}
        for change in changes:
            for field, old, new in _fields(change):
                if field.remote_field is not None:
                    keys = wanted.setdefault(_root(field.related_model), set())
                    keys.update(key for key in (old, new) if key is not None)
        self._known: dict[type[Model], dict[Any, Any]] = {}
        for model, keys in wanted.items():
            rows = model._default_manager.filter(pk__in=keys)
            # A ticket that the reader may not see has no name for them.
            rows = rows.filter(visible_to(actor)) if model is Ticket else rows
            self._known[model] = {row.pk: row for row in rows} if keys else {}

    def person(self, key: int | None) -> User | None:
        """The person of that key."""
        found: User | None = self._known[User].get(key)
        return found

    def row(self, field: Any, key: Any) -> Any:
        """The row a foreign key refers to, or None."""
        return self._known[_root(field.related_model)].get(key)


def _root(model: type[Model]) -> type[Model]:
    parents = model._meta.get_parent_list()
    return parents[-1] if parents else model


def _hides(told: tuple[Any, Any, Any], names: _Names) -> bool:
    """Whether this is a reference to a ticket that the reader may not see: for them there is none (S-9)."""
    field, *values = told
    if field.remote_field is None or _root(field.related_model) is not Ticket:
        return False
    return any(key is not None and names.row(field, key) is None for key in values)


def _cells(change: RowChange, names: _Names) -> list[Cell]:
    cells = []
    for field, old, new in _fields(change):
        if _hides((field, old, new), names):
            continue
        label = labels.field_label(field)
        words = FieldChange(label, _words(change, field, old, names), _words(change, field, new, names))
        before, after = _value(field, old, names), _value(field, new, names)
        cells.append(Cell(field.name, label, before, after, words))
    return cells


def _value(field: Any, value: Any, names: _Names) -> Any:
    """As the API tells it: references by what addresses call them, never by primary keys (API A-02)."""
    if value is None or field.remote_field is None:
        return value
    row = names.row(field, value)
    for name in ("number", "username", "key", "public_id"):
        found = getattr(row, name, None)
        if found:
            return str(found)
    return None


def _words(change: RowChange, field: Any, value: Any, names: _Names) -> str:
    if value in (None, "", [], {}):
        return ""
    if field.remote_field is not None:
        row = names.row(field, value)
        return name_of(row) if row is not None else _("not to be seen")
    if field.name in tracked()[change.table][1].secret:
        return _("secret")
    return _plain(change, field, value)


def _plain(change: RowChange, field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = dict(getattr(field, "flatchoices", None) or ())
    if choices:
        return str(choices.get(value, value))
    if field.name == "state":
        return _state(change, value)
    if field.name == "kind" and value in {spec.key for spec in kinds.all_kinds()}:
        return str(kinds.get(value).label)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return _short(", ".join(value))
    if isinstance(value, (list, dict)):
        return _short(json.dumps(value, ensure_ascii=False))
    known = read(field, value) if isinstance(field, models.DateTimeField) else None
    return formats.exact(known) if known is not None else _short(str(value))


def _state(change: RowChange, value: str) -> str:
    """A state's word; rows of tickets do not tell their kind in an update, so any kind's word serves."""
    kind = change.changed.get("kind")
    specs = [kinds.get(kind)] if isinstance(kind, str) else kinds.all_kinds()
    return next((str(spec.state_labels[value]) for spec in specs if value in spec.state_labels), value)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
