"""Saved views: what is shown and what is taken."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import GroupField, PersonRef
from accounts.choices import Audience
from core.api.fields import Body, Label, Line, Moment, Out, Whole
from desk import columns, paging, queues
from desk.choices import Density
from desk.models import SavedView
from desk.saved.policies import why_change
from desk.saved.services import LAST_PLACE, LONGEST_NAME


@extend_schema_field({"type": "object", "additionalProperties": True})
class FiltersField(serializers.JSONField):
    """The filters of a list by name, as its address has them."""

    def to_internal_value(self, data: Any) -> Any:
        """An object; what is in it is checked with the list it is for."""
        if not isinstance(data, dict):
            self.fail("invalid")
        return data


class ViewOut(Out):
    """A saved view of a list."""

    id = serializers.UUIDField(source="public_id")
    name = serializers.CharField()
    audience = serializers.ChoiceField(choices=Audience.choices)
    audience_label = Label("audience")
    group = serializers.SerializerMethodField()
    owner = PersonRef()
    list = serializers.CharField(source="path")
    queue = serializers.CharField()
    filters = serializers.JSONField()
    columns = serializers.ListField(child=serializers.CharField())
    order = serializers.CharField(source="sort")
    density = serializers.ChoiceField(choices=Density.choices)
    density_label = Label("density")
    position = serializers.IntegerField()
    can_change = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()
    created_at = Moment()
    updated_at = Moment()

    def get_group(self, row: SavedView) -> str | None:
        """The key of the team that sees it."""
        return row.group.key if row.group else None

    def get_can_change(self, row: SavedView) -> bool:
        """Whether the caller may change it."""
        return bool(why_change(self.context["request"].user, row))

    def get_url(self, row: SavedView) -> str:
        """Its address in the workspace."""
        return f"/w/{row.path}/?saved={row.public_id}"


class ViewChangeIn(Body):
    """What may be changed. Of ``queue``, ``filters``, ``columns``, ``order`` and ``density`` what is left out
    stays; ``filters`` are given as a whole."""

    name = Line(max_length=LONGEST_NAME, required=False, allow_blank=False)
    audience = serializers.ChoiceField(choices=Audience.choices, required=False)
    group = GroupField(required=False)
    queue = Line(max_length=20, required=False)
    filters = FiltersField(required=False)
    columns = serializers.ListField(
        child=serializers.ChoiceField(choices=list(columns.LABELS)), required=False, max_length=9
    )
    order = serializers.ChoiceField(choices=list(paging.ORDERS), required=False)
    density = serializers.ChoiceField(choices=Density.choices, required=False)
    position = Whole(low=0, high=LAST_PLACE, required=False)


class ViewIn(ViewChangeIn):
    """A new view of a list."""

    name = Line(max_length=LONGEST_NAME, allow_blank=False)
    list = serializers.ChoiceField(choices=list(queues.PATHS))
