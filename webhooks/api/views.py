"""Webhooks: read, made, changed, taken away, tried out; what they sent; what they may ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import stepup
from accounts.api.views import AccountsViewSet
from core.api.views import ApiViewSet, ListMixin, RetrieveMixin
from core.errors import NotAllowedError
from core.time import clock_now
from webhooks import services
from webhooks.api import serializers as out
from webhooks.catalogue import all_types
from webhooks.filters import DeliveryFilterSet
from webhooks.models import Webhook, WebhookDelivery
from webhooks.policies import may
from webhooks.selectors import deliveries_of, webhook_with, webhooks_for, with_log


class AdministratorViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """For who edits the configuration; where messages go is not for other agents."""

    scope = "webhooks"
    lookup_field = "public_id"
    lookup_value_converter = "uuid"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others; a method that is not there at all is answered as such."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not may(self.actor, "read"):
            raise NotAllowedError


class WebhookViewSet(AdministratorViewSet):
    """Who hears of which events."""

    serializer_class = out.WebhookOut
    matching: ClassVar[Mapping[str, bool]] = {"rotate": False}
    ordering_fields = {"name": ("name",), "created_at": ("created_at",)}
    default_ordering = "name"

    def get_queryset(self) -> QuerySet[Webhook]:
        """The company's webhooks."""
        return webhooks_for(self.actor)

    @extend_schema(request=out.WebhookIn, responses={201: out.WebhookMadeOut})
    def create(self, request: Request) -> Response:
        """Make a webhook. Its secret is in this answer and nowhere else."""
        stepup.check(request)
        row, secret = services.create(actor=self.actor, **self.body(out.WebhookIn))
        response = self.answer(webhook_with(self.actor, row.public_id), status=status.HTTP_201_CREATED)
        response.data["secret"] = secret
        return response

    @extend_schema(request=out.WebhookChangeIn, responses=out.WebhookOut)
    def partial_update(self, request: Request, public_id: Any) -> Response:
        """Change a webhook. Switched on again it starts afresh, and what waited is sent."""
        version = self.expected_version(self.get_object())
        values = self.body(out.WebhookChangeIn, partial=True)
        services.update(public_id, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, public_id: Any) -> Response:
        """Take a webhook away, with what waits for it and its log."""
        version = self.expected_version(self.get_object())
        services.delete(public_id, actor=self.actor, expected_version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=out.WebhookRotateIn, responses=out.WebhookMadeOut)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, public_id: Any) -> Response:
        """Make a new secret, told in this answer only; the former one signs beside it for up to 24 h."""
        stepup.check(request)
        version = self.expected_version(self.get_object(), required=False)
        values = self.body(out.WebhookRotateIn)
        _row, secret = services.rotate(public_id, actor=self.actor, expected_version=version, **values)
        response = self.answer(self.get_object())
        response.data["secret"] = secret
        return response

    @extend_schema(request=None, responses=out.WebhookTestOut)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, public_id: Any) -> Response:
        """Send a sample now, for at most 10 s. Each test is sent, whatever its Idempotency-Key."""
        trial = services.try_out(public_id, actor=self.actor)
        return Response(out.WebhookTestOut(trial, context=self.get_serializer_context()).data)

    @extend_schema(request=out.WebhookReplayIn, responses=out.WebhookReplayedOut)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, public_id: Any) -> Response:
        """Send again what was given up in a span of time, or other states; the same ids go out."""
        self.get_object()  # one that is not there is told before anything about what was sent
        values = self.body(out.WebhookReplayIn)
        span = {"start": values.pop("from"), "end": values.pop("to", None) or clock_now()}
        count = services.replay_many(public_id, actor=self.actor, **span, **values)
        return Response({"count": count})

    def stored_body(self, data: Any) -> Any:
        """A repeat does not tell the secret again: it is kept nowhere."""
        return data | {"secret": None} if isinstance(data, dict) and "secret" in data else data

    def _once(self, handler: Any, key: str, request: Request, /, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.action == "test":  # nothing is sent inside the transaction that keeps a key
            answer: HttpResponse = handler(request, *args, **kwargs)
            return answer
        return super()._once(handler, key, request, *args, **kwargs)


class DeliveryViewSet(AdministratorViewSet):
    """What one webhook was to send, newest first."""

    serializer_class = out.WebhookDeliveryOut
    filterset_class = DeliveryFilterSet
    versioned = False
    ordering_fields = {"created_at": ("pk",)}
    default_ordering = "-created_at"

    def get_queryset(self) -> QuerySet[WebhookDelivery]:
        """Its deliveries."""
        rows = deliveries_of(self.actor, self.kwargs.get("webhook_id"))
        return rows if self.action == "list" else with_log(rows)

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """A page of them; ``?state=dead`` those that were given up."""
        webhook_with(self.actor, self.kwargs["webhook_id"])
        return super().list(request, *args, **kwargs)

    @extend_schema(request=None, responses=out.WebhookDeliveryOut)
    @action(detail=True, methods=["post"])
    def replay(self, request: Request, webhook_id: Any, public_id: Any) -> Response:
        """Send it again, with the same ``webhook-id`` and all tries before it."""
        services.replay(webhook_id, public_id, actor=self.actor)
        return self.answer(self.get_object())


class EventTypeViewSet(ApiViewSet):
    """The names of events that leave the platform."""

    scope = "webhooks"
    serializer_class = out.EventTypeOut
    versioned = False

    @extend_schema(responses=out.EventTypeOut(many=True), filters=False)
    def list(self, request: Request) -> Response:
        """All of them, with what each means and the JSON Schema of its message."""
        return self.all_of(list(all_types()))
