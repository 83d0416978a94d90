"""Who is really asked: own requests, inactive people, delegates, groups (PROCESSES APR-08 to APR-12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from accounts.models import Group, User
from accounts.selectors import members_of
from accounts.selectors import person as person_by_id
from approvals.choices import Members, Scope, Why
from approvals.models import Delegation
from core.time import db_now

MAX_CLIMB = 10
Named = User | Group


@dataclass(frozen=True)
class Seat:
    """One person in one approve set: which seat an answer counts for, and for whom they stand in."""

    key: str
    approver: User
    via_group: Group | None = None
    instead_of: User | None = None
    why: str = Why.ASKED
    delegate: User | None = None


@dataclass(frozen=True)
class Asked:
    """One row to be made: a person and all the seats of the stage that their answer counts for."""

    seats: tuple[str, ...]
    by: Seat

    @property
    def approver(self) -> User:
        """Who is asked."""
        return self.by.approver


@dataclass(frozen=True)
class Wall:
    """Whom nobody may ask: people of other companies, and those whose own request it is."""

    company_id: int
    own: frozenset[int]

    def lets(self, person: User | None) -> bool:
        """Whether this person may be asked at all."""
        return bool(
            person and person.is_active and person.company_id == self.company_id and person.pk not in self.own
        )


def seats(
    named: Sequence[Named], wall: Wall, *, fallback: Group | None = None, members: str = Members.ONCE
) -> list[Seat]:
    """The people of one approve set, each once, people before group members; ``members`` as in APR-08."""
    people = [each for each in named if isinstance(each, User)]
    groups = [each for each in named if isinstance(each, Group)]
    found: dict[int, Seat] = {}
    for person in people:
        for seat in _for_person(person, wall, fallback):
            found.setdefault(seat.approver.pk, seat)
    for group in groups:
        for seat in of_group(group, wall):
            each = replace(seat, key=f"user:{seat.approver.pk}") if members == Members.EACH else seat
            found.setdefault(seat.approver.pk, each)
    return _with_delegates(list(found.values()), wall)


def of_group(group: Group, wall: Wall, *, why: str = Why.ASKED) -> Iterator[Seat]:
    """Each member who may be asked; together they are one seat (APR-08)."""
    if group.company_id != wall.company_id or not group.is_active:
        return
    for member in members_of(group.pk):
        if wall.lets(member):
            yield Seat(f"group:{group.pk}", member, via_group=group, why=why)


def rows_for(sets: Sequence[Sequence[Seat]], carried: Collection[int] = ()) -> list[Asked]:
    """One row per person of a stage, whatever number of its sets name them (APR-08).

    A person named for themselves is asked so, not as a member. The seats of people in ``carried``, who have
    approved already, are theirs: nobody else is asked for those.
    """
    by_person: dict[int, list[tuple[str, Seat]]] = {}
    for number, found in enumerate(sets, start=1):
        for seat in found:
            by_person.setdefault(seat.approver.pk, []).append((f"{number}/{seat.key}", seat))
    rows, taken = [], set()
    for pk in sorted(by_person, key=lambda each: (each not in carried, each if each in carried else 0)):
        own = tuple(key for key, _seat in by_person[pk] if key not in taken)
        if pk in carried:
            taken |= set(own)
        if own:
            parts = [seat for _key, seat in by_person[pk]]
            rows.append(Asked(own, min(parts, key=lambda seat: seat.via_group is not None)))
    return rows


def kept(named: Iterable[Named]) -> list[dict[str, int]]:
    """People and groups as a policy keeps them."""
    return [{"user" if isinstance(each, User) else "group": each.pk} for each in named]


def meant(refs: Iterable[dict[str, Any]]) -> list[Named]:
    """The people and groups that a policy keeps, in their order. Two queries."""
    wanted = list(refs)
    users = User.objects.in_bulk([each["user"] for each in wanted if "user" in each])
    groups = Group.objects.in_bulk([each["group"] for each in wanted if "group" in each])
    found = [users.get(each["user"]) if "user" in each else groups.get(each["group"]) for each in wanted]
    return [each for each in found if each is not None]


def manager_above(person: User, wall: Wall) -> User | None:
    """The nearest manager up the line who may be asked, at most ten levels up."""
    seen = {person.pk}
    current: User | None = person
    for _level in range(MAX_CLIMB):
        above = current.manager_id if current else None
        if above is None or above in seen:
            return None
        seen.add(above)
        current = person_by_id(above)
        if wall.lets(current):
            return current
    return None


def delegates_now(user_ids: Iterable[int]) -> dict[int, User]:
    """Who acts today for each of these people; those who act for themselves are left out."""
    rows = Delegation.objects.filter(
        user__in=list(user_ids), scope=Scope.APPROVALS, during__contains=db_now()
    )
    return {row.user_id: row.delegate for row in rows.select_related("delegate")}


def _for_person(person: User, wall: Wall, fallback: Group | None) -> Iterator[Seat]:
    key = f"user:{person.pk}"
    if wall.lets(person):
        yield Seat(key, person)
        return
    if person.is_active:
        above = manager_above(person, wall) if person.company_id == wall.company_id else None
        if above is not None:
            yield Seat(key, above, instead_of=person, why=Why.OWN_REQUEST)
        return
    yield from _for_inactive(key, person, wall, fallback)


def _for_inactive(key: str, person: User, wall: Wall, fallback: Group | None) -> Iterator[Seat]:
    delegate = delegates_now([person.pk]).get(person.pk)
    stand_in = delegate if wall.lets(delegate) else manager_above(person, wall)
    if stand_in is not None:
        yield Seat(key, stand_in, instead_of=person, why=Why.INACTIVE)
    elif fallback is not None:
        for seat in of_group(fallback, wall, why=Why.FALLBACK):
            yield replace(seat, instead_of=person)


def _with_delegates(rows: list[Seat], wall: Wall) -> list[Seat]:
    acting = delegates_now(seat.approver.pk for seat in rows)
    return [
        replace(seat, delegate=acting[seat.approver.pk]) if wall.lets(acting.get(seat.approver.pk)) else seat
        for seat in rows
    ]
