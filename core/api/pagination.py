"""Keyset pages: each row that was there at the start comes exactly once (API A-24, A-25)."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.db import OperationalError, connection, transaction
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fieldrules import orders_for
from core.api.problems import unknown
from core.errors import BadInputError, FieldError

DEFAULT_SIZE, MAX_SIZE, COUNT_CAP = 50, 200, 1000
SALT = "api.cursor"
QUERY_CANCELED = "57014"
_NOT_BOUND = {"cursor", "page_size", "count", "fields", "expand"}


@dataclass(frozen=True)
class Key:
    """One column of the ordering; ``down`` means from high to low."""

    column: str
    down: bool

    def reversed(self) -> Key:
        """The same column the other way."""
        return Key(self.column, not self.down)

    def text(self) -> str:
        """As Django's ``order_by`` writes it."""
        return f"-{self.column}" if self.down else self.column


def keys_of(names: list[str]) -> list[Key]:
    """Keys of ``order_by`` texts."""
    return [Key(name.removeprefix("-"), name.startswith("-")) for name in names]


class KeysetPagination(BasePagination):
    """Pages by the values of the last row, never by offset.

    A view names ``ordering_fields``: what a caller may order by, each with the columns it stands for, in the
    direction an index has them. The columns are never null; the primary key breaks ties, and the cursor
    holds in its place what the view names in ``place_columns``: the public id, or what else is unique.
    """

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        """The rows of the page asked for. Raises BadInputError for a bad cursor, size or ordering."""
        self.request, self.view = request, view
        self.size = _page_size(request)
        self.keys = self._ordering(request, view)
        self.binding = self._binding(request)
        self.count: dict[str, Any] = _count(queryset, request)
        cursor = self._cursor(request)
        backwards = cursor is not None and cursor["b"]
        keys = [key.reversed() for key in self.keys] if backwards else self.keys
        rows = queryset.order_by(*[key.text() for key in keys])
        if cursor is not None:
            rows = rows.filter(_beyond(queryset.model, keys, cursor, self._last(queryset.model, cursor)))
        found = list(rows[: self.size + 1])
        more, page = len(found) > self.size, found[: self.size]
        if backwards:
            page.reverse()
        self.next = page and (more or backwards)
        self.previous = page and (more if backwards else cursor is not None)
        self.page = page
        return page

    def get_paginated_response(self, data: Any) -> Response:
        """``results`` with the addresses of the neighbouring pages, and ``count`` where asked for."""
        body = {
            "results": data,
            "next": self._link(self.page[-1], backwards=False) if self.next else None,
            "previous": self._link(self.page[0], backwards=True) if self.previous else None,
        }
        return Response(body | self.count)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The OpenAPI description of a page of ``schema``."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {
                "results": schema,
                "next": link,
                "previous": link,
                "count": {"type": ["integer", "null"], "description": "With ?count=capped or ?count=exact."},
                "count_capped": {"type": "boolean", "description": "True when count stopped at 1,000."},
            },
        }

    def _ordering(self, request: Request, view: Any) -> list[Key]:
        allowed = orders_for(view, internal=view.reads_internal())
        asked = [name for name in request.query_params.get("ordering", "").split(",") if name]
        strange = [name for name in asked if name.removeprefix("-") not in allowed]
        if strange:
            raise unknown([f"ordering={name[:60]}" for name in strange], mark="?")
        keys: list[Key] = []
        for place, name in enumerate(asked or [view.default_ordering]):
            columns = keys_of(list(allowed[name.removeprefix("-")]))
            if name.startswith("-"):
                columns = [key.reversed() for key in columns]
            # Only the last one brings its further columns: before it they would decide too early.
            keys += columns if place == len(asked or [""]) - 1 else columns[:1]
        unique: dict[str, Key] = {}
        for key in keys:
            unique.setdefault(key.column, key)
        last = list(unique.values())[-1]
        unique.pop("pk", None)
        return [*unique.values(), Key("pk", last.down)]

    def _binding(self, request: Request) -> str:
        bound = sorted(
            (name, value)
            for name, values in request.query_params.lists()
            if name not in _NOT_BOUND
            for value in values
        )
        told = json.dumps([request.user.pk, request.path, bound])
        return hashlib.sha256(told.encode()).hexdigest()[:24]

    def _cursor(self, request: Request) -> dict[str, Any] | None:
        text = request.query_params.get("cursor")
        if text is None:
            return None
        try:
            cursor: dict[str, Any] = signing.loads(text, salt=SALT)
        except signing.BadSignature:
            cursor = {}
        if cursor.get("h") != self.binding:
            told = _("This cursor is not one of this list, its filters and yours. Begin without it.")
            raise BadInputError(told, errors=[FieldError("?cursor", "invalid", told)])
        return cursor

    def _place(self, row: Any) -> Any:
        """What makes the row unique, without its primary key (API A-02)."""
        found = [_plain(_value(row, column)) for column in self.view.place_columns]
        return found[0] if len(found) == 1 else found

    def _last(self, model: type[Model], cursor: dict[str, Any]) -> Any:
        columns, values = self.view.place_columns, cursor["k"]
        place = dict(zip(columns, [values] if len(columns) == 1 else values, strict=True))
        return model._default_manager.filter(**place).values("pk")[:1]

    def _link(self, row: Any, *, backwards: bool) -> str:
        values = [_plain(_value(row, key.column)) for key in self.keys[:-1]]
        cursor = {"b": backwards, "v": values, "k": self._place(row), "h": self.binding}
        query = self.request.query_params.copy()
        query["cursor"] = signing.dumps(cursor, salt=SALT, compress=True)
        return self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}")


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(DEFAULT_SIZE))
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= MAX_SIZE):
        told = _("A page has 1 to %(max)s rows.") % {"max": MAX_SIZE}
        raise BadInputError(told, errors=[FieldError("?page_size", "invalid", told)])
    return int(text)


def _count(queryset: QuerySet[Any], request: Request) -> dict[str, Any]:
    asked = request.query_params.get("count")
    if asked is None:
        return {}
    if asked == "capped":
        found = queryset.order_by()[: COUNT_CAP + 1].count()
        return {"count": min(found, COUNT_CAP), "count_capped": found > COUNT_CAP}
    if asked == "exact":
        return {"count": _whole_count(queryset)}
    told = _("Choose capped or exact.")
    raise BadInputError(told, errors=[FieldError("?count", "invalid", told)])


def _whole_count(queryset: QuerySet[Any]) -> int | None:
    """All matching rows, or None when counting takes longer than a second (API A-26)."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = '1s'")
            return queryset.order_by().count()
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") == QUERY_CANCELED:
            return None
        raise


def _beyond(model: type[Model], keys: list[Key], cursor: dict[str, Any], last: Any) -> Q:
    """The rows after the cursor's in the order of ``keys``."""
    values = [
        *(_typed(model, key.column, value) for key, value in zip(keys, cursor["v"], strict=False)),
        last,
    ]
    beyond = Q()
    for key, value in reversed(list(zip(keys, values, strict=True))):
        past = Q(**{f"{key.column}__{'lt' if key.down else 'gt'}": value})
        beyond = past | (Q(**{key.column: value}) & beyond) if beyond else past
    if len(keys) == 1:
        return beyond
    # The leading column alone bounds the index range; without it the OR hides that from the planner.
    first = keys[0]
    return Q(**{f"{first.column}__{'lte' if first.down else 'gte'}": values[0]}) & beyond


def _value(row: Any, column: str) -> Any:
    for step in column.split("__"):
        row = getattr(row, step)
    return row


def _typed(model: type[Model], column: str, value: Any) -> Any:
    field: Any = None
    for step in column.split("__"):
        field = model._meta.get_field(step)
        model = field.related_model or model
    return field.to_python(value)


def _plain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return str(value)
    return value.isoformat() if isinstance(value, dt.datetime | dt.date) else value
