"""Filters of hand-overs; one set for pages and API."""

from __future__ import annotations

import django_filters as df
from django.db.models import QuerySet

from core.api.filters import MomentFilter
from handovers.models import HandOver


class HandOverFilterSet(df.FilterSet):
    """Hand-overs by team, by when they were written and by whether somebody has them."""

    group = df.CharFilter(field_name="group__key", label="The key of a group.")
    waiting = df.BooleanFilter(field_name="taken_at", lookup_expr="isnull")
    written_by = df.CharFilter(method="by_person", label="A user name, or me.")
    written_at__gte = MomentFilter(field_name="written_at", lookup_expr="gte")
    written_at__lt = MomentFilter(field_name="written_at", lookup_expr="lt")

    class Meta:
        model = HandOver
        fields: list[str] = []

    def by_person(self, rows: QuerySet[HandOver], name: str, value: str) -> QuerySet[HandOver]:
        """Those that the person with that user name wrote; ``me`` is the caller."""
        if value == "me":
            return rows.filter(written_by=self.request.user)
        return rows.filter(written_by__username__iexact=value)
