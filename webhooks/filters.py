"""Filters of what a webhook sent; one set for pages and API."""

from __future__ import annotations

import django_filters as df

from webhooks.choices import DeliveryState
from webhooks.models import WebhookDelivery


class DeliveryFilterSet(df.FilterSet):
    """Deliveries by where they stand and by the name of their event."""

    state = df.MultipleChoiceFilter(choices=DeliveryState.choices)
    type = df.CharFilter(field_name="event_name", max_length=80)

    class Meta:
        model = WebhookDelivery
        fields: list[str] = []
