"""Macros: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import GroupField, NamedRef, PersonRef, ref
from accounts.choices import Audience
from core.api.fields import Body, Label, Line, Moment, Out, Text
from incidents.choices import Category
from macros.choices import Assign, Says
from macros.models import Macro
from macros.policies import why_change
from macros.presenting import steps_in_words
from macros.rules import LONGEST_NAME, LONGEST_TEXT
from tickets.choices import Level


@extend_schema_field({"type": "object", "additionalProperties": True})
class InputsField(serializers.JSONField):
    """What the move asks for, by the names of its inputs."""

    def to_internal_value(self, data: Any) -> Any:
        """An object; what is in it is checked with the move it is for."""
        if not isinstance(data, dict):
            self.fail("invalid")
        return data


class MacroOut(Out):
    """A text, steps, or both, to use on tickets again and again."""

    detail_fields = frozenset({"text", "inputs"})

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    audience = serializers.ChoiceField(choices=Audience.choices)
    audience_label = Label("audience")
    group = ref(NamedRef)
    owner = PersonRef()
    kinds = serializers.ListField(child=serializers.CharField())
    says = serializers.ChoiceField(choices=Says.choices, allow_blank=True)
    text = serializers.CharField()
    move = serializers.CharField()
    inputs = serializers.JSONField()
    to_group = ref(NamedRef)
    assign = serializers.ChoiceField(choices=Assign.choices)
    impact = serializers.ChoiceField(choices=Level.choices, allow_null=True)
    urgency = serializers.ChoiceField(choices=Level.choices, allow_null=True)
    category = serializers.ChoiceField(choices=Category.choices, allow_blank=True)
    steps = serializers.SerializerMethodField()
    uses = serializers.IntegerField()
    used_at = Moment(allow_null=True)
    can_change = serializers.SerializerMethodField()
    created_at = Moment()
    updated_at = Moment()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_steps(self, row: Macro) -> list[str]:
        """What it does, in the reader's language; empty for a reply template."""
        return steps_in_words(row)

    def get_can_change(self, row: Macro) -> bool:
        """Whether the caller may change it."""
        return bool(why_change(self.context["request"].user, row))


class MacroChangeIn(Body):
    """What may be changed. Another ``move`` forgets the ``inputs`` of the old one."""

    name = Line(max_length=LONGEST_NAME, required=False, allow_blank=False)
    audience = serializers.ChoiceField(choices=Audience.choices, required=False)
    group = GroupField(required=False)
    kinds = serializers.ListField(child=Line(max_length=20), required=False, max_length=20)
    says = serializers.ChoiceField(choices=Says.choices, required=False, allow_blank=True)
    text = Text(max_length=LONGEST_TEXT, required=False)
    move = Line(max_length=40, required=False)
    inputs = InputsField(required=False)
    to_group = GroupField(required=False, allow_null=True)
    assign = serializers.ChoiceField(choices=Assign.choices, required=False)
    impact = serializers.ChoiceField(choices=Level.choices, required=False, allow_null=True)
    urgency = serializers.ChoiceField(choices=Level.choices, required=False, allow_null=True)
    category = serializers.ChoiceField(choices=Category.choices, required=False, allow_blank=True)


class MacroIn(MacroChangeIn):
    """A new macro."""

    name = Line(max_length=LONGEST_NAME, allow_blank=False)
    kinds = serializers.ListField(child=Line(max_length=20), max_length=20)


class RunMacroIn(Body):
    """Which macro."""

    macro = serializers.UUIDField()
