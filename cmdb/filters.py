"""Filters of configuration items; one set for pages and API."""

from __future__ import annotations

import django_filters as df
from django.db.models import QuerySet

from cmdb.choices import CIStatus
from cmdb.models import CI
from cmdb.selectors import named_like
from core.api.filters import WholeFilter


class CIFilterSet(df.FilterSet):
    """Items by class, status, people and part of their name."""

    q = df.CharFilter(method="named", help_text="Part of the name, or the number.")
    ci_class = df.CharFilter(field_name="ci_class__key", label="class")
    status = df.MultipleChoiceFilter(choices=CIStatus.choices)
    environment = df.CharFilter()
    criticality__lte = WholeFilter(field_name="criticality", lookup_expr="lte", min_value=1, max_value=5)
    owner = df.CharFilter(field_name="owner__username", lookup_expr="iexact")
    assigned_to = df.CharFilter(field_name="assigned_to__username", lookup_expr="iexact")
    support_group = df.CharFilter(field_name="support_group__key")
    location = df.CharFilter(field_name="location__key")

    class Meta:
        model = CI
        fields: list[str] = []

    def named(self, rows: QuerySet[CI], name: str, value: str) -> QuerySet[CI]:
        """The rows with ``value`` in the name, or with that number."""
        return rows.filter(named_like(value))
