"""Filters of people, groups and places; one set for pages and API."""

from __future__ import annotations

from typing import ClassVar

import django_filters as df
from django.db.models import Q, QuerySet

from accounts.api.selectors import memberships_for
from accounts.choices import GroupType
from accounts.models import Department, Group, Location, Membership, User
from accounts.people.selectors import people_known
from accounts.selectors import named_like


class PersonFilterSet(df.FilterSet):
    """People by part of their name, department, place and group."""

    # First: it chooses the rows that the others narrow.
    is_active = df.BooleanFilter(
        method="in_state", help_text="false: those switched off, for who edits people."
    )
    q = df.CharFilter(method="named", help_text="Part of name, user name or mail address.")
    department = df.CharFilter(field_name="department__key")
    location = df.CharFilter(field_name="location__key")
    group = df.CharFilter(method="of_group", label="The key of a group.")
    role = df.CharFilter(field_name="roles__key")
    manager = df.CharFilter(field_name="manager__username", lookup_expr="iexact")
    asked_as: ClassVar[dict[str, str]] = {"role": "roles"}

    class Meta:
        model = User
        fields: list[str] = []

    def in_state(self, rows: QuerySet[User], name: str, value: bool) -> QuerySet[User]:  # noqa: FBT001
        """Those switched on, or those switched off as far as the caller may know them."""
        return people_known(self.request.user).filter(is_active=value)

    def named(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """The rows with ``value`` in one of the names."""
        return rows.filter(named_like(value))

    def of_group(self, rows: QuerySet[User], name: str, value: str) -> QuerySet[User]:
        """The members of a group, as far as the caller may know them."""
        known = memberships_for(self.request.user).filter(group__key=value).order_by()
        return rows.filter(pk__in=known.values("user"))


class GroupFilterSet(df.FilterSet):
    """Groups by part of their name and by what they are for."""

    q = df.CharFilter(method="named", help_text="Part of the name or key.")
    type = df.ChoiceFilter(choices=GroupType.choices, method="of_type")

    class Meta:
        model = Group
        fields: list[str] = []

    def named(self, rows: QuerySet[Group], name: str, value: str) -> QuerySet[Group]:
        """The rows with ``value`` in name or key."""
        return rows.filter(
            Q(name_ko__icontains=value) | Q(name_en__icontains=value) | Q(key__icontains=value)
        )

    def of_type(self, rows: QuerySet[Group], name: str, value: str) -> QuerySet[Group]:
        """The rows that are used for ``value``."""
        return rows.filter(types__contains=[value])


class MembershipFilterSet(df.FilterSet):
    """Memberships of one group or one person."""

    group = df.CharFilter(field_name="group__key")
    user = df.CharFilter(field_name="user__username", lookup_expr="iexact")

    class Meta:
        model = Membership
        fields: list[str] = []


class DepartmentFilterSet(df.FilterSet):
    """Departments below one."""

    parent = df.CharFilter(field_name="parent__key")

    class Meta:
        model = Department
        fields: list[str] = []


class LocationFilterSet(df.FilterSet):
    """Locations below one."""

    parent = df.CharFilter(field_name="parent__key")

    class Meta:
        model = Location
        fields: list[str] = []
