"""Reads that only the API needs."""

from __future__ import annotations

from django.db.models import QuerySet

from sla.choices import Status
from sla.models import SLADefinition


def definitions_in_force() -> QuerySet[SLADefinition]:
    """The published definitions, by key."""
    return SLADefinition.objects.filter(status=Status.PUBLISHED).select_related("calendar").order_by("key")
