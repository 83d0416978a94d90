"""People, groups, places and roles. Reads through selectors, writes through services; nothing else."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import services, stepup
from accounts.api import serializers as out
from accounts.api.selectors import memberships_for
from accounts.choices import Grant
from accounts.filters import (
    DepartmentFilterSet,
    GroupFilterSet,
    LocationFilterSet,
    MembershipFilterSet,
    PersonFilterSet,
)
from accounts.models import User
from accounts.people import services as people
from accounts.people.policies import may_keep
from accounts.people.selectors import people_known
from accounts.policies import grants_of, has_grant, is_agent
from accounts.selectors import departments_for, groups_for, locations_for, people_for, person
from core.api.views import ApiViewSet, ListMixin, RetrieveMixin
from core.errors import NotAllowedError

_BY_NAME: dict[str, tuple[str, ...]] = {"name": ("name_ko",), "key": ("key",)}


class AccountsViewSet(ApiViewSet):
    """Agents read more of people than colleagues do."""

    reads: tuple[str, ...] = ()

    def reads_internal(self) -> bool:
        """Agents only."""
        return is_agent(self.actor)

    def may_force(self) -> bool:
        """Who holds the grant."""
        return has_grant(self.actor, Grant.FORCE_WRITE)

    def prepare(self, page: list[Any]) -> list[Any]:
        """The page with what its short forms need: one query per relation."""
        if page:
            prefetch_related_objects(page, *self.reads)
        return page

    def get_object(self) -> Any:
        """The visible row with the key in the address. Raises Http404."""
        row = self.get_queryset().filter(**{self.lookup_field: self.kwargs[self.lookup_field]}).first()
        if row is None:
            raise Http404
        return self.prepare([row])[0]


class UserViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """People. Colleagues see names and places; agents and the person themself see the rest."""

    scope = "users"
    serializer_class = out.PersonOut
    filterset_class = PersonFilterSet
    lookup_field = "username"
    ordering_fields = {"name": ("name_ko",), "username": ("username",)}
    default_ordering = "name"
    reads = ("manager",)

    def get_queryset(self) -> QuerySet[User]:
        """People the caller may name; one by one also those switched off, for who edits people."""
        return people_for(self.actor) if self.action == "list" else people_known(self.actor)

    def represent(self, row: Any, **more: Any) -> Any:
        """One's own record shows all of it (SECURITY AC-6)."""
        own = row.pk == self.actor.pk
        return super().represent(row, **(more | {"internal": True} if own else more))

    @extend_schema(request=out.PersonIn, responses=out.PersonOut)
    def partial_update(self, request: Request, username: str) -> Response:
        """Change a person: own preferences, or all for administrators of people."""
        person = self.get_object()
        version = self.expected_version(person)
        values = self.body(out.PersonIn, partial=True)
        services.update_person(person.pk, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())

    @extend_schema(request=None, responses=out.PersonOut)
    @action(detail=True, methods=["post"])
    def disable(self, request: Request, username: str) -> Response:
        """Switch a person off: sessions and tokens end at once, streams within 5 s; done twice it is once."""
        return self._switched(request, on=False)

    @extend_schema(request=None, responses=out.PersonOut)
    @action(detail=True, methods=["post"])
    def enable(self, request: Request, username: str) -> Response:
        """Switch a person on again. Sessions and tokens that ended do not come back."""
        return self._switched(request, on=True)

    def _switched(self, request: Request, *, on: bool) -> Response:
        person = self.get_object()
        if not may_keep(self.actor):
            raise NotAllowedError
        stepup.check(request)
        people.switch(person.username, actor=self.actor, on=on)
        return self.answer(self.get_object())

    @extend_schema(responses=out.MeOut)
    @action(detail=False, methods=["get"])
    def me(self, request: Request) -> Response:
        """The caller: preferences, groups, roles and grants."""
        return self._me()

    @extend_schema(request=out.PreferencesIn, responses=out.MeOut)
    @me.mapping.patch
    def change_me(self, request: Request) -> Response:
        """Change one's own preferences."""
        version = self.expected_version(self.actor)
        values = self.body(out.PreferencesIn, partial=True)
        services.update_person(self.actor.pk, actor=self.actor, expected_version=version, **values)
        return self._me()

    def _me(self) -> Response:
        self.serializer_class = out.MeOut  # type: ignore[assignment] # one more than colleagues read
        caller: Any = person(self.actor.pk)
        prefetch_related_objects([caller], "member_of", "roles", "manager", "department", "location")
        return self.answer(caller)

    def get_serializer_context(self) -> dict[str, Any]:
        """Grants, for the caller's own record."""
        context = super().get_serializer_context()
        if self.serializer_class is out.MeOut and self.request is not None:
            context["grants"] = sorted(grants_of(self.actor))
        return context


class KeyedViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """Reference data by key; read only here, edited in the configuration pages."""

    lookup_field = "key"
    ordering_fields = _BY_NAME
    default_ordering = "name"


class ConfigurationViewSet(KeyedViewSet):
    """Configuration that agents and who edits it may read."""

    default_ordering = "key"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse others."""
        super().initial(request, *args, **kwargs)
        if not any(has_grant(self.actor, each) for each in (Grant.TICKET_READ_ALL, Grant.CONFIG_WRITE)):
            raise NotAllowedError


class GroupViewSet(KeyedViewSet):
    """Teams."""

    scope = "groups"
    serializer_class = out.GroupOut
    filterset_class = GroupFilterSet
    reads = ("manager",)

    def get_queryset(self) -> QuerySet[Any]:
        """Active groups of the caller's company."""
        return groups_for(self.actor)


class MembershipViewSet(ListMixin, RetrieveMixin, AccountsViewSet):
    """Who is in which group."""

    scope = "groups"
    serializer_class = out.MembershipOut
    filterset_class = MembershipFilterSet
    lookup_field = "public_id"
    lookup_value_converter = "uuid"
    ordering_fields = {"created_at": ("created_at",)}
    default_ordering = "created_at"

    def get_queryset(self) -> QuerySet[Any]:
        """Memberships whose two ends the caller may name."""
        return memberships_for(self.actor)


class DepartmentViewSet(KeyedViewSet):
    """The organisation tree."""

    scope = "users"
    serializer_class = out.DepartmentOut
    filterset_class = DepartmentFilterSet

    def get_queryset(self) -> QuerySet[Any]:
        """Departments of the caller's company."""
        return departments_for(self.actor)


class LocationViewSet(KeyedViewSet):
    """Places."""

    scope = "users"
    serializer_class = out.LocationOut
    filterset_class = LocationFilterSet
    reads = ("parent",)

    def get_queryset(self) -> QuerySet[Any]:
        """Locations of the caller's company."""
        return locations_for(self.actor)
