"""Which second factors a person has, and whether one is missing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.utils.crypto import salted_hmac

from accounts.models import Role, User

SECOND = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True)
class Factor:
    """One second factor as its owner sees it; ``kind`` is ``totp`` or ``webauthn``, ``name`` a passkey's."""

    pk: int
    kind: str
    name: str
    added_at: dt.datetime
    last_used_at: dt.datetime | None

    @property
    def key(self) -> str:
        """What it is called in addresses, which never show a primary key (API A-02)."""
        return salted_hmac("accounts.factors", str(self.pk), algorithm="sha256").hexdigest()[:16]


@dataclass(frozen=True)
class Factors:
    """All of a person's; ``codes_left`` is how many recovery codes are unused."""

    rows: tuple[Factor, ...]
    codes_left: int
    is_needed: bool

    @property
    def has_app(self) -> bool:
        """Whether an app with codes is set up."""
        return any(each.kind == Authenticator.Type.TOTP for each in self.rows)

    @property
    def has_passkey(self) -> bool:
        """Whether there is a passkey."""
        return any(each.kind == Authenticator.Type.WEBAUTHN for each in self.rows)


def factors_of(person: User) -> Factors:
    """The person's second factors, oldest first; two queries."""
    rows, left = [], 0
    for each in Authenticator.objects.filter(user=person.pk).order_by("pk"):
        if each.type == Authenticator.Type.RECOVERY_CODES:
            left = len(each.wrap().get_unused_codes())
            continue
        name = each.wrap().name if each.type == Authenticator.Type.WEBAUTHN else ""
        rows.append(Factor(each.pk, each.type, name, each.created_at, each.last_used_at))
    return Factors(tuple(rows), left, is_needed(person))


def is_needed(person: User) -> bool:
    """Whether a role of the person asks for a second factor."""
    return Role.objects.filter(holders=person.pk, needs_second_factor=True).exists()


def has_any(person: User) -> bool:
    """Whether the person signs in with a second factor."""
    return bool(Authenticator.objects.filter(user=person.pk, type__in=SECOND).exists())


def is_due(person: User) -> bool:
    """Whether a role asks for a second factor that the person does not have."""
    return is_needed(person) and not has_any(person)
