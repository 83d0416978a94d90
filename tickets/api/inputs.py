"""The typed inputs of transitions, from JSON to what services take."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.fields import GroupField, PersonField
from core.api.fields import Body, Flag, Line, Moment, Text, Whole
from tickets.api.fields import TicketField
from tickets.lifecycle import COMMENT, WORK_NOTE, Input
from tickets.models import Ticket
from tickets.transitions import all_edges

_BY_KIND = {
    "datetime": Moment,
    "date": serializers.DateField,
    "number": Whole,
    "boolean": Flag,
    "user": PersonField,
    "group": GroupField,
    "ticket": TicketField,
}


def input_field(each: Input) -> serializers.Field[Any, Any, Any, Any]:
    """The serializer field for one input. Whether it is needed, the service says, after role and state."""
    if each.kind in _BY_KIND:
        return _BY_KIND[each.kind](required=False, allow_null=True)
    if each.kind == "choice":
        return serializers.ChoiceField(choices=list(each.choices), required=False)
    return (Text if each.kind == "text" else Line)(max_length=each.max_length, required=False)


def move_body(model: type[Ticket], name: str) -> type[Body]:
    """The body of transition ``name`` of that kind: its inputs, a comment and an internal note."""
    given = [each for edge in all_edges(model) if edge.name == name for each in edge.spec.inputs]
    fields = {each.name: input_field(each) for each in [COMMENT, WORK_NOTE, *given]}
    return type(f"{model.__name__}{name.title().replace('_', '')}In", (Body,), fields)


def any_move_body(model: type[Ticket]) -> type[Body]:
    """All inputs of all transitions of that kind, for the OpenAPI document."""
    edges = [edge for edge in all_edges(model) if not edge.spec.system]
    fields = {
        each.name: input_field(each) for edge in edges for each in [*edge.spec.inputs, COMMENT, WORK_NOTE]
    }
    described = {"__doc__": "The inputs of the transition; each transition takes its own of these."}
    return type(f"{model.__name__}MoveIn", (Body,), described | fields)


def blanks(model: type[Ticket], name: str) -> dict[str, str]:
    """An empty text for each text or choice the transition may ask for: what is missing, the service says."""
    given = [each for edge in all_edges(model) if edge.name == name for each in edge.spec.inputs]
    return {each.name: "" for each in given if each.kind in {"text", "line", "choice"}}
