"""What a change looks like over REST."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.fields import PersonRef, ref
from core.api.fields import Moment, Out


class CellOut(Out):
    """One field: what the API calls it, what pages call it, and both values."""

    field = serializers.CharField(source="name")
    label = serializers.CharField()  # type: ignore[assignment] # a field's name, no attribute
    old = serializers.JSONField(allow_null=True)
    new = serializers.JSONField(allow_null=True)


class DatabaseOut(Out):
    """Who wrote a change that nothing of Maru made."""

    user = serializers.CharField(source="change.db_user")
    application = serializers.CharField(source="change.application")


class ChangeOut(Out):
    """One change of one row. ``part`` is the table's part of the record, empty for the record itself."""

    id = serializers.UUIDField(source="change.public_id")
    at = Moment(source="change.at")
    verb = serializers.SerializerMethodField()
    part = serializers.CharField()
    actor = ref(PersonRef)
    channel = serializers.CharField(source="change.channel")
    cause_chain = serializers.ListField(child=serializers.CharField(), source="change.cause_chain")
    request_id = serializers.CharField(source="change.request_id")
    database = serializers.SerializerMethodField()
    changes = CellOut(many=True, source="cells")

    def get_verb(self, line: Any) -> str:
        """``inserted``, ``updated`` or ``deleted``."""
        return {"I": "inserted", "U": "updated", "D": "deleted"}[line.change.op]

    @extend_schema_field(DatabaseOut(allow_null=True))
    def get_database(self, line: Any) -> dict[str, Any] | None:
        """Who it was, for a change outside Maru; null for others."""
        return dict(DatabaseOut(line).data) if line.is_foreign else None


class AuditOut(ChangeOut):
    """One change, with the table and what is known of the row."""

    table = serializers.CharField(source="change.table")
    object = serializers.CharField(source="object_ref")
