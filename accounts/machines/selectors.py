"""Service accounts, the roles one may give them, and the tokens of the company."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from accounts.machines.policies import may_give, may_read
from accounts.models import ApiToken, Role, User
from accounts.policies import company_wall
from accounts.roles.selectors import roles_for
from accounts.security.selectors import SHOWN, TokenRow, rows_of
from accounts.selectors import tokens_for, with_grants
from core.errors import NotVisibleError


def accounts_for(actor: User) -> QuerySet[User]:
    """The company's service accounts with roles and number of living tokens, also those switched off."""
    if not may_read(actor):
        return User.objects.none()
    lives = Q(api_tokens__revoked_at=None, api_tokens__expires_at__gt=Now())
    return (
        User.objects.filter(company_wall(actor), is_service=True)
        .prefetch_related(Prefetch("roles", queryset=Role.objects.order_by("key")))
        .annotate(token_count=Count("api_tokens", filter=lives, distinct=True))
        .order_by("username")
    )


def account_named(actor: User, username: str) -> User:
    """The service account. Raises NotVisibleError."""
    found = accounts_for(actor).filter(username__iexact=username).first()
    if found is None:
        raise NotVisibleError
    return found


def givable_roles(actor: User, *, present: Iterable[Role] = ()) -> list[Role]:
    """The roles the actor may give, and those that are there already, by key."""
    held = {role.pk for role in present}
    return [role for role in roles_for(actor) if role.pk in held or may_give(actor, role)]


def company_tokens(actor: User, *, owner: User | None = None) -> list[TokenRow]:
    """All tokens of the company, or of one owner, newest first, with what the reader may do with each."""
    tokens = tokens_for(actor)
    found: list[ApiToken] = list((tokens.filter(owner=owner.pk) if owner else tokens)[:SHOWN])
    owners = {
        each.pk: each for each in with_grants({token.owner_id: token.owner for token in found}.values())
    }
    for token in found:
        token.owner = owners[token.owner_id]
    return rows_of(actor, found)
