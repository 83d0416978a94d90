"""Filters of jobs and their results."""

from __future__ import annotations

import django_filters as df
from django.db.models import QuerySet

from api.choices import JobState
from api.models import Job, JobItem


class JobFilterSet(df.FilterSet):
    """Jobs by where they stand."""

    state = df.MultipleChoiceFilter(choices=JobState.choices)

    class Meta:
        model = Job
        fields: list[str] = []


class JobItemFilterSet(df.FilterSet):
    """Results that were refused, or those that were not."""

    failed = df.BooleanFilter(method="refused", label="Only what was refused, or only what was done.")

    class Meta:
        model = JobItem
        fields: list[str] = []

    def refused(self, rows: QuerySet[JobItem], name: str, value: bool) -> QuerySet[JobItem]:  # noqa: FBT001
        """The rows with, or without, a problem."""
        done = rows.filter(status__isnull=False)
        return done.filter(status__gte=400) if value else done.filter(status__lt=400)
