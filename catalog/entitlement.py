"""What conditions may ask about a person, and who may order what (PROCESSES REQ-10)."""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from typing import Any

from accounts.models import Group, Role, User
from catalog.models.catalogue import CatalogItem, CatalogItemVersion, Category
from core.conditions import Condition, Dictionary, Field, compile_condition

PERSON_FIELDS = (
    Field("username", "ref"),
    Field("grade", "text"),
    Field("cost_center", "text"),
    Field("language", "choice"),
    Field("is_vip", "boolean"),
    Field("company.key", "ref"),
    Field("department.key", "ref"),
    Field("location.key", "ref"),
    Field("manager.username", "ref"),
    Field("roles", "list"),
    Field("groups", "list"),
)
PERSON = Dictionary(PERSON_FIELDS)


def facts_of(person: User) -> dict[str, Any]:
    """What conditions read of the person, as plain data; kept on this instance, like their grants."""
    known: dict[str, Any] | None = person.__dict__.get("_catalog_facts")
    if known is None:
        roles = Role.objects.filter(holders=person.pk).values_list("key", flat=True)
        groups = Group.objects.filter(memberships__user=person.pk, is_active=True).values_list(
            "key", flat=True
        )
        known = person.__dict__["_catalog_facts"] = {
            "username": person.username,
            "display_name": person.display_name,
            "email": person.email,
            "phone": person.phone,
            "grade": person.grade,
            "cost_center": person.cost_center,
            "language": person.language,
            "is_vip": person.is_vip,
            "company": {"key": person.company.key},
            "department": _named(person.department),
            "location": _named(person.location),
            "manager": _manager(person.manager),
            "roles": list(roles),
            "groups": list(groups),
        }
    return known


def _named(place: Any) -> dict[str, str] | None:
    return {"key": place.key, "name": place.name} if place is not None else None


def _manager(person: User | None) -> dict[str, str] | None:
    return {"username": person.username, "display_name": person.display_name} if person else None


def condition(tree: Any) -> Condition:
    """The condition about a person for ``tree``, compiled once per process. Raises BadConditionError."""
    return _compiled(json.dumps(tree, sort_keys=True))


@lru_cache(maxsize=1024)
def _compiled(text: str) -> Condition:
    return compile_condition(json.loads(text), PERSON)


def entitled(
    person: User, item: CatalogItem, version: CatalogItemVersion, shelves: list[Category], now: dt.datetime
) -> bool:
    """Whether the person may order this version: category, its parents and item must all pass.

    ``shelves`` is the item's category with its ancestors. Anybody of the company when nothing is said.
    """
    if person.company_id != item.company_id or not person.is_active:
        return False
    facts = facts_of(person)
    wanted = [shelf.available_for for shelf in shelves if shelf.available_for]
    if version.available_for:
        wanted.append(version.available_for)
    if not all(condition(tree).test(facts, now=now) for tree in wanted):
        return False
    refused = version.not_available_for
    return refused is None or not condition(refused).test(facts, now=now)
