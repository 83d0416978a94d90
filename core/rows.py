"""Storing new rows with one statement per table, for the writes that every request makes.

``Model.save`` and ``bulk_create`` compile each INSERT anew, which costs more than the database's work: six
of them were a quarter of opening an incident. Here the text is made of the model's columns and nothing
else; values pass through the fields as they do in Django.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

_DEFAULT = object()


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


@cache
def _tables(model: type[models.Model]) -> tuple[type[models.Model], ...]:
    """The model and its parents, those that others refer to first."""
    parents = [parent for parent in model._meta.parents if not parent._meta.proxy]
    return (*(each for parent in parents for each in _tables(parent)), model)


@cache
def _columns(model: type[models.Model]) -> tuple[tuple[Any, ...], str]:
    fields = tuple(field for field in model._meta.local_concrete_fields if not field.generated)
    return fields, f'INSERT INTO "{model._meta.db_table}" ({_quoted(fields)}) VALUES '  # noqa: S608 - names come from the models


def _quoted(fields: Iterable[Any]) -> str:
    return ", ".join(connection.ops.quote_name(field.column) for field in fields)


def _insert_into(model: type[models.Model], rows: Sequence[models.Model]) -> None:
    fields, text = _columns(model)
    back = {field.attname: field for field in model._meta.local_concrete_fields if field.generated}
    lines, parameters = [], []
    for row in rows:
        _follow_parents(model, row)
        cells = []
        for field in fields:
            value = _value(field, row)
            if value is _DEFAULT:
                back[field.attname] = field
                cells.append("DEFAULT")
            else:
                cells.append(_placeholder(field, value))
                parameters.append(value)
        lines.append(f"({', '.join(cells)})")
    text += ", ".join(lines)
    _run(text, parameters, back, rows)


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


def _value(field: Any, row: models.Model) -> Any:
    """The parameter for one cell, or ``_DEFAULT`` where the database fills it."""
    value = field.pre_save(row, add=True)
    if isinstance(value, DatabaseDefault) or (value is None and field.primary_key):
        return _DEFAULT
    return field.get_db_prep_save(value, connection)


def _placeholder(field: Any, value: Any) -> str:
    own = getattr(field, "get_placeholder", None)
    return str(own(value, None, connection)) if own is not None else "%s"
