"""Queries whose text is compiled once in a process: for the few reads that every step of an engine makes.

Django compiles a queryset anew each time it is read, which for a row with its references takes 0.7 ms of the
processor: more than the database's work. The text, the converters of the columns and the way from a row to
its objects do not change, so they are kept; this is what ``ModelIterable`` does, without the compiling.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

M = TypeVar("M", bound=Model)
_populators: Any = get_related_populators  # the stubs are of a later Django, which has one argument more


class Prepared(Generic[M]):
    """The rows of a queryset, compiled; ``read`` asks the database, each time anew."""

    def __init__(self, rows: QuerySet[M], *places: int) -> None:
        """``places`` are numbers in the conditions of ``rows`` that stand for what ``read`` is given.

        Rows that are locked must be prepared in a transaction. Raises ValueError when a place is not there
        exactly once, TypeError for rows that are no objects or that have objects read beside them.
        """
        plain = rows._iterable_class is ModelIterable and not rows._known_related_objects  # type: ignore[attr-defined]
        if not plain or rows._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise TypeError("Only plain objects with their references can be prepared.")
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        self._text, parameters = compiler.as_sql()
        self._parameters = list(parameters)
        if any(self._parameters.count(place) != 1 for place in places):
            raise ValueError("Each place must be in the conditions once.")
        self._at = [self._parameters.index(place) for place in places]
        self._model: type[M] = compiler.klass_info["model"]
        own = compiler.klass_info["select_fields"]
        self._own = slice(own[0], own[-1] + 1)
        self._names = [column[0].target.attname for column in compiler.select[self._own]]
        self._related: list[Any] = _populators(compiler.klass_info, compiler.select, DEFAULT_DB_ALIAS)
        self._extra = list((compiler.annotation_col_map or {}).items())
        self._converters = list(compiler.get_converters([column[0] for column in compiler.select]).items())

    def read(self, *given: Any) -> list[M]:
        """The objects as they are now, with ``given`` at the places."""
        parameters = self._parameters.copy()
        for at, value in zip(self._at, given, strict=True):
            parameters[at] = value
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(self._text, parameters)
            found = cursor.fetchall()
        return [self._made(list(row), connection) for row in found]

    def _made(self, row: list[Any], connection: Any) -> M:
        for at, (converters, expression) in self._converters:
            for convert in converters:
                row[at] = convert(row[at], expression, connection)
        made: M = self._model.from_db(DEFAULT_DB_ALIAS, self._names, row[self._own])
        for related in self._related:
            related.populate(row, made)
        for name, at in self._extra:
            setattr(made, name, row[at])
        return made
