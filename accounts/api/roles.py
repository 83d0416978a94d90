"""Roles over REST: read by everybody, made and changed by who edits rights."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import stepup
from accounts.api import serializers as out
from accounts.api.views import KeyedViewSet
from accounts.models import Role
from accounts.roles import services
from accounts.roles.policies import may_edit
from accounts.roles.selectors import roles_for
from core.errors import NotAllowedError


class RoleViewSet(KeyedViewSet):
    """Roles and what they grant: those all companies share, and those of the caller's company."""

    scope = "users"
    serializer_class = out.RoleOut
    default_ordering = "key"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not write before the body is looked at."""
        super().initial(request, *args, **kwargs)
        if self.action in {"create", "partial_update"} and not may_edit(self.actor):
            raise NotAllowedError

    def get_queryset(self) -> QuerySet[Role]:
        """The roles the caller may name."""
        return roles_for(self.actor)

    @extend_schema(request=out.RoleIn, responses={201: out.RoleOut})
    def create(self, request: Request) -> Response:
        """Make a role of the company. Nobody gives a right that they do not hold."""
        values = self.body(out.RoleIn)
        stepup.check(request)
        row = services.create_role(actor=self.actor, **values)
        return self.answer(row, status=status.HTTP_201_CREATED)

    @extend_schema(request=out.RoleChangeIn, responses=out.RoleOut)
    def partial_update(self, request: Request, key: str) -> Response:
        """Change names or rights; it counts for the role's holders at their next request."""
        version = self.expected_version(self.get_object())
        values = self.body(out.RoleChangeIn, partial=True)
        stepup.check(request)
        services.update_role(key, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())
