"""Service accounts over REST, for who edits people and roles."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import stepup
from accounts.api import serializers as out
from accounts.api.views import AccountsViewSet
from accounts.machines import services
from accounts.machines.policies import may_read
from accounts.machines.selectors import accounts_for
from accounts.models import User
from core.api.views import ListMixin, RetrieveMixin
from core.errors import NotAllowedError


class ServiceAccountViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """Programs that act in their own name; their tokens are made at ``/tokens/`` with ``owner``."""

    scope = "users"
    serializer_class = out.ServiceAccountOut
    lookup_field = "username"
    ordering_fields = {"username": ("username",)}
    default_ordering = "username"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others before anything is looked at."""
        super().initial(request, *args, **kwargs)
        if self.action is not None and not may_read(self.actor):
            raise NotAllowedError

    def get_queryset(self) -> QuerySet[User]:
        """The company's service accounts, also those switched off."""
        return accounts_for(self.actor)

    @extend_schema(request=out.ServiceAccountIn, responses={201: out.ServiceAccountOut})
    def create(self, request: Request) -> Response:
        """Make a service account with roles whose rights the caller holds."""
        values = self.body(out.ServiceAccountIn)
        stepup.check(request)
        row = services.create_account(actor=self.actor, **values)
        return self.answer(accounts_for(self.actor).get(pk=row.pk), status=status.HTTP_201_CREATED)

    @extend_schema(request=out.ServiceAccountChangeIn, responses=out.ServiceAccountOut)
    def partial_update(self, request: Request, username: str) -> Response:
        """Change names and roles, or switch it off, which ends its tokens."""
        row = self.get_object()
        version = self.expected_version(row)
        values = self.body(out.ServiceAccountChangeIn, partial=True)
        stepup.check(request)
        services.update_account(row.username, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())
