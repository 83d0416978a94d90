"""What lists of rules are narrowed by."""

from __future__ import annotations

import django_filters as df

from tickets.models import AssignmentRule


class RuleFilterSet(df.FilterSet):  # type: ignore[misc] # django_filters has no types
    """By kind of ticket, and by whether a rule is switched on."""

    kind = df.CharFilter(max_length=20)
    enabled = df.BooleanFilter()

    class Meta:
        model = AssignmentRule
        fields: tuple[str, ...] = ()
