"""Which fields of a resource a caller reads, writes and asks by: one answer for all surfaces (SECURITY AC-9).

A kind of record declares once, as ``agent_fields`` of its representation, what only those read who read
internal fields. Filters, orders, ``fields=`` and ``expand=`` follow from it: nobody asks by what they do not
read (AC-5). What only they may write is ``agent_fields`` of the body.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class FieldSet:
    """Names of fields by what may be done with them; ``query`` are the parameters and orders of the list."""

    read: frozenset[str]
    write: frozenset[str]
    query: frozenset[str]


def fields_for(resource: Any, *, internal: bool) -> FieldSet:
    """The fields of a view set for who reads internal fields, or for others."""
    shown, taken = resource.serializer_class, getattr(resource, "change_in", None)
    return FieldSet(
        read=_names(shown) - hidden(shown, internal=internal),
        write=_names(taken) - hidden(taken, internal=internal) if taken else frozenset(),
        query=frozenset(filters_for(resource, internal=internal))
        | orders_for(resource, internal=internal).keys(),
    )


def hidden(serializer: Any, *, internal: bool) -> frozenset[str]:
    """The fields of a representation or body that do not exist for who does not read internal fields."""
    return frozenset() if internal else frozenset(getattr(serializer, "agent_fields", ()))


def filters_for(resource: Any, *, internal: bool) -> set[str]:
    """The parameters of the list; ``asked_as`` of its filter set names fields that are called otherwise."""
    kind = getattr(resource, "filterset_class", None)
    if kind is None:
        return set()
    unread, known = hidden(resource.serializer_class, internal=internal), getattr(kind, "asked_as", {})
    return {name for name in kind.base_filters if field_of(name, known) not in unread}


def orders_for(resource: Any, *, internal: bool) -> dict[str, tuple[str, ...]]:
    """What the list may be ordered by, with the columns that it stands for."""
    unread = hidden(resource.serializer_class, internal=internal)
    return {name: columns for name, columns in resource.ordering_fields.items() if name not in unread}


def field_of(parameter: str, asked_as: Mapping[str, str]) -> str:
    """The field that a parameter asks about: ``priority__lte`` about ``priority``."""
    return asked_as.get(parameter, parameter.split("__", maxsplit=1)[0])


def _names(serializer: Any) -> frozenset[str]:
    return frozenset(serializer._declared_fields)
