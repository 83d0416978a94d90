"""Connectors: read, made, changed, tried out; their calls."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import stepup
from accounts.api.views import KeyedViewSet
from connectors import services
from connectors.api import serializers as out
from connectors.models import Connector, ConnectorCall
from connectors.policies import may
from connectors.selectors import calls_of, connector_keyed, connectors_for
from core.errors import NotAllowedError


class AdministratorViewSet(KeyedViewSet):
    """For who edits configuration; what connectors hold is not for other agents (SECURITY OUT-7)."""

    scope = "connectors"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others; a method that is not there at all is answered as such."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not may(self.actor, "read"):
            raise NotAllowedError


class ConnectorViewSet(AdministratorViewSet):
    """Services that flows may call."""

    secret_actions = frozenset({"secrets"})
    serializer_class = out.ConnectorOut
    default_ordering = "key"

    def get_queryset(self) -> QuerySet[Connector]:
        """All connectors."""
        return connectors_for(self.actor)

    @extend_schema(request=out.ConnectorIn, responses={201: out.ConnectorOut})
    def create(self, request: Request) -> Response:
        """Make a connector. Its secret is set afterwards."""
        row = services.create(actor=self.actor, **self.body(out.ConnectorIn))
        return self.answer(row, status=status.HTTP_201_CREATED)

    @extend_schema(request=out.ConnectorChangeIn, responses=out.ConnectorOut)
    def partial_update(self, request: Request, key: str) -> Response:
        """Change a connector. Another address or kind of credentials makes it forget its secret."""
        version = self.expected_version(self.get_object())
        values = self.body(out.ConnectorChangeIn, partial=True)
        services.update(key, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())

    @extend_schema(request=out.SecretIn, responses=out.ConnectorOut)
    @action(detail=True, methods=["post"])
    def secrets(self, request: Request, key: str) -> Response:
        """Store or remove a secret. It is never given out again."""
        values = self.body(out.SecretIn)
        stepup.check(request)
        if values["value"]:
            services.set_secret(key, actor=self.actor, **values)
        else:
            services.clear_secret(key, actor=self.actor, name=values["name"])
        return self.answer(self.get_object())

    @extend_schema(request=out.TrialIn, responses=out.TrialOut)
    @action(detail=True, methods=["post"])
    def test(self, request: Request, key: str) -> Response:
        """Call the service now, for at most 10 s. Each test is sent, whatever its Idempotency-Key."""
        self.get_object()
        trial = services.try_out(key, actor=self.actor, **self.body(out.TrialIn))
        return Response(out.TrialOut(trial, context=self.get_serializer_context()).data)

    def _once(self, handler: Any, key: str, request: Request, /, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.action == "test":  # a service is never called inside the transaction that keeps a key
            answer: HttpResponse = handler(request, *args, **kwargs)
            return answer
        return super()._once(handler, key, request, *args, **kwargs)


class CallViewSet(AdministratorViewSet):
    """What was called through one connector, newest first."""

    serializer_class = out.CallOut
    lookup_field = "public_id"
    versioned = False
    ordering_fields = {"at": ("pk",)}
    default_ordering = "-at"

    def get_queryset(self) -> QuerySet[ConnectorCall]:
        """Its calls. Raises NotVisibleError."""
        return calls_of(self.actor, connector_keyed(self.actor, self.kwargs["key"]))
