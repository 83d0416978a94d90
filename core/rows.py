"""Writing rows with one statement per table, for the writes that every request and every sweep makes.

``Model.save`` and ``bulk_create`` compile each INSERT anew, which costs more than the database's work: six
of them were a quarter of opening an incident. ``bulk_update`` writes a CASE with a branch for each row and
column, which the database then walks for each row. Here the text is made of the model's columns and nothing
else; values pass through the fields as they do in Django.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, models
from django.db.models.expressions import DatabaseDefault
from psycopg2.extras import Json

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


def append(
    model: type[models.Model], each: Mapping[str, Sequence[Any]], same: Mapping[str, Any] | None = None
) -> None:
    """Store many new rows whose keys nobody needs, without making an object of each.

    ``each`` has a value for every row, ``same`` what is equal in all, both by the field's name; what neither
    names gets its default. A third of what ``insert`` costs for hundreds of rows. Raises TypeError for a
    child model and for a field that an array cannot carry.
    """
    _append(model, each, same or {})


def append_once(
    model: type[models.Model],
    each: Mapping[str, Sequence[Any]],
    same: Mapping[str, Any] | None = None,
    *,
    back: Sequence[str],
) -> set[tuple[Any, ...]]:
    """As ``append``, but a row that is there already by some unique rule is left out.

    Returns the values of the fields ``back`` of the rows that were stored.
    """
    wanted = _quoted(_field(model, name) for name in back)
    return set(_append(model, each, same or {}, f"ON CONFLICT DO NOTHING RETURNING {wanted}"))


def _append(
    model: type[models.Model],
    each: Mapping[str, Sequence[Any]],
    same: Mapping[str, Any],
    ending: str = "",
) -> list[tuple[Any, ...]]:
    if model._meta.parents:
        raise TypeError("rows.append() stores rows of one table.")
    if not all(each.values()):
        return []
    lists, database = _Lists(), connections[DEFAULT_DB_ALIAS]
    given = {_field(model, name).column: value for name, value in same.items()}
    for name, values in each.items():
        column = _column(_field(model, name))
        lists.add(column.field, [column.ready(value, database) for value in values])
    listed = {field.column for field in lists.fields}
    for column in _columns(model)[0]:
        name = column.field.column
        if name not in listed:
            value = given[name] if name in given else column.field.get_default()
            if column.is_filled(value):
                lists.add_same(column.field, column.ready(value, database))
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({_quoted(lists.fields)})'  # noqa: S608 - our own names
            f" SELECT {', '.join(lists.picked)} FROM {lists.table} {ending}",
            lists.parameters,
        )
        stored = cursor.fetchall() if ending else []
    if rehearsing.ledger() is not None:
        names = [_field(model, name).attname for name in (*each, *same)]
        lines = zip(*each.values(), strict=True)
        rehearsing.note(model(**dict(zip(names, (*line, *same.values()), strict=True))) for line in lines)
    return stored


def update(changed: Sequence[models.Model], names: Sequence[str]) -> None:
    """Write the fields ``names`` of stored rows of one model, all in one statement.

    As with ``bulk_update`` no signals are sent and a row that is gone is left out. Raises TypeError for a
    field that an array cannot carry, such as a list.
    """
    if not changed:
        return
    model = type(changed[0])
    database, lists = connections[DEFAULT_DB_ALIAS], _Lists()
    for column in _given(model, tuple(names)):
        lists.add(column.field, [column.value(row, database) for row in changed])
    key, *rest = lists.fields
    pairs = ", ".join(
        f'"{field.column}" = {value}' for field, value in zip(rest, lists.picked[1:], strict=True)
    )
    table = f'"{model._meta.db_table}"'
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} SET {pairs} FROM {lists.table}"  # noqa: S608 - our own names
            f' WHERE {table}."{key.column}" = {lists.picked[0]}',
            lists.parameters,
        )


@cache
def _given(model: type[models.Model], names: tuple[str, ...]) -> tuple[_Column, ...]:
    """The key and the fields to write, as columns of a list of rows."""
    key = model._meta.pk
    fields = [*([key] if key is not None else []), *(model._meta.get_field(name) for name in names)]
    for field in fields:
        if field not in model._meta.local_concrete_fields:
            raise TypeError(f"{field} is no column of this table.")
    return tuple(_column(field) for field in fields)


class _Lists:
    """Columns of many rows as the FROM of a statement: as arrays, or once where all rows have the same.

    An array goes as one text. ``ARRAY[…]``, which the driver writes for a list, is an expression for each
    value that the server parses and plans. The first column is always an array: one value for each row.
    """

    def __init__(self) -> None:
        self.fields: list[Any] = []
        self.picked: list[str] = []  # what each field gets
        self._same: list[str | None] = []
        self._arrays: list[str] = []
        self._kinds: list[str] = []

    def add(self, field: Any, values: Sequence[Any]) -> None:
        """One more column. Raises TypeError for a field that an array cannot carry."""
        if not isinstance(field, (*_PLAIN, models.JSONField)):
            raise TypeError(f"No array carries {field}.")
        texts = [_text(value) for value in values]
        if self._arrays and len(set(texts)) == 1:
            self.add_same(field, texts[0])
            return
        self.fields.append(field)
        self.picked.append(f"given.c{len(self._arrays)}")
        self._arrays.append(_literal(texts))
        self._kinds.append(_kind(field))

    def add_same(self, field: Any, value: Any) -> None:
        """One more column that is equal in all rows."""
        self.fields.append(field)
        self.picked.append(f"%s::{_kind(field)}")
        self._same.append(_text(value))

    @property
    def table(self) -> str:
        """The rows, as ``given``."""
        arrays = ", ".join(f"%s::{kind}[]" for kind in self._kinds)
        return f"unnest({arrays}) AS given({', '.join(f'c{number}' for number in range(len(self._kinds)))})"

    @property
    def parameters(self) -> list[str | None]:
        """Of ``picked``, then of ``table``: the statement must have them in this order."""
        return [*self._same, *self._arrays]


def _text(value: Any) -> str | None:
    """The value as the server reads it in a text."""
    kind = type(value)
    if kind is str or value is None:
        return value  # type: ignore[no-any-return]
    if isinstance(value, Json):
        return str(value.dumps(value.adapted))
    if kind is DatabaseDefault:
        raise TypeError("Rows of one list agree about what the database fills in.")
    return str(value)


def _literal(texts: Iterable[str | None]) -> str:
    """The array of these texts, as the server reads one."""
    return "{" + ",".join("NULL" if text is None else f'"{_escaped(text)}"' for text in texts) + "}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


@cache
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
        return self.ready(row.__dict__.get(self.attname), database)

    def ready(self, value: Any, database: Any) -> Any:
        """The value, ready for the driver."""
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


@cache
def _column(field: Any) -> _Column:
    return _Column(
        field, field.attname, field.primary_key, isinstance(field, _PLAIN) and not _is_special(field)
    )


def _is_special(field: Any) -> bool:
    """Whether the field does more than store: fills itself in, or has its own way to write a value."""
    return bool(getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)) or hasattr(
        field, "get_placeholder"
    )


def _field(model: type[models.Model], name: str) -> Any:
    return model._meta.get_field(name)


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
