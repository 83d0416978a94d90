"""Finding people, groups and places an actor may name."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from accounts.models import ApiToken, Company, Department, Group, Location, User
from accounts.policies import Actor, company_wall, visible_people, visible_tokens


def people_for(actor: Actor, *, query: str = "") -> QuerySet[User]:
    """People ``actor`` may name, by name; ``query`` narrows by any part of name, user name or mail."""
    rows = User.objects.filter(visible_people(actor)).select_related("department", "location")
    if query:
        rows = rows.filter(
            Q(name_ko__icontains=query)
            | Q(name_en__icontains=query)
            | Q(username__icontains=query)
            | Q(email__icontains=query)
        )
    return rows.order_by("name_ko", "pk")


def person_named(actor: Actor, username: str) -> User | None:
    """The person with that user name if ``actor`` may name them, else None."""
    return User.objects.filter(visible_people(actor), username__iexact=username).first()


def people_named(usernames: Iterable[str]) -> dict[str, User]:
    """The active people with these user names, by user name in small letters; for engines."""
    wanted = [name.upper() for name in usernames]
    rows = User.objects.annotate(in_capitals=Upper("username")).filter(in_capitals__in=wanted, is_active=True)
    return {row.username.lower(): row for row in rows.order_by("pk")}


def person(user_id: int) -> User | None:
    """The person with that primary key, for engines that hold an id of their own."""
    return User.objects.filter(pk=user_id).select_related("manager", "company").first()


def people(user_ids: Iterable[int]) -> dict[int, User]:
    """The people with these primary keys, by key, for rows that were checked already."""
    return User.objects.in_bulk(list(user_ids))


def groups_for(actor: Actor) -> QuerySet[Group]:
    """Active groups of the actor's company, by name."""
    return Group.objects.filter(company_wall(actor), is_active=True).order_by("name_ko", "pk")


def group_keyed(actor: Actor, key: str) -> Group | None:
    """The active group with that key if ``actor`` may name it, else None."""
    return groups_for(actor).filter(key=key).first()


def members_of(group_id: int) -> QuerySet[User]:
    """Active members of a group, by name."""
    return User.objects.filter(memberships__group_id=group_id, is_active=True).order_by("name_ko", "pk")


def is_member(user_id: int, group_id: int) -> bool:
    """Whether the person is in the group."""
    return User.objects.filter(pk=user_id, memberships__group_id=group_id).exists()


def holders_of(role_key: str, company_id: int) -> QuerySet[User]:
    """Active people of a company who hold a role, by name."""
    return User.objects.filter(roles__key=role_key, company_id=company_id, is_active=True).order_by(
        "name_ko", "pk"
    )


def departments_for(actor: Actor) -> QuerySet[Department]:
    """Departments of the actor's company, by name."""
    return (
        Department.objects.filter(company_wall(actor))
        .select_related("parent", "head")
        .order_by("name_ko", "pk")
    )


def locations_for(actor: Actor) -> QuerySet[Location]:
    """Locations of the actor's company, by name."""
    return Location.objects.filter(company_wall(actor)).order_by("name_ko", "pk")


def default_company() -> Company:
    """The company that exists from the first migration on."""
    return Company.objects.get(is_default=True)


def tokens_for(actor: User) -> QuerySet[ApiToken]:
    """API tokens ``actor`` may see, newest first."""
    return (
        ApiToken.objects.filter(visible_tokens(actor)).select_related("owner").order_by("-created_at", "-pk")
    )
