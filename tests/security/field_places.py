"""Which fields the REST API has: what it shows, takes, and lets lists be asked by, from the code itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rest_framework.serializers import BaseSerializer, ListSerializer

from api.urls import addresses
from core.api.fields import KeyField, Out, describing
from core.api.filters import READ_PARAMETERS
from core.api.selection import Expand
from tests.security.operations import Operation, operations, schema_of

READ, WRITE, QUERY = "read", "write", "query"
# References in short form: what they hold is what everybody may know of a thing they are told of.
SHORT = "Ref"


@dataclass(frozen=True)
class Place:
    """One way to fields at one address: read, write by ``method``, or query; all there are for anybody."""

    route: str
    way: str
    fields: tuple[str, ...]
    operation: Operation | None = None
    takes_fields: bool = False
    # References that are asked to be shown whole.
    expand: str = ""

    @property
    def name(self) -> str:
        """The way as the matrix writes it; a write is told by its method."""
        return self.operation.method if self.operation else self.way

    def rows(self) -> list[tuple[str, str, str]]:
        """The rows of the matrix that are about it."""
        return [(self.route, self.name, name) for name in self.fields]


def places() -> list[Place]:
    """All of them, by address."""
    found = [*_read(), *_written(), *_queried()]
    order = {f"api/v1/{each.route}": place for place, each in enumerate(addresses)}
    return sorted(found, key=lambda each: (order[each.route], each.name))


def _gets() -> Iterator[tuple[Any, str]]:
    """Addresses that are read, with what runs there; a view that serves several kinds of ticket once."""
    known = set()
    for address in addresses:
        action = address.actions.get("get")
        if action and (address.view, action) not in known:
            known.add((address.view, action))
            yield address, action


def _read() -> Iterator[Place]:
    for address, action in _gets():
        schema = schema_of(address, action, "get")
        shown = _single(schema.get_response_serializers())
        if shown is None:
            continue
        fields, expand = tuple(_names(shown)), _expandable(schema.view, action)
        if expand and not isinstance(shown, schema.view.serializer_class):
            expand = {}
        for name, reference in expand.items():
            whole: Any = reference.serializer()
            fields += tuple(_names(_single(whole) or Out(), f"{name}."))
        takes = action not in address.view.plain_actions
        yield Place(f"api/v1/{address.route}", READ, fields, takes_fields=takes, expand=",".join(expand))


def _single(told: Any) -> Out | None:
    """The representation of one record; None for files and other answers."""
    each = told() if isinstance(told, type) and issubclass(told, BaseSerializer) else told
    each = each.child if isinstance(each, ListSerializer) else each
    return each if isinstance(each, Out) else None


def _names(shown: Out, before: str = "") -> Iterator[str]:
    """The fields, and those of records inside, as paths."""
    token = describing.set(True)
    try:
        fields = dict(type(shown)(context={"internal": True}).fields)
    finally:
        describing.reset(token)
    for name, each in fields.items():
        yield f"{before}{name}"
        inner: Any = each.child if isinstance(each, ListSerializer) else each
        if isinstance(inner, Out) and not type(inner).__name__.endswith(SHORT):
            yield from _names(inner, f"{before}{name}.")


def _written() -> Iterator[Place]:
    known = set()
    for each in operations():
        if (each.view, each.body, each.method) not in known:
            known.add((each.view, each.body, each.method))
            yield Place(each.route, WRITE, tuple(each.fields()), each)


def _queried() -> Iterator[Place]:
    """Filters by their names, orders as ``ordering=x`` and references to embed as ``expand=x``."""
    for address, action in _gets():
        view = schema_of(address, action, "get").view
        names = [f"expand={name}" for name in _expandable(view, action)]
        if view.answers_page():
            filters = getattr(getattr(view, "filterset_class", None), "base_filters", {})
            names = [*filters, *(f"ordering={name}" for name in view.ordering_fields), *names]
        else:
            names = [*sorted(view.known_parameters() - READ_PARAMETERS), *names]
        if names:
            yield Place(f"api/v1/{address.route}", QUERY, tuple(dict.fromkeys(names)))


def _expandable(view: Any, action: str) -> dict[str, Expand]:
    return {} if action in view.plain_actions | view.other_records else view.expandable


def value_for(each: Any, keys: dict[type[KeyField], str]) -> Any:
    """A value that the field can read: the key of a thing of this world, or the least of its type."""
    if isinstance(each, KeyField):
        return next((key for kind, key in keys.items() if isinstance(each, kind)), "x")
    if hasattr(each, "child") and not hasattr(each.child, "fields") and type(each).__name__ != "DictField":
        return [value_for(each.child, keys)]
    if hasattr(each, "choices"):
        return next(iter(each.choices))
    return {
        "Flag": True,
        "BooleanField": True,
        "Whole": getattr(each, "low", 1) or 1,
        "Moment": "2090-01-01T00:00:00Z",
        "DateField": "2090-01-01",
        "DictField": {},
        "JSONField": {},
        "_Object": {},
        "AnswersField": {},
        "Duration": "PT1H",
        "ListSerializer": [],
    }.get(type(each).__name__, "x")
