"""People for who edits them: lists, and one person with roles, groups, tokens and sessions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import Decision
from accounts.machines.selectors import company_tokens
from accounts.models import Group, Role, User
from accounts.people.policies import kept_people, why_switch
from accounts.policies import Actor, visible_people
from accounts.security.selectors import TokenRow
from accounts.selectors import named_like
from accounts.sessions.selectors import SHOWN, SessionRow, rows_of, sessions_for
from core.errors import NotVisibleError

STATES: dict[str, str | Promise] = {"": _("Everybody"), "on": _("Switched on"), "off": _("Switched off")}


@dataclass(frozen=True)
class Sheet:
    """A person with all that they sign in with, and whether the reader may switch them."""

    person: User
    roles: list[Role]
    groups: list[Group]
    tokens: list[TokenRow]
    sessions: list[SessionRow]
    switch: Decision


def people_known(actor: Actor) -> QuerySet[User]:
    """People ``actor`` may name; for who edits people also those of the company who are switched off."""
    rows = User.objects.filter(visible_people(actor) | kept_people(actor))
    return rows.select_related("department", "location").order_by("name_ko", "pk")


def people_kept(actor: User, *, query: str = "", state: str = "") -> QuerySet[User]:
    """The company's people with roles and number of living tokens, by name; nobody for who edits none.

    ``query`` is a part of a name, user name or mail; ``state`` one of ``STATES``.
    """
    rows = User.objects.filter(kept_people(actor), is_service=False)
    if query:
        rows = rows.filter(named_like(query))
    if state:
        rows = rows.filter(is_active=state == "on")
    lives = Q(api_tokens__revoked_at=None, api_tokens__expires_at__gt=Now())
    return (
        rows.select_related("department")
        .prefetch_related(Prefetch("roles", queryset=Role.objects.order_by("key")))
        .annotate(token_count=Count("api_tokens", filter=lives, distinct=True))
        .order_by("name_ko", "pk")
    )


def sheet_of(actor: User, username: str, *, key: str = "") -> Sheet:
    """The person of that name; ``key`` is the session that asks. Raises NotVisibleError."""
    person = people_kept(actor).filter(username__iexact=username).first()
    if person is None:
        raise NotVisibleError
    return Sheet(
        person,
        list(person.roles.all()),
        list(Group.objects.filter(members=person.pk, is_active=True).order_by("name_ko", "pk")),
        company_tokens(actor, owner=person),
        rows_of(sessions_for(actor).filter(user=person.pk)[:SHOWN], key=key),
        why_switch(actor, person),
    )
