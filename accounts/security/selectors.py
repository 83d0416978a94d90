"""Tokens as pages show them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import ApiToken, User
from accounts.policies import may_end, may_mint
from accounts.scopes import WRITE, Scope, allowed_to, known
from accounts.selectors import tokens_for
from core.errors import NotVisibleError
from core.time import clock_now

SHOWN = 200
SOON = dt.timedelta(days=7)


@dataclass(frozen=True)
class TokenRow:
    """A token with its state (``active``, ``soon``, ``ended``, ``revoked``) and what the reader may do."""

    token: ApiToken
    state: str
    scopes: tuple[str, ...]
    former_until: dt.datetime | None
    may_rotate: bool
    may_revoke: bool


@dataclass(frozen=True)
class ScopeGroup:
    """The two scopes of one resource, as far as the person may have them; None where not."""

    label: str | Promise
    read: Scope | None
    write: Scope | None


def own_tokens(actor: User) -> list[TokenRow]:
    """The reader's own tokens, newest first."""
    return rows_of(actor, tokens_for(actor).filter(owner=actor.pk)[:SHOWN])


def rows_of(actor: User, tokens: Iterable[ApiToken]) -> list[TokenRow]:
    """The tokens as rows; their owners know their grants if they are others than the reader."""
    now = clock_now()
    return [_row(actor, token, now) for token in tokens]


def token_with(actor: User, public_id: UUID) -> ApiToken:
    """The token with that id. Raises NotVisibleError when the reader may not see it."""
    found = tokens_for(actor).filter(public_id=public_id).first()
    if found is None:
        raise NotVisibleError
    return found


def scope_groups(owner: User) -> list[ScopeGroup]:
    """What a token of the person may be limited to, by resource, in the order of their words."""
    allowed = {scope.code: scope for scope in allowed_to(owner)}
    names = sorted({code.rsplit(":", 1)[0] for code in allowed}, key=lambda name: str(_any(name).label))
    return [
        ScopeGroup(_any(name).label, allowed.get(f"{name}:read"), allowed.get(f"{name}:write"))
        for name in names
    ]


def scope_words(codes: Iterable[str]) -> tuple[str, ...]:
    """The scopes in words; reading is left out beside writing, which implies it."""
    given = set(codes)
    shown = [code for code in sorted(given) if code.replace(":read", ":write") not in given - {code}]
    return tuple(_words(code) for code in shown)


def _words(code: str) -> str:
    scope = known().get(code)
    if scope is None:
        return code
    way = _("read and write") if scope.way == WRITE else _("read")
    return _("%(what)s: %(way)s") % {"what": scope.label, "way": way}


def _any(name: str) -> Scope:
    return known()[f"{name}:read"]


def _row(actor: User, token: ApiToken, now: dt.datetime) -> TokenRow:
    lives = token.revoked_at is None and token.expires_at > now
    state = (
        "revoked"
        if token.revoked_at is not None
        else "ended"
        if not lives
        else "soon"
        if token.expires_at - now < SOON
        else "active"
    )
    former = token.former_until if lives and token.former_until and token.former_until > now else None
    return TokenRow(
        token,
        state,
        scope_words(token.scopes),
        former,
        lives and may_mint(actor, token.owner),
        lives and may_end(actor, token.owner),
    )
