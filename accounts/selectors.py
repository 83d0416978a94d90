"""Finding people, groups and places an actor may name."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.db.models.functions import Now, Upper

from accounts.choices import Grant
from accounts.models import ApiToken, Company, Department, Group, Location, RoleAssignment, User
from accounts.policies import Actor, company_wall, know_grants, visible_people, visible_tokens
from core import hangul, searching


def people_for(actor: Actor, *, query: str = "") -> QuerySet[User]:
    """People ``actor`` may name, by name; ``query`` narrows by any part of name, user name or mail."""
    rows = User.objects.filter(visible_people(actor)).select_related("department", "location")
    if query:
        rows = rows.filter(named_like(query))
    return rows.order_by("name_ko", "pk")


def named_like(query: str) -> Q:
    """People with ``query`` in any part of name, user name or mail, in either keyboard layout.

    Initial consonants stand for the syllables of the Korean name: ㄱㅈㅁ is 김지민.
    """
    found = Q()
    for each in searching.readings(query):
        found |= (
            Q(name_ko__icontains=each)
            | Q(name_en__icontains=each)
            | Q(username__icontains=each)
            | Q(email__icontains=each)
        )
    if hangul.is_initials(query):
        found |= Q(name_ko__regex=searching.as_pattern(query))
    return found


def person_named(actor: Actor, username: str) -> User | None:
    """The person with that user name if ``actor`` may name them, else None."""
    return User.objects.filter(visible_people(actor), username__iexact=username).first()


def person_signing_in(login: str) -> User | None:
    """Who has that user name, else that mail address, in any case; also those switched off. One query."""
    rows = User.objects.filter(Q(username__iexact=login) | (Q(email__iexact=login) & ~Q(email="")))
    found = list(rows.order_by("pk")[:2])
    return next(
        (each for each in found if each.username.lower() == login.lower()), found[0] if found else None
    )


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


def holders_of_grant(grant: str, company_id: int) -> QuerySet[User]:
    """Active people of a company whose roles give a grant, by name."""
    holding = RoleAssignment.objects.filter(role__grants__contains=[grant]).values("user")
    return User.objects.filter(pk__in=holding, company_id=company_id, is_active=True).order_by(
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


def with_grants(people: Iterable[User]) -> list[User]:
    """The people, each knowing their grants: one query, however many they are."""
    found = list(people)
    held: dict[int, set[str]] = {each.pk: set() for each in found}
    rows = RoleAssignment.objects.filter(user__in=[each.pk for each in found if each.is_active])
    for user_id, grants in rows.values_list("user_id", "role__grants"):
        held[user_id].update(grants)
    for each in found:
        know_grants(each, held[each.pk])
    return found


def default_company() -> Company:
    """The company that exists from the first migration on."""
    return Company.objects.get(is_default=True)


def tokens_for(actor: User) -> QuerySet[ApiToken]:
    """API tokens ``actor`` may see, newest first."""
    return (
        ApiToken.objects.filter(visible_tokens(actor)).select_related("owner").order_by("-created_at", "-pk")
    )


def living_secrets(token_ids: Iterable[int]) -> set[tuple[int, str]]:
    """Each id with the hash of each secret that serves now, while its owner may use the API."""
    rows = ApiToken.objects.filter(
        pk__in=list(token_ids),
        revoked_at=None,
        expires_at__gt=Now(),
        owner__roles__grants__contains=[Grant.API_USE],
    ).annotate(former_lives=ExpressionWrapper(Q(former_until__gt=Now()), output_field=BooleanField()))
    found: set[tuple[int, str]] = set()
    for pk, present, former, former_lives in rows.values_list(
        "pk", "secret_hash", "former_hash", "former_lives"
    ):
        found |= {(pk, present), (pk, former)} if former_lives else {(pk, present)}
    return found
