"""Writing rows with one statement per table, for the writes that every request and every sweep makes.

``Model.save`` and ``bulk_create`` compile each INSERT anew, which costs more than the database's work: six
of them were a quarter of opening an incident. ``bulk_update`` writes a CASE with a branch for each row and
column, which the database then walks for each row. Here the text is made of the model's columns and nothing
else; values pass through the fields as they do in Django.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import DatabaseDefault

from core import rehearsing

# What the driver writes down as it stands, in a column of a plain kind.
_NATIVE = frozenset({str, int, bool, float, Decimal, dt.datetime, dt.date, uuid.UUID, type(None)})
_PLAIN = (
    models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.DateTimeField,
    models.UUIDField, models.ForeignKey, models.DecimalField,
)  # fmt: skip


def insert(rows: Sequence[models.Model]) -> None:
    """Store unsaved ``rows`` of one model; each gets its key and what the database filled in.

    For a child model the parents' rows are stored first. No signals are sent (none are used here) and no
    conflict is ignored: the database's refusal is raised as IntegrityError.
    """
    if not rows:
        return
    for row in rows:  # a reference to a row that was stored a moment ago has its key by now
        row._prepare_related_fields_for_save(operation_name="insert")  # type: ignore[attr-defined] # as bulk_create
    for model in _tables(type(rows[0])):
        _insert_into(model, rows)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias
    rehearsing.note(rows)


def append(new: Sequence[models.Model]) -> None:
    """Store many unsaved rows of one model whose keys nobody needs: the rows get nothing back.

    Half of what ``insert`` costs for hundreds of rows. Raises TypeError for a child model and for a field
    that an array cannot carry.
    """
    if not new:
        return
    model, database = type(new[0]), connections[DEFAULT_DB_ALIAS]
    if model._meta.parents:
        raise TypeError("rows.append() stores rows of one table.")
    chosen, cells = [], []
    for column in _columns(model)[0]:
        values = [column.value(row, database) for row in new]
        if any(column.is_filled(value) for value in values):
            chosen.append(_array(column.field))
            cells.append(values)
    names = _quoted(chosen)
    lists = ", ".join(f"%s::{_kind(field)}[]" for field in chosen)
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({names}) SELECT * FROM unnest({lists})',  # noqa: S608
            cells,
        )
    rehearsing.note(new)


def update(changed: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write the fields ``names`` of stored rows of one model, all in one statement.

    As with ``bulk_update`` no signals are sent and a row that is gone is left out. Raises TypeError for a
    field that an array cannot carry, such as a list.
    """
    if not changed:
        return
    model = type(changed[0])
    columns = _given(model, tuple(names))
    database = connections[DEFAULT_DB_ALIAS]
    cells = [[column.value(row, database) for row in changed] for column in columns]
    with connection.cursor() as cursor:
        cursor.execute(_update_text(model, tuple(names)), cells)


@cache
def _given(model: type[models.Model], names: tuple[str, ...]) -> tuple[_Column, ...]:
    """The key and the fields to write, as columns of a list of rows."""
    key = model._meta.pk
    fields = [*([key] if key is not None else []), *(model._meta.get_field(name) for name in names)]
    for field in fields:
        if field not in model._meta.local_concrete_fields:
            raise TypeError(f"{field} is no column of this table.")
    return tuple(_column(_array(field)) for field in fields)


def _array(field: Any) -> Any:
    """The field, if a list of its values can be sent as an array."""
    if not isinstance(field, (*_PLAIN, models.JSONField)):
        raise TypeError(f"No array carries {field}.")
    return field


@cache
def _update_text(model: type[models.Model], names: tuple[str, ...]) -> str:
    key, *rest = (column.field for column in _given(model, names))
    pairs = ", ".join(f'"{field.column}" = given."{field.column}"' for field in rest)
    lists = ", ".join(f"%s::{_kind(field)}[]" for field in (key, *rest))
    table = f'"{model._meta.db_table}"'
    return (
        f"UPDATE {table} SET {pairs} FROM unnest({lists}) AS given({_quoted((key, *rest))})"  # noqa: S608
        f' WHERE {table}."{key.column}" = given."{key.column}"'
    )


def _kind(field: Any) -> str:
    """The type of the values; a text that is too long must be refused, which a cast to varchar would cut."""
    return "text" if isinstance(field, models.CharField) else str(field.db_type(connection))


@cache
def _tables(model: type[models.Model]) -> tuple[type[models.Model], ...]:
    """The model and its parents, those that others refer to first."""
    parents = [parent for parent in model._meta.parents if not parent._meta.proxy]
    return (*(each for parent in parents for each in _tables(parent)), model)


@dataclass(frozen=True)
class _Column:
    """One column to fill. ``is_plain``: a value of a native type needs no preparation by the field."""

    field: Any
    attname: str
    is_key: bool
    is_plain: bool

    def is_filled(self, value: Any) -> bool:
        """Whether the database is not to fill it in: the rows of one list agree about that."""
        return type(value) is not DatabaseDefault and not (value is None and self.is_key)

    def value(self, row: models.Model, database: Any) -> Any:
        """What the row has there, ready for the driver."""
        value = row.__dict__.get(self.attname)
        if (self.is_plain and type(value) in _NATIVE) or not self.is_filled(value):
            return value
        return self.field.get_db_prep_save(value, database)

    def cell(self, row: models.Model, database: Any) -> tuple[str, Any]:
        """Its place in the statement and the parameter for it; the database's own default has none."""
        value = row.__dict__.get(self.attname)
        kind = type(value)
        if kind is DatabaseDefault or (value is None and self.is_key):
            return "DEFAULT", None
        if self.is_plain and kind in _NATIVE:
            return "%s", value
        value = self.field.get_db_prep_save(self.field.pre_save(row, add=True), database)
        own = getattr(self.field, "get_placeholder", None)
        return ("%s" if own is None else str(own(value, None, database))), value


@cache
def _columns(model: type[models.Model]) -> tuple[tuple[_Column, ...], str]:
    fields = [field for field in model._meta.local_concrete_fields if not field.generated]
    columns = tuple(_column(field) for field in fields)
    text = f'INSERT INTO "{model._meta.db_table}" ({_quoted(fields)}) VALUES '  # noqa: S608 - our own names
    return columns, text


def _column(field: Any) -> _Column:
    return _Column(
        field, field.attname, field.primary_key, isinstance(field, _PLAIN) and not _is_special(field)
    )


def _is_special(field: Any) -> bool:
    """Whether the field does more than store: fills itself in, or has its own way to write a value."""
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)) or hasattr(
        field, "get_placeholder"
    )


def _quoted(fields: Iterable[Any]) -> str:
    return ", ".join(f'"{field.column}"' for field in fields)


def _insert_into(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    columns, text = _columns(model)
    database = connections[DEFAULT_DB_ALIAS]  # asked for once: the proxy looks it up at every use
    back = {field.attname: field for field in model._meta.local_concrete_fields if field.generated}
    lines, parameters = [], []
    for row in rows:
        _follow_parents(model, row)
        cells = []
        for column in columns:
            cell, value = column.cell(row, database)
            cells.append(cell)
            if cell == "DEFAULT":
                back[column.attname] = column.field
            else:
                parameters.append(value)
        lines.append(f"({', '.join(cells)})")
    _run(text + ", ".join(lines), parameters, back, rows)


def _run(text: str, parameters: list[Any], back: dict[str, Any], rows: Sequence[models.Model]) -> None:
    """Execute, and put what the database filled in into the rows, which come back in their order."""
    with connection.cursor() as cursor:
        if not back:
            cursor.execute(text, parameters)
            return
        cursor.execute(f"{text} RETURNING {_quoted(back.values())}", parameters)
        for row, values in zip(rows, cursor.fetchall(), strict=True):
            row.__dict__.update(zip(back, values, strict=True))


def _follow_parents(model: type[models.Model], row: models.Model) -> None:
    """The key of a child is that of its parent's row."""
    for parent, link in model._meta.parents.items():
        if link is not None:
            setattr(row, link.attname, getattr(row, parent._meta.pk.attname))
