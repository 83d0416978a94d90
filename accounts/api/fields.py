"""References to people, groups and places in request bodies, and their short forms in answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Department, Group, Location, User, name_reader
from accounts.selectors import departments_for, group_keyed, locations_for, person_named
from core.api.fields import KeyField, Out


@extend_schema_field(OpenApiTypes.STR)
class PersonField(KeyField):
    """A person by user name."""

    def find(self, key: str) -> User | None:
        """The person, if the caller may name them."""
        if key == self.actor.username:
            return self.actor  # type: ignore[no-any-return] # a User
        return person_named(self.actor, key)


@extend_schema_field(OpenApiTypes.STR)
class GroupField(KeyField):
    """A group by key."""

    def find(self, key: str) -> Group | None:
        """The group, if the caller may name it."""
        return group_keyed(self.actor, key)


@extend_schema_field(OpenApiTypes.STR)
class LocationField(KeyField):
    """A location by key."""

    def find(self, key: str) -> Location | None:
        """The location, if the caller may name it."""
        return locations_for(self.actor).filter(key=key).first()


@extend_schema_field(OpenApiTypes.STR)
class DepartmentField(KeyField):
    """A department by key."""

    def find(self, key: str) -> Department | None:
        """The department, if the caller may name it."""
        return departments_for(self.actor).filter(key=key).first()


class NameField(serializers.CharField):
    """The name in the reader's language, which is looked up once for an answer, not for each of its rows."""

    def reading(self) -> Callable[[Any], str]:
        """See ``core.api.writing``."""
        return name_reader()


class PersonRef(Out):
    """A person in short."""

    username = serializers.CharField()
    name = NameField(source="display_name")


class NamedRef(Out):
    """Something with a key and a name in short: a group, a department, a place, a class."""

    key = serializers.CharField()
    name = NameField()


def ref(kind: type[Out], **kwargs: Any) -> Out:
    """A read-only reference, null where there is none."""
    return kind(read_only=True, allow_null=True, **kwargs)
