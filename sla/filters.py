"""Filters of lists of clocks (API A-27)."""

from __future__ import annotations

import django_filters as df
from django.db.models import QuerySet

from core.api.filters import MomentFilter
from sla.choices import Stage, Target, Type
from sla.models import Clock


class ClockFilterSet(df.FilterSet):
    """Clocks by promise, stage and time."""

    stage = df.MultipleChoiceFilter(choices=Stage.choices)
    track = df.CharFilter(max_length=60)
    definition = df.CharFilter(field_name="definition__key", max_length=60)
    target = df.MultipleChoiceFilter(field_name="definition__target", choices=Target.choices)
    type = df.MultipleChoiceFilter(field_name="definition__type", choices=Type.choices)
    breached = df.BooleanFilter(method="is_breached", label="Whether the target was missed.")
    due_before = MomentFilter(field_name="due_at", lookup_expr="lt")
    due_after = MomentFilter(field_name="due_at", lookup_expr="gte")
    ticket = df.CharFilter(field_name="ticket__number", max_length=20)
    kind = df.CharFilter(field_name="ticket__kind", max_length=20)
    group = df.CharFilter(field_name="ticket__group__key", max_length=60)

    class Meta:
        model = Clock
        fields: list[str] = []

    def is_breached(self, rows: QuerySet[Clock], name: str, value: bool) -> QuerySet[Clock]:  # noqa: FBT001 - django-filter's way
        """The rows that were missed, or not."""
        return rows.filter(breached_at__isnull=not value)
