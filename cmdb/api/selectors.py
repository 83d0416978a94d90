"""Reads that only the API needs."""

from __future__ import annotations

from django.db.models import QuerySet

from cmdb.models import CIClass


def classes_all() -> QuerySet[CIClass]:
    """All classes, by key."""
    return CIClass.objects.select_related("parent").order_by("key")
