"""Reading a record as it was at an instant, from what the triggers recorded."""

from __future__ import annotations

import copy
import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypeVar

from django.contrib.postgres.fields import RangeField
from django.db import models

from core.models import RowChange
from core.trail.tracking import RowHistory, tracked

M = TypeVar("M", bound=models.Model)
_RANGE = re.compile(r'([\[(])"?([^",]*)"?,"?([^",]*)"?([\])])')


def as_of(row: M, at: dt.datetime) -> M | None:
    """A copy of a stored row of a recorded table with the fields it had at ``at``; None when it was not there
    yet.

    What counts is when a change's transaction began: the state is that after the last such change. A row
    older than the recording is shown in its earliest known state. Rows that other tables hold of it stay as
    they are now. Raises TypeError for a row with fields that were not recorded, or cannot be read back.
    """
    model = type(row)
    tables = _tables(model)
    changes = _changes(row)
    made = copy.copy(row)
    for table_model in tables:
        table = table_model._meta.db_table
        trigger = tracked()[table][1]
        values = _values(trigger, table_model, [each for each in changes if each.table == table], at)
        if values is None:
            return None
        for field in table_model._meta.local_concrete_fields:
            if field.column in values:
                _put(made, field, values[field.column])
    created = getattr(made, "created_at", None)
    return None if created is not None and created > at else made


def _tables(model: type[models.Model]) -> list[type[models.Model]]:
    """The model and its concrete parents."""
    found = [model, *model._meta.get_parent_list()]
    if any(each._meta.db_table not in tracked() for each in found):
        raise TypeError(f"{model.__name__} is not recorded.")
    return found


def _changes(row: models.Model) -> list[RowChange]:
    """What was recorded of this row, oldest first."""
    table = row._meta.db_table
    record, _column = tracked()[table][1].record(type(row))
    rows = RowChange.objects.filter(record=record, row_id=row.pk)
    trigger = tracked()[table][1]
    if not trigger.part_of:
        rows = rows.filter(record_id=row.pk)
    names = [each._meta.db_table for each in _tables(type(row))]
    return list(rows.filter(table__in=names).only("at", "table", "op", "changed").order_by("pk"))


def _values(
    trigger: RowHistory, model: type[models.Model], changes: Sequence[RowChange], at: dt.datetime
) -> dict[str, Any] | None:
    """The columns that were other then, or None when there was no row."""
    kept = max((place for place, change in enumerate(changes, 1) if change.at <= at), default=0)
    if kept == 0 and changes and changes[0].op == "I":
        return None
    if kept and changes[kept - 1].op == "D":
        return None
    values: dict[str, Any] = {}
    for change in reversed(changes[kept:]):
        if change.op == "U":
            values |= {column: pair[0] for column, pair in change.changed.items()}
    if kept and values:
        values |= _noise(trigger, model, changes[kept - 1])
    return values


def _noise(trigger: RowHistory, model: type[models.Model], last: RowChange) -> dict[str, Any]:
    """What moves without being recorded is told as the last recorded change left it."""
    return {
        column: last.changed[column][1] if last.op == "U" else last.changed[column]
        for column in trigger.noise_of(model)
        if column in last.changed
    }


def _put(row: models.Model, field: Any, value: Any) -> None:
    """Give ``row`` the recorded value, and forget what it referred to until now."""
    if field.is_relation and field.is_cached(row) and row.__dict__.get(field.attname) != value:
        field.delete_cached_value(row)
    row.__dict__[field.attname] = read(field, value)


def read(field: Any, value: Any) -> Any:
    """The recorded JSON value as the field's own type."""
    if value is None or isinstance(field, models.JSONField):
        return value
    if isinstance(field, RangeField):
        return _range(field, value)
    if isinstance(field, models.DecimalField):
        return Decimal(str(value)).quantize(Decimal(1).scaleb(-field.decimal_places))
    target = field.target_field if field.is_relation else field
    return target.output_field.to_python(value) if target.generated else target.to_python(value)


def _range(field: Any, text: str) -> Any:
    """A range as PostgreSQL writes it, e.g. ``["2026-03-02 08:00:00+00","2026-03-09 08:00:00+00")``."""
    found = _RANGE.fullmatch(text)
    if found is None:
        return field.range_type(empty=True)
    lower, upper = (field.base_field.to_python(each) if each else None for each in found.group(2, 3))
    return field.range_type(lower, upper, found[1] + found[4])
