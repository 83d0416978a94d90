"""Tokens: made, listed and ended; the secret is told once (API A-39, A-40)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import tokens
from accounts.api import serializers as out
from accounts.api.views import AccountsViewSet
from accounts.models import ApiToken
from accounts.selectors import tokens_for
from core.api.fields import refuse
from core.api.views import ListMixin, RetrieveMixin
from core.errors import NotAllowedError


class TokenViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """The caller's tokens; administrators of people see those of the company."""

    scope = "tokens"
    secret_actions = frozenset({"create"})
    serializer_class = out.TokenOut
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    ordering_fields = {"created_at": ("created_at",)}
    default_ordering = "-created_at"
    # What a token's scopes may be; the API's root fills it from its resources.
    known_scopes: frozenset[str] = frozenset()

    def get_queryset(self) -> QuerySet[ApiToken]:
        """Tokens the caller may see."""
        return tokens_for(self.actor)

    @extend_schema(request=out.TokenIn, responses={201: out.TokenMadeOut})
    def create(self, request: Request) -> Response:
        """Make a token. Its secret is in this answer and nowhere else."""
        values = self.body(out.TokenIn)
        self._check_scopes(values["scopes"])
        owner = values.pop("owner", self.actor)
        token, secret = tokens.mint(actor=self.actor, owner=owner, **values)
        response = self.answer(token, status=status.HTTP_201_CREATED)
        response.data["token"] = secret
        return response

    def _check_scopes(self, wanted: list[str]) -> None:
        strange = sorted(set(wanted) - self.known_scopes)
        if strange:
            raise refuse("scopes", _("There is no scope “%(name)s”.") % {"name": strange[0]}, "choice")
        held = set(getattr(self.request.auth, "scopes", None) or ())
        if held and not (wanted and set(wanted) <= held):
            raise NotAllowedError(_("A token cannot make a token that may do more than itself."))

    def stored_body(self, data: Any) -> Any:
        """A repeat does not tell the secret again: it is kept nowhere."""
        return data | {"token": None} if "token" in data else data

    @extend_schema(request=None, responses=out.TokenOut)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, public_id: Any) -> Response:
        """End the token at once; done twice it is done once."""
        tokens.revoke(self.get_object(), actor=self.actor)
        return self.answer(self.get_object())
