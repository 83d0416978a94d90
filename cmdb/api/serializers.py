"""Configuration items: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.api.fields import GroupField, LocationField, NamedRef, PersonField, PersonRef, ref
from cmdb.api.fields import CIClassField
from cmdb.choices import CIStatus
from core.api.fields import Body, Label, Line, Moment, Out, Whole


class CIClassOut(Out):
    """A class of configuration items."""

    key = serializers.CharField()
    name = serializers.CharField()
    name_ko = serializers.CharField()
    name_en = serializers.CharField()
    parent = ref(NamedRef)
    icon = serializers.CharField()


class CIOut(Out):
    """A configuration item."""

    agent_fields = frozenset({"attrs", "vendor", "environment"})
    detail_fields = frozenset({"attrs"})

    number = serializers.CharField()
    name = serializers.CharField()
    ci_class = NamedRef()
    status = serializers.ChoiceField(choices=CIStatus.choices)
    status_label = Label("status")
    environment = serializers.CharField()
    criticality = serializers.IntegerField()
    owner = ref(PersonRef)
    assigned_to = ref(PersonRef)
    support_group = ref(NamedRef)
    location = ref(NamedRef)
    serial = serializers.CharField()
    asset_tag = serializers.CharField()
    vendor = serializers.CharField()
    attrs = serializers.DictField()
    created_at = Moment()
    updated_at = Moment()


class CIChangeIn(Body):
    """What may be changed of a configuration item."""

    name = Line(max_length=160, allow_blank=False, required=False)
    status = serializers.ChoiceField(choices=CIStatus.choices, required=False)
    environment = Line(max_length=20, required=False)
    criticality = Whole(low=1, high=5, required=False)
    owner = PersonField(required=False, allow_null=True)
    support_group = GroupField(required=False, allow_null=True)
    assigned_to = PersonField(required=False, allow_null=True)
    location = LocationField(required=False, allow_null=True)
    serial = Line(max_length=80, required=False)
    asset_tag = Line(max_length=60, required=False)
    vendor = Line(max_length=80, required=False)
    attrs = serializers.DictField(required=False)


class CIIn(CIChangeIn):
    """A new configuration item."""

    name = Line(max_length=160, allow_blank=False)
    ci_class = CIClassField()

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The service calls it ``class_key``."""
        return attrs | {"class_key": attrs.pop("ci_class").key}
