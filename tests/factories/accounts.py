"""People, groups and roles for tests."""

from __future__ import annotations

from typing import Any

import factory
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from factory.django import DjangoModelFactory

from accounts.models import (
    Company,
    Department,
    Group,
    Location,
    Membership,
    Role,
    RoleAssignment,
    Session,
    User,
)
from accounts.sessions.store import SessionStore


def default_company() -> Company:
    """The company of the first migration."""
    return Company.objects.get(is_default=True)


class CompanyFactory(DjangoModelFactory):
    """A second company, behind the wall."""

    class Meta:
        model = Company

    key = factory.Sequence(lambda n: f"company-{n}")
    name_ko = "다른 회사"
    name_en = "Other company"


class DepartmentFactory(DjangoModelFactory):
    """A department of the default company."""

    class Meta:
        model = Department

    company = factory.LazyFunction(default_company)
    key = factory.Sequence(lambda n: f"dept-{n}")
    name_ko = "영업팀"
    name_en = "Sales"


class LocationFactory(DjangoModelFactory):
    """A place of the default company."""

    class Meta:
        model = Location

    company = factory.LazyFunction(default_company)
    key = factory.Sequence(lambda n: f"location-{n}")
    name_ko = "본사"
    name_en = "Head office"


class UserFactory(DjangoModelFactory):
    """An employee with the role requester; ``roles=["agent"]`` adds more."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    company = factory.LazyFunction(default_company)
    username = factory.Sequence(lambda n: f"person{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.test")
    name_ko = "김지민"
    name_en = "Jimin Kim"
    language = "en"

    @factory.post_generation
    def roles(self: Any, create: bool, extracted: list[str] | None, **_kwargs: Any) -> None:
        """Give the roles named."""
        for key in ["requester", *(extracted or [])]:
            RoleAssignment.objects.create(user=self, role=Role.objects.get(key=key))

    @factory.post_generation
    def groups(self: Any, create: bool, extracted: list[Group] | None, **_kwargs: Any) -> None:
        """Make a member of the groups given."""
        for group in extracted or []:
            Membership.objects.create(user=self, group=group)


class AgentFactory(UserFactory):
    """An agent."""

    name_ko = "한지우"
    name_en = "Jiwoo Han"

    @factory.post_generation
    def roles(self: Any, create: bool, extracted: list[str] | None, **_kwargs: Any) -> None:
        """Agent and the roles named."""
        for key in ["requester", "agent", *(extracted or [])]:
            RoleAssignment.objects.create(user=self, role=Role.objects.get(key=key))


class GroupFactory(DjangoModelFactory):
    """An assignment group."""

    class Meta:
        model = Group

    company = factory.LazyFunction(default_company)
    key = factory.Sequence(lambda n: f"group-{n}")
    name_ko = "서비스데스크"
    name_en = "Service desk"
    types = factory.LazyFunction(lambda: ["assignment"])


def administrator() -> Any:
    """A person with the first role that may edit the configuration."""
    key = next(role.key for role in Role.objects.order_by("key") if "config.write" in role.grants)
    return UserFactory(roles=[key])


def make_session(
    person: Any, *, user_agent: str = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
) -> Session:
    """A browser in which the person is signed in."""
    store = SessionStore()
    store.comes_from("203.0.113.7", user_agent)
    store[SESSION_KEY] = str(person.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = person.get_session_auth_hash()
    store.save()
    return Session.objects.get(session_key=store.session_key)
