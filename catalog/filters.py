"""Filters of requests, requested items and catalog tasks; one set for pages and API."""

from __future__ import annotations

import django_filters as df

from catalog.choices import ItemState, RequestState
from tickets.choices import TaskState
from tickets.filters import TicketFilterSet


class RequestFilterSet(TicketFilterSet):
    """Requests."""

    state = df.MultipleChoiceFilter(choices=RequestState.choices)


class RequestItemFilterSet(TicketFilterSet):
    """Requested items."""

    state = df.MultipleChoiceFilter(choices=ItemState.choices)
    item = df.CharFilter(field_name="requestitem__item_version__item__key", label="The key of the item.")


class CatalogTaskFilterSet(TicketFilterSet):
    """Catalog tasks."""

    state = df.MultipleChoiceFilter(choices=TaskState.choices)
    request_item = df.CharFilter(field_name="catalogtask__ritm__number", label="The number of the item.")
