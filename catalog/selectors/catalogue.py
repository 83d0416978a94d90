"""What an actor may order: one answer for list, search, direct address, cart and API (PROCESSES REQ-10)."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from catalog import flows
from catalog.choices import BehalfAccess
from catalog.entitlement import entitled
from catalog.formdata import Evaluation, evaluate
from catalog.models import CatalogItemVersion, Category
from catalog.policies import may_order_for, visible_versions
from catalog.selectors.usual import UsualTime, expected_at, usual_times
from core.errors import NotVisibleError
from core.time import db_now
from core.versions import VersionStatus

_KEY = re.compile(r"[-a-zA-Z0-9_]{1,50}")


@dataclass(frozen=True)
class Entry:
    """One item as a list shows it."""

    version: CatalogItemVersion
    category: Category
    usual: UsualTime

    @property
    def key(self) -> str:
        """The item's key."""
        return self.version.item.key


@dataclass
class Shelf:
    """A category with the items the person may order; shelves without any are left out."""

    category: Category
    depth: int
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class ItemPage:
    """All that the page of one item tells before the order is sent (UI: what happens next)."""

    version: CatalogItemVersion
    person: User
    evaluation: Evaluation
    quantity: int
    total: Decimal
    recurring_total: Decimal
    usual: UsualTime
    expected_at: dt.datetime
    approvers: list[flows.ApproverPreview]


def versions_for(actor: Actor) -> QuerySet[CatalogItemVersion]:
    """Versions ``actor`` may read, newest first: the published ones, all for who edits the catalogue."""
    return (
        CatalogItemVersion.objects.filter(visible_versions(actor))
        .select_related("item__category", "item__owner_group", "published_by")
        .order_by("item__order", "item__key", "-no")
    )


def shelves_of(company_id: int) -> dict[int, Category]:
    """The categories of a company by primary key."""
    return {row.pk: row for row in Category.objects.filter(company=company_id)}


def entries_for(person: User, *, for_whom: User | None = None) -> list[CatalogItemVersion]:
    """The published versions ``person`` may order (for ``for_whom`` or themselves), in catalogue order."""
    rows = _published(person.company_id).order_by("item__order", "item__key")
    shelves, now = shelves_of(person.company_id), db_now()
    return [row for row in rows if _passes(row, person, for_whom or person, shelves, now)]


def catalogue(person: User, *, query: str = "", for_whom: User | None = None) -> list[Shelf]:
    """The categories with what ``person`` may order, a tree in reading order; ``query`` narrows by text."""
    versions = entries_for(person, for_whom=for_whom)
    if query.strip():
        versions = search(versions, query)
    times, shelves = usual_times(versions), shelves_of(person.company_id)
    by_shelf: dict[int, list[Entry]] = {}
    for version in versions:
        entry = Entry(version, shelves[version.item.category_id], times[version.item_id])
        by_shelf.setdefault(version.item.category_id, []).append(entry)
    kept = {row.pk for shelf in by_shelf for row in _path(shelf, shelves)}
    return [
        Shelf(row, depth, by_shelf.get(row.pk, []))
        for row, depth in _tree(shelves.values())
        if row.pk in kept
    ]


def search(versions: Sequence[CatalogItemVersion], query: str) -> list[CatalogItemVersion]:
    """The versions that hold every word of ``query``, those with it in the name first.

    A few hundred items are read anyway, so this compares text without blanks: 노트 북 finds 노트북.
    """
    words = [_flat(word) for word in query.split()][:8]
    found = [row for row in versions if all(word in _text_of(row) for word in words)]
    return sorted(found, key=lambda row: not all(word in _name_of(row) for word in words))


def offered(person: User, key: str, *, for_whom: User | None = None) -> CatalogItemVersion:
    """The published version of that item, if ``person`` may order it (for ``for_whom``).

    Raises NotVisibleError: unknown, switched off, retired and not entitled are one answer.
    """
    target = for_whom or person
    known = isinstance(key, str) and _KEY.fullmatch(key) is not None
    row = _published(target.company_id).filter(item__key=key).first() if known else None
    if row is None or not _passes(row, person, target, shelves_of(target.company_id), db_now()):
        raise NotVisibleError(_("There is no such item in the catalogue for this person."))
    return row


def quote(
    person: User, key: str, answers: Any, *, quantity: int = 1, for_whom: User | None = None
) -> ItemPage:
    """The item with these answers: what is asked now, what is wrong, the price, the time and who approves.

    Nothing is stored. Raises NotVisibleError, RuleRefusedError when ``answers`` is no mapping.
    """
    version, target = offered(person, key, for_whom=for_whom), for_whom or person
    evaluation = evaluate(version, answers, target, actor=person)
    usual = usual_times([version])[version.item_id]
    number = max(1, min(quantity, version.max_quantity))
    total, recurring = evaluation.price * number, evaluation.recurring_price * number
    return ItemPage(
        version=version,
        person=target,
        evaluation=evaluation,
        quantity=number,
        total=total,
        recurring_total=recurring,
        usual=usual,
        expected_at=expected_at(version, usual, db_now()),
        approvers=flows.approvers_preview(version, target, total, evaluation.values, number),
    )


def item_page(person: User, key: str, *, for_whom: User | None = None) -> ItemPage:
    """The item as it first shows, with the answers that are known of the person. Raises NotVisibleError."""
    return quote(person, key, {}, for_whom=for_whom)


def _published(company_id: int) -> QuerySet[CatalogItemVersion]:
    return CatalogItemVersion.objects.filter(
        item__company=company_id, item__enabled=True, status=VersionStatus.PUBLISHED
    ).select_related("item__category", "item__owner_group")


def _passes(
    version: CatalogItemVersion,
    person: User,
    target: User,
    shelves: dict[int, Category],
    now: dt.datetime,
) -> bool:
    if not may_order_for(person, target):
        return False
    delegated = version.item.behalf_access == BehalfAccess.DELEGATED
    return entitled(
        person if delegated else target, version.item, version, _path(version.item.category_id, shelves), now
    )


def _path(category_id: int | None, shelves: dict[int, Category]) -> list[Category]:
    """The category and those above it; a circle made in the database by hand ends it."""
    path: list[Category] = []
    while category_id is not None and category_id in shelves and shelves[category_id] not in path:
        path.append(shelves[category_id])
        category_id = path[-1].parent_id
    return path


def _tree(rows: Any) -> list[tuple[Category, int]]:
    children: dict[int | None, list[Category]] = {}
    for row in sorted(rows, key=lambda row: (row.order, row.key)):
        children.setdefault(row.parent_id, []).append(row)
    ordered: list[tuple[Category, int]] = []

    def walk(parent: int | None, depth: int) -> None:
        for row in children.get(parent, []):
            ordered.append((row, depth))
            walk(row.pk, depth + 1)

    walk(None, 0)
    return ordered


def _flat(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).lower().split())


def _name_of(version: CatalogItemVersion) -> str:
    return _flat(f"{version.name_ko} {version.name_en}")


def _text_of(version: CatalogItemVersion) -> str:
    category = version.item.category
    parts = [
        version.name_ko,
        version.name_en,
        version.short_ko,
        version.short_en,
        category.name_ko,
        category.name_en,
        version.item.key,
    ]
    return _flat("\n".join(parts))
