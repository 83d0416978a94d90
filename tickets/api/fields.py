"""References to tickets and files, and the transitions a representation carries."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any
from uuid import UUID

from django.db.models import Model
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import KeyField, Out
from core.errors import NotVisibleError
from core.models import Attachment
from tickets import kinds
from tickets.api.selectors import own_upload
from tickets.models import Ticket
from tickets.policies import visible_to
from tickets.selectors import child_of, seen_by, ticket_numbered
from tickets.transitions import Move, available


@extend_schema_field(OpenApiTypes.STR)
class TicketField(KeyField):
    """A ticket of any kind by number."""

    def find(self, key: str) -> Ticket | None:
        """The ticket, if the caller may see it."""
        try:
            return ticket_numbered(self.actor, key)
        except NotVisibleError:
            return None


@extend_schema_field(OpenApiTypes.UUID)
class UploadField(KeyField):
    """A file the caller uploaded and put nowhere yet."""

    def find(self, key: str) -> Attachment | None:
        """The file, if it is the caller's and free."""
        try:
            return own_upload(self.actor, UUID(key))
        except ValueError:
            return None


class TicketRef(Out):
    """A ticket in short."""

    number = serializers.CharField()
    kind = serializers.CharField()
    title = serializers.CharField()


@extend_schema_field({"type": ["string", "null"]})
class SeenTicket(serializers.Field[Any, Any, Any, Any]):
    """The number of the ticket that a row refers to, or null when the caller does not see it.

    For a page of rows they are looked up in one query.
    """

    def __init__(self, name: str, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)
        self.column = f"{name}_id"

    def to_representation(self, value: Any) -> str | None:
        """The number."""
        return self._numbers.get(getattr(value, self.column))

    @cached_property
    def _numbers(self) -> dict[int, str]:
        serializer: Any = self.parent
        many = isinstance(serializer.parent, serializers.ListSerializer)
        rows = serializer.parent.instance if many else [serializer.instance]
        keys = {getattr(row, self.column) for row in rows} - {None}
        seen = seen_by(self.context["request"].user).filter(pk__in=keys)
        return dict(seen.values_list("pk", "number"))


# What a row is called outside, by the first of these columns that it has.
_CALLED_BY = ("number", "username", "key")


@cache
def _references() -> dict[str, tuple[type[Model], str]]:
    """The fields of tickets that refer to another row: its table, and the column it is called by."""
    found = {}
    for spec in kinds.all_kinds():
        for field in spec.model._meta.concrete_fields:
            if field.remote_field is None:
                continue
            related: Any = field.related_model
            columns = {each.name for each in related._meta.concrete_fields}
            name = next((each for each in _CALLED_BY if each in columns), "")
            found[field.name] = (related, name)
    return found


@extend_schema_field({"type": "object", "additionalProperties": {}})
class ChangesField(serializers.Field[Any, Any, Any, Any]):
    """What changed, as old and new value by field: people, groups and other records by what they are called.

    A change that refers to a ticket which the caller does not see, or to what has no name outside, is left
    out. For a page of rows there is one query for each table that is referred to.
    """

    def to_representation(self, value: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """The changes of one row."""
        told: dict[str, list[Any]] = {}
        for name, pair in value.items():
            if name not in _references():
                told[name] = pair
                continue
            names = self._names[_references()[name][0]]
            if all(key is None or key in names for key in pair):
                told[name] = [names.get(key) for key in pair]
        return told

    @cached_property
    def _names(self) -> dict[type[Model], dict[Any, str]]:
        serializer: Any = self.parent
        many = isinstance(serializer.parent, serializers.ListSerializer)
        rows = serializer.parent.instance if many else [serializer.instance]
        wanted: dict[type[Model], set[Any]] = {}
        for row in rows:
            for name in row.changes.keys() & _references().keys():
                wanted.setdefault(_references()[name][0], set()).update(row.changes[name])
        return {model: self._called(model, keys - {None}) for model, keys in wanted.items()}

    def _called(self, model: type[Model], keys: set[Any]) -> dict[Any, str]:
        name = next(each for related, each in _references().values() if related is model)
        if not (keys and name):
            return {}
        rows = model._default_manager.filter(pk__in=keys)
        if issubclass(model, Ticket):
            rows = rows.filter(visible_to(self.context["request"].user))
        return dict(rows.values_list("pk", name))


class InputOut(Out):
    """One typed input of a transition."""

    name = serializers.CharField()
    type = serializers.CharField(source="kind")
    label = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    required = serializers.BooleanField()  # type: ignore[assignment] # a field's name, no attribute
    choices = serializers.ListField(child=serializers.DictField(), required=False)
    max_length = serializers.IntegerField(required=False)


class MoveOut(Out):
    """One transition as it stands for the caller; ``reason`` and ``closed_by`` when it is closed now."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    to = serializers.CharField()
    to_label = serializers.CharField()
    tone = serializers.CharField()
    url = serializers.CharField()
    inputs = InputOut(many=True)
    closed_by = serializers.CharField(required=False)
    reason = serializers.CharField(required=False)


@extend_schema_field(MoveOut(many=True))
class MovesField(serializers.Field[Any, Any, Any, Any]):
    """What the caller may run now: the same function as the transition endpoint's (API A-14)."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="*", read_only=True, **kwargs)

    def to_representation(self, value: Any) -> list[dict[str, Any]]:
        """The open transitions."""
        ticket = child_of(value)
        return [written(move, ticket) for move in available(self.context["request"].user, ticket)]


def written(move: Move, ticket: Ticket) -> dict[str, Any]:
    """A move as JSON; closed ones tell by what and why."""
    spec = kinds.get(ticket.kind)
    told: dict[str, Any] = {
        "name": move.name,
        "label": move.label,
        "to": move.target,
        "to_label": str(spec.state_labels.get(move.target, move.target)),
        "tone": move.tone,
        "url": f"/api/v1/{spec.path}/{ticket.number}/transitions/{move.name}/",
        "inputs": [_input(each, move) for each in move.inputs],
    }
    return told | ({"closed_by": move.closed_by, "reason": move.reason} if move.closed_by else {})


def _input(each: Any, move: Move) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": each.name,
        "type": each.kind,
        "label": str(each.label),
        "required": each.name in move.required,
    }
    if each.choices:
        told["choices"] = [{"value": str(code), "label": str(label)} for code, label in each.choices]
    return told | ({"max_length": each.max_length} if each.kind in {"text", "line"} else {})
