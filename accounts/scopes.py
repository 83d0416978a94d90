"""What a token may be limited to: a scope for reading and one for writing of each resource (A-40).

The API's root registers its resources here, so that pages can offer them in words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from accounts.models import User
from accounts.policies import grants_of

READ, WRITE = "read", "write"


@dataclass(frozen=True)
class Scope:
    """``code`` is ``<resource>:read`` or ``:write``; ``needs`` are grants of which one is enough, or none."""

    code: str
    label: str | Promise
    way: str
    needs: tuple[str, ...] = ()

    def is_held_by(self, person: User) -> bool:
        """Whether the person may do anything of it at all; what exactly is decided at each call."""
        return not self.needs or bool(grants_of(person) & set(self.needs))


_known: dict[str, Scope] = {}


def register(
    resource: str, label: str | Promise, *, read: Iterable[str] = (), write: Iterable[str] = ()
) -> None:
    """Make the two scopes of a resource known; a second registration replaces the first."""
    for way, needs in ((READ, read), (WRITE, write)):
        code = f"{resource}:{way}"
        _known[code] = Scope(code, label, way, tuple(str(grant) for grant in needs))


def known() -> dict[str, Scope]:
    """All scopes by code."""
    return dict(_known)


def allowed_to(person: User) -> list[Scope]:
    """The scopes a token of the person may have, in the order of their codes."""
    return [_known[code] for code in sorted(_known) if _known[code].is_held_by(person)]


def words_of(codes: Iterable[str]) -> list[tuple[Scope | None, str]]:
    """Each scope with its code; None for one of a former version."""
    return [(_known.get(code), code) for code in codes]
