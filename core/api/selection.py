"""``fields=`` and ``expand=``: how much of a record an answer holds (API A-29)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, cast

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.serializers import BaseSerializer, ListSerializer, Serializer

from core.api.problems import unknown
from core.errors import BadInputError, FieldError

MAX_EXPANDED = 8
Tree = dict[str, Any]


@dataclass(frozen=True)
class Expand:
    """A reference that may be embedded: its serializer, and the relations that this reads in one go each."""

    serializer: Callable[..., BaseSerializer[Any]]
    reads: tuple[str, ...]


def chosen(request: Request) -> Tree:
    """``fields`` as a tree; empty means all."""
    tree: Tree = {}
    for path in _names(request, "fields"):
        place = tree
        for step in path.split("."):
            place = place.setdefault(step, {})
    return tree


def expanded(request: Request, allowed: dict[str, Expand]) -> list[str]:
    """The names in ``expand``. Raises BadInputError for one that is not allowed, or too many."""
    names = _names(request, "expand")
    strange = [name for name in names if name not in allowed]
    if strange:
        raise unknown([f"expand={name[:60]}" for name in strange], mark="?")
    if len(names) > MAX_EXPANDED:
        told = _("At most %(max)s references can be embedded.") % {"max": MAX_EXPANDED}
        raise BadInputError(told, errors=[FieldError("?expand", "too_many", told)])
    return names


def embed(serializer: BaseSerializer[Any], names: Iterable[str], allowed: dict[str, Expand]) -> None:
    """Let ``serializer`` write the whole of the named references instead of their short form."""
    target = _single(serializer)
    for name in names:
        if name in target.fields:
            target.fields[name] = allowed[name].serializer(read_only=True)


def read_ahead(rows: list[Any], names: Iterable[str], allowed: dict[str, Expand]) -> None:
    """Read what the embedded references need: a fixed number of queries for any number of rows."""
    paths = [path for name in names for path in allowed[name].reads]
    if rows and paths:
        prefetch_related_objects(rows, *paths)


def prune(serializer: BaseSerializer[Any], tree: Tree) -> None:
    """Leave only the chosen fields. Raises BadInputError that names unknown ones."""
    if tree:
        _prune(_single(serializer), tree, "")


def _prune(target: Serializer[Any], tree: Tree, path: str) -> None:
    strange = [f"fields={path}{name}"[:80] for name in tree if name not in target.fields]
    if strange:
        raise unknown(strange, mark="?")
    for name in set(target.fields) - set(tree):
        target.fields.pop(name)
    for name, below in tree.items():
        if not below:
            continue
        inner = target.fields[name]
        if not isinstance(inner, BaseSerializer):
            raise unknown([f"fields={path}{name}.{next(iter(below))}"[:80]], mark="?")
        _prune(_single(inner), below, f"{path}{name}.")


def _single(serializer: BaseSerializer[Any]) -> Serializer[Any]:
    target: Any = serializer.child if isinstance(serializer, ListSerializer) else serializer
    return cast("Serializer[Any]", target)


def _names(request: Request, parameter: str) -> list[str]:
    given = request.query_params.get(parameter, "")
    return list(dict.fromkeys(name.strip(" ") for name in given.split(",") if name.strip(" ")))
