"""Lengths of open time in bodies and answers."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.conditions import duration as span_of


def duration(seconds: int) -> str:
    """Seconds as ISO 8601 in hours, minutes and seconds, e.g. ``PT4H`` or ``-PT5M``."""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours}H" if hours else "", f"{minutes}M" if minutes else "", f"{rest}S" if rest else ""]
    return f"{'-' if seconds < 0 else ''}PT{''.join(parts) or '0S'}"


@extend_schema_field(OpenApiTypes.DURATION)
class Duration(serializers.Field[int, Any, str, Any]):
    """A length of open time, ISO 8601; a day is 24 open hours."""

    default_error_messages = {"invalid": gettext_lazy("Give a length of time such as PT4H or PT1H30M.")}

    def to_internal_value(self, data: Any) -> int:
        """The seconds."""
        try:
            return int(span_of(data).total_seconds())
        except ValueError:
            self.fail("invalid")

    def to_representation(self, value: Any) -> str:
        """As ISO 8601."""
        return duration(value)
