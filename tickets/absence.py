"""Who is away from new tickets, and who stands in: asked of the layer above that knows (PROCESSES APR-12)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from accounts.models import User

Lookup = Callable[[Iterable[int]], Mapping[int, User]]
_lookups: list[Lookup] = []


def register(lookup: Lookup) -> None:
    """Let ``lookup`` say who of some people is away: the stand-in by the primary key of the absent."""
    if lookup not in _lookups:
        _lookups.append(lookup)


def away(user_ids: Iterable[int]) -> dict[int, User]:
    """Who of these people is away now, each with who stands in. One query for any number of people."""
    asked = list(user_ids)
    found: dict[int, User] = {}
    for lookup in _lookups if asked else ():
        found |= lookup(asked)
    return found


def taker(person: User, absent: Mapping[int, User], members: Collection[int]) -> User | None:
    """Who takes a ticket that is this person's turn: they or their stand-in, if that one is a member.

    None when nobody does: it is not passed on a second time.
    """
    if person.pk not in absent:
        return person
    stand_in = absent[person.pk]
    return stand_in if stand_in.pk in members and stand_in.pk not in absent else None
