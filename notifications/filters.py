"""Filters of notices; one set for pages and API."""

from __future__ import annotations

import django_filters as df

from notifications.models import Notification


class NotificationFilterSet(df.FilterSet):
    """Notices by whether they were read."""

    unread = df.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = Notification
        fields: list[str] = []
