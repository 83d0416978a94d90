"""Sessions over REST: seen and ended by their owner and by who edits people."""

from __future__ import annotations

from typing import Any

import django_filters as df
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import serializers as out
from accounts.api.views import AccountsViewSet
from accounts.models import Session
from accounts.sessions import services
from accounts.sessions.selectors import sessions_for
from core.api.views import ListMixin, RetrieveMixin


class SessionFilterSet(df.FilterSet):
    """Sessions of one person."""

    user = df.CharFilter(field_name="user__username", lookup_expr="iexact")

    class Meta:
        model = Session
        fields: list[str] = []


class SessionViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """The caller's sessions in browsers; who edits people sees those of the company."""

    scope = "sessions"
    serializer_class = out.SessionOut
    filterset_class = SessionFilterSet
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    versioned = False
    ordering_fields = {"last_active_at": ("last_active_at",), "signed_in_at": ("signed_in_at",)}
    default_ordering = "-last_active_at"

    def get_queryset(self) -> QuerySet[Session]:
        """Living sessions the caller may see."""
        return sessions_for(self.actor)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def end(self, request: Request, public_id: Any) -> Response:
        """End the session at once."""
        services.end(self.get_object(), actor=self.actor)
        return Response(status=204)

    @extend_schema(request=out.SignOutIn, responses=out.SignedOutOut)
    @action(detail=False, methods=["post"])
    def sign_out(self, request: Request) -> Response:
        """End all sessions of the caller, or of ``user``, but the one that asks; by wish tokens too."""
        values = self.body(out.SignOutIn)
        person = values.get("user", self.actor)
        session = getattr(request._request, "session", None)  # a job has none
        key = session.session_key if session is not None and request.auth is None else None
        ended = services.end_all(person, actor=self.actor, but=key or "", with_tokens=values["tokens"])
        return Response({"sessions": ended})
