"""Who a flow means: ``{"path"}``, ``{"user"}``, ``{"group"}``, ``{"role"}`` and ``{"manager": n}``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from accounts.models import Group, User
from accounts.selectors import group_keyed, holders_of, members_of, person, person_named
from core.values import resolve

FORMS = ("path", "user", "group", "role", "manager")
MAX_LEVELS = 10
Named = User | Group


def meant(
    specs: Iterable[dict[str, Any]], names: dict[str, Any], *, company_id: int, requester: User | None
) -> list[Named]:
    """The people and groups that ``specs`` mean; what leads to nobody is left out."""
    found: list[Named] = []
    for spec in specs:
        [(form, value)] = spec.items()
        if form == "path":
            found += _named(resolve(value, names), requester)
        elif form == "user":
            found += _named(value, requester)
        elif form == "group":
            group = group_keyed(None, value)
            found += [group] if group else []
        elif form == "role":
            found += holders_of(value, company_id)
        else:
            above = manager(requester, value)
            found += [above] if above else []
    return [each for each in found if each.company_id == company_id]


def users(found: Iterable[Named]) -> list[User]:
    """The active people among them, with the members of the groups, each once."""
    people: dict[int, User] = {}
    for each in found:
        members = members_of(each.pk) if isinstance(each, Group) else [each]
        people |= {member.pk: member for member in members if member.is_active}
    return list(people.values())


def manager(user: User | None, levels: int) -> User | None:
    """The manager ``levels`` (1 to 10) steps up the line, or None where the line ends."""
    for _level in range(min(levels, MAX_LEVELS)):
        if user is None or user.manager_id is None:
            return None
        user = person(user.manager_id)
    return user


def _named(value: Any, requester: User | None) -> list[Named]:
    """People from a user name, a person's names, or a list of these; the requester has been read already."""
    if isinstance(value, list | tuple):
        return [each for part in value for each in _named(part, requester)]
    username = value.get("username") if isinstance(value, dict) else value
    if requester is not None and username == requester.username:
        return [requester]
    found = person_named(None, username) if isinstance(username, str) and username else None
    return [found] if found else []
