"""Queries whose text is compiled once in a process: for the few reads that every step of an engine makes.

Django compiles a queryset anew each time it is read, which for a row with its references takes 0.7 ms of the
processor: more than the database's work. The text, the converters of the columns and the way from a row to
its objects do not change, so they are kept; this is what ``ModelIterable`` does, without the compiling.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Lookup, Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

M = TypeVar("M", bound=Model)


class Among(Lookup):
    """Whether a column is one of the values of a list. One parameter, so the text fits any number of them."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The condition and its parameters."""
        column, parameters = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*parameters, self.rhs)


_populators: Any = get_related_populators  # the stubs are of a later Django, which has one argument more


def the_one(rows: QuerySet[M]) -> M | None:
    """The row that ``rows`` has by a unique key, or None.

    ``first`` orders by the key, for which Django compares all columns: a third of compiling a wide row.
    """
    return next(iter(rows[:1]), None)


class _Compiled:
    """The text of a query, its parameters, and what turns its columns into values."""

    def __init__(self, rows: QuerySet[Any], places: Sequence[Any]) -> None:
        self._compiler: Any = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self._text, parameters = self._compiler.as_sql()
        self._parameters = list(parameters)
        if any(self._parameters.count(place) != 1 for place in places):
            raise ValueError("Each place must be in the conditions once.")
        self._at = [self._parameters.index(place) for place in places]
        columns = [column[0] for column in self._compiler.select]
        self._converters = list(self._compiler.get_converters(columns).items())

    def _found(self, given: Sequence[Any]) -> list[list[Any]]:
        """The rows as they are now, as values of their columns."""
        parameters = self._parameters.copy()
        for at, value in zip(self._at, given, strict=True):
            parameters[at] = value
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(self._text, parameters)
            found = [list(row) for row in cursor.fetchall()]
        for at, (converters, expression) in self._converters:
            for row in found:
                for convert in converters:
                    row[at] = convert(row[at], expression, connection)
        return found


class Prepared(_Compiled, Generic[M]):
    """The rows of a queryset, compiled; ``read`` asks the database, each time anew."""

    def __init__(self, rows: QuerySet[M], *places: Any) -> None:
        """``places`` are values in the conditions of ``rows`` that stand for what ``read`` is given.

        Rows that are locked must be prepared in a transaction. Raises ValueError when a place is not there
        exactly once, TypeError for rows that are no objects or that have objects read beside them.
        """
        plain = rows._iterable_class is ModelIterable and not rows._known_related_objects  # type: ignore[attr-defined]
        if not plain or rows._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise TypeError("Only plain objects with their references can be prepared.")
        super().__init__(rows, places)
        compiler = self._compiler
        self._model: type[M] = compiler.klass_info["model"]
        own = compiler.klass_info["select_fields"]
        self._own = slice(own[0], own[-1] + 1)
        self._names = [column[0].target.attname for column in compiler.select[self._own]]
        self._related: list[Any] = _populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
        self._extra = list((compiler.annotation_col_map or {}).items())

    def read(self, *given: Any) -> list[M]:
        """The objects as they are now, with ``given`` at the places."""
        return [self._made(row) for row in self._found(given)]

    def _made(self, row: list[Any]) -> M:
        made: M = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._own])
        for related in self._related:
            related.populate(row, made)
        for name, at in self._extra:
            setattr(made, name, row[at])
        return made


class PreparedPlain(_Compiled):
    """As ``Prepared``, for what only shows rows: plain objects with some columns, and the model's properties.

    An object of a model takes ten times as long to make. Nothing is read later: what was not asked for is not
    there. ``references`` name the columns of each reference to have beside the ``columns`` of the row.
    """

    def __init__(
        self,
        rows: QuerySet[Any],
        columns: Sequence[str],
        references: Mapping[str, Sequence[str]],
        *places: Any,
    ) -> None:
        """``columns`` and those of references are names of columns, such as ``group_id``. Raises as above."""
        names = [*columns, *(f"{name}__{column}" for name, shown in references.items() for column in shown)]
        super().__init__(rows.values_list(*names), places)
        model: Any = rows.model
        self._names, self._kind = tuple(columns), _plain(model)
        self._references, begin = [], len(columns)
        for name, shown in references.items():
            field: Any = model._meta.get_field(name)
            place = slice(begin, begin + len(shown))
            key = columns.index(field.attname)
            self._references.append((name, key, place, tuple(shown), _plain(field.related_model)))
            begin += len(shown)

    def read(self, *given: Any) -> list[Any]:
        """The rows as they are now, with ``given`` at the places."""
        return [self._made(row) for row in self._found(given)]

    def _made(self, row: list[Any]) -> Any:
        made = self._kind()
        held = made.__dict__
        held.update(zip(self._names, row, strict=False))
        for name, key, place, shown, kind in self._references:
            held[name] = None
            if row[key] is not None:
                held[name] = other = kind()
                other.__dict__.update(zip(shown, row[place], strict=True))
        return made


@cache
def _plain(model: type[Model]) -> type[Any]:
    """A class without the machinery of a model: its description, and what the model works out of columns."""
    own = {
        name: each
        for base in reversed(model.__mro__)
        for name, each in vars(base).items()
        if isinstance(each, property)
    }
    return type(f"Plain{model.__name__}", (), own | {"_meta": model._meta})
