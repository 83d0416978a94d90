"""Roles over REST: read by everybody, made and changed by who edits rights."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import stepup
from accounts.api import serializers as out
from accounts.api.fields import PersonRef
from accounts.api.views import AccountsViewSet, KeyedViewSet
from accounts.models import Role, User
from accounts.roles import services
from accounts.roles.policies import may_edit, may_read
from accounts.roles.selectors import holder_named, holders_for, role_keyed, roles_for
from core.api.views import ListMixin
from core.errors import NotAllowedError, NotVisibleError


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


class HolderViewSet(ListMixin, AccountsViewSet):
    """Who holds a role: told to who edits people or audits rights, given and taken by who edits people."""

    scope = "users"
    serializer_class = PersonRef
    lookup_field = "username"
    ordering_fields: ClassVar[dict[str, tuple[str, ...]]] = {"name": ("name_ko",)}
    default_ordering = "name"
    versioned = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others, and a role that is not the caller's to name."""
        super().initial(request, *args, **kwargs)
        if not self.action:  # not a method of this address
            return
        self.role = role_keyed(self.actor, self.kwargs["key"])
        if not may_read(self.actor):
            raise NotAllowedError

    def get_queryset(self) -> QuerySet[User]:
        """Active people of the caller's company who hold it."""
        return holders_for(self.actor, self.role)

    @extend_schema(request=out.HolderIn, responses={201: PersonRef})
    def create(self, request: Request, key: str) -> Response:
        """Let somebody hold the role from their next request on; done twice it is done once."""
        stepup.check(request)
        person = self.body(out.HolderIn)["user"]
        services.give_role(key, actor=self.actor, user=person)
        return self.made(person)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, key: str, username: str) -> Response:
        """Let them hold it no longer."""
        stepup.check(request)
        person = holder_named(self.actor, self.role, username)
        if person is None:
            raise NotVisibleError
        services.take_role(key, actor=self.actor, user=person)
        return Response(status=status.HTTP_204_NO_CONTENT)
