"""Tokens: made, listed and ended; the secret is told once (API A-39, A-40)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import stepup, tokens
from accounts.api import serializers as out
from accounts.api.views import AccountsViewSet
from accounts.models import ApiToken
from accounts.selectors import tokens_for
from core.api.views import ListMixin, RetrieveMixin


def token_of(request: Request) -> ApiToken | None:
    """The token a request was signed with; None for a browser's session."""
    token: Any = request.auth
    return token if isinstance(token, ApiToken) else None


class TokenViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """The caller's tokens; administrators of people see those of the company."""

    scope = "tokens"
    secret_actions = frozenset({"create", "rotate"})
    serializer_class = out.TokenOut
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    ordering_fields = {"created_at": ("created_at",)}
    default_ordering = "-created_at"

    def get_queryset(self) -> QuerySet[ApiToken]:
        """Tokens the caller may see."""
        return tokens_for(self.actor)

    @extend_schema(request=out.TokenIn, responses={201: out.TokenMadeOut})
    def create(self, request: Request) -> Response:
        """Make a token. Its secret is in this answer and nowhere else.

        A token makes none that may do more, lives longer or is used from more places than itself.
        """
        values = self.body(out.TokenIn)
        stepup.check(request)
        owner = values.pop("owner", self.actor)
        token, secret = tokens.mint(actor=self.actor, owner=owner, by=token_of(request), **values)
        response = self.answer(token, status=status.HTTP_201_CREATED)
        response.data["token"] = secret
        return response

    @extend_schema(request=out.TokenRotateIn, responses=out.TokenMadeOut)
    @action(detail=True, methods=["post"])
    def rotate(self, request: Request, public_id: Any) -> Response:
        """Give the token a new secret, told here only; the former one serves ``overlap_hours`` more."""
        row, values = self.get_object(), self.body(out.TokenRotateIn)
        stepup.check(request)
        token, secret = tokens.rotate(row, actor=self.actor, by=token_of(request), **values)
        response = self.answer(token)
        response.data["token"] = secret
        return response

    def stored_body(self, data: Any) -> Any:
        """A repeat does not tell the secret again: it is kept nowhere."""
        return data | {"token": None} if "token" in data else data

    @extend_schema(request=None, responses=out.TokenOut)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, public_id: Any) -> Response:
        """End the token at once; done twice it is done once."""
        tokens.revoke(self.get_object(), actor=self.actor)
        return self.answer(self.get_object())
