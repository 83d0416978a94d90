"""Calendars in bodies and answers."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field

from core.api.fields import KeyField
from schedules.models import Calendar
from schedules.selectors import calendars_for


@extend_schema_field(OpenApiTypes.STR)
class CalendarField(KeyField):
    """A calendar by key."""

    def find(self, key: str) -> Calendar | None:
        """The calendar, if the caller may read calendars."""
        return calendars_for(self.actor).filter(key=key).first()
