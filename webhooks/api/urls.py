"""Addresses of webhooks."""

from __future__ import annotations

from core.api.addresses import Address
from webhooks.api.views import DeliveryViewSet, EventTypeViewSet, WebhookViewSet

_ONE = "webhooks/<uuid:public_id>/"
_SENT = "webhooks/<uuid:webhook_id>/deliveries/"
_DETAIL = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
addresses = [
    Address("webhooks/", WebhookViewSet, {"get": "list", "post": "create"}, "webhooks-list"),
    Address(_ONE, WebhookViewSet, _DETAIL, "webhooks-detail"),
    Address(f"{_ONE}rotate/", WebhookViewSet, {"post": "rotate"}, "webhooks-rotate"),
    Address(f"{_ONE}test/", WebhookViewSet, {"post": "test"}, "webhooks-test"),
    Address(f"{_ONE}replay/", WebhookViewSet, {"post": "replay"}, "webhooks-replay"),
    Address(_SENT, DeliveryViewSet, {"get": "list"}, "webhooks-deliveries"),
    Address(f"{_SENT}<uuid:public_id>/", DeliveryViewSet, {"get": "retrieve"}, "webhooks-delivery"),
    Address(
        f"{_SENT}<uuid:public_id>/replay/", DeliveryViewSet, {"post": "replay"}, "webhooks-delivery-replay"
    ),
    Address("event-types/", EventTypeViewSet, {"get": "list"}, "event-types-list"),
]
