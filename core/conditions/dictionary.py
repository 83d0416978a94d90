"""What a condition may ask about: fields with a type, and tests that only the app with the data can make."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Model, Q

from core.time import instant

STRINGS = frozenset({"text", "choice", "ref"})
ORDERED = frozenset({"number", "date", "datetime"})
TYPES = STRINGS | ORDERED | {"boolean", "list"}
MAX_HOPS = 3


@dataclass(frozen=True)
class Field:
    """A value that conditions may name by its dotted ``path``.

    ``type`` is text, number, boolean, date, datetime, choice, ref (a record's key) or list (of texts).
    ``orm`` is the lookup path for SQL; it follows from ``path`` when left out. ``get`` reads the value from
    the record; without it the path is walked through attributes and dicts. ``choices``: the legal codes.
    """

    path: str
    type: str
    orm: str | None = None
    get: Callable[[Any], Any] | None = None
    choices: Collection[str] | None = None

    def __post_init__(self) -> None:
        """Refuse a declaration that could never work."""
        if self.type not in TYPES:
            raise ValueError(f"{self.type} is not a type of condition field.")
        if self.path.count(".") > MAX_HOPS or not all(self.path.split(".")):
            raise ValueError(f"{self.path} is not a path of at most {MAX_HOPS} hops.")

    @property
    def column(self) -> str:
        """The lookup path for SQL."""
        return self.orm or self.path.replace(".", "__")

    @property
    def family(self) -> str:
        """Fields of one family may be compared with each other."""
        return "string" if self.type in STRINGS else self.type

    def read(self, values: Any) -> Any:
        """The value in ``values`` (a record or a dict), None when it is missing or of another type."""
        value = self.get(values) if self.get else walk(values, self.path)
        return None if value is None else _READERS[self.type](value)

    def read_before(self, values: Any, before: Any) -> Any:
        """The value before the change. What ``before`` does not tell is taken as unchanged."""
        if isinstance(before, dict):
            return self._from_old_columns(values, before)
        return self.read(before)

    def _from_old_columns(self, values: Any, before: dict[str, Any]) -> Any:
        if self.path in before:
            return as_type(self.type, before[self.path])
        root, _dot, rest = self.path.partition(".")
        if root not in before:
            return self.read(values)
        old = before[root]
        if isinstance(values, Model) and not isinstance(old, dict):
            if old == getattr(values, f"{root}_id", old):
                return self.read(values)
            old = _related(values, root, old)
        return as_type(self.type, walk(old, rest))


@dataclass(frozen=True)
class Test:
    """An operator that needs data of another app, such as ``in_group`` or ``in_schedule``.

    ``check(value, operand)`` decides in Python; ``q(column, operand)`` is the same as a filter, None when SQL
    cannot say it. It applies to the ``fields`` named, or to every field of ``type`` when none is named.
    """

    __test__ = False  # the name means something to pytest

    type: str
    check: Callable[[Any, str], bool]
    q: Callable[[str, str], Q] | None = None
    fields: frozenset[str] = frozenset()

    def applies_to(self, field: Field) -> bool:
        """Whether the operator is legal for this field."""
        return field.path in self.fields if self.fields else field.type == self.type


class Dictionary:
    """The fields one kind of record offers to conditions, and the special tests that go with them."""

    def __init__(self, fields: Iterable[Field], *, tests: Mapping[str, Test] | None = None) -> None:
        """``tests`` by operator name, e.g. ``{"in_group": Test(…)}``."""
        self._fields = {field.path: field for field in fields}
        self.tests = dict(tests or {})

    def get(self, path: str) -> Field | None:
        """The field with that path, or None."""
        return self._fields.get(path)

    def __iter__(self) -> Iterator[Field]:
        """The fields in the order they were declared."""
        return iter(self._fields.values())


def walk(values: Any, path: str) -> Any:
    """What lies at the declared dotted path (keys of dicts, attributes); None when a hop is missing."""
    if isinstance(values, dict) and path in values:
        return values[path]
    for hop in path.split("."):
        if values is None:
            return None
        try:
            values = values.get(hop) if isinstance(values, dict) else getattr(values, hop, None)
        except ObjectDoesNotExist:
            return None
    return values


def as_type(type_: str, value: Any) -> Any:
    """``value`` as that type, or None: at run time a wrong type counts as no value (DOMAIN DX-2)."""
    return None if value is None else _READERS[type_](value)


def _related(values: Model, root: str, key: Any) -> Any:
    model = values._meta.get_field(root).related_model
    return None if key is None or not isinstance(model, type) else model._base_manager.filter(pk=key).first()


def _text(value: Any) -> str | None:
    return str(value) if isinstance(value, str) else None


def _number(value: Any) -> Decimal | int | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    if isinstance(value, float):
        return Decimal(repr(value)) if math.isfinite(value) else None
    return value if isinstance(value, int) or value.is_finite() else None


def _boolean(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def _date(value: Any) -> dt.date | None:
    if isinstance(value, str):
        value = _parsed(dt.date.fromisoformat, value)
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else None


def _datetime(value: Any) -> dt.datetime | None:
    if isinstance(value, str):
        value = _parsed(instant, value)
    return value if isinstance(value, dt.datetime) and value.tzinfo is not None else None


def _list(value: Any) -> list[str] | None:
    if not isinstance(value, list | tuple | set | frozenset):
        return None
    return [str(item) for item in value if isinstance(item, str)]


def _parsed(parse: Callable[[str], Any], text: str) -> Any:
    try:
        return parse(text)
    except ValueError:
        return None


_READERS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "choice": _text,
    "ref": _text,
    "number": _number,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
    "list": _list,
}
