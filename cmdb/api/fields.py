"""References to configuration items."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from cmdb.models import CI, CIClass
from cmdb.selectors import ci_numbered, class_keyed
from core.api.fields import KeyField, Out


@extend_schema_field(OpenApiTypes.STR)
class CIField(KeyField):
    """A configuration item by number."""

    def find(self, key: str) -> CI | None:
        """The item, if the caller may see it."""
        return ci_numbered(self.actor, key)


@extend_schema_field(OpenApiTypes.STR)
class CIClassField(KeyField):
    """A class of configuration items by key."""

    def find(self, key: str) -> CIClass | None:
        """The class."""
        return class_keyed(key)


class CIRef(Out):
    """A configuration item in short."""

    number = serializers.CharField()
    name = serializers.CharField()
