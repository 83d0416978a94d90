"""The seed catalogue: categories and items in both languages, published when they are missing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from accounts.models import Company, Group
from catalog import flows, services
from catalog.models import CatalogItem, Category
from core.versions import VersionStatus

SEED = Path(__file__).with_name("seed") / "catalogue.json"


def load(**_kwargs: Any) -> None:
    """Make what is missing in the default company; what a company has edited stays as it is.

    Called again when the owner groups exist, it gives the items that have none their group.
    """
    company = Company.objects.filter(is_default=True).first()
    if company is None:
        return
    seed = json.loads(SEED.read_text(encoding="utf-8"))
    shelves = {row.key: row for row in Category.objects.filter(company=company)}
    for row in seed["categories"]:
        if row["key"] not in shelves:
            parent = shelves.get(row.pop("parent", ""))
            shelves[row["key"]] = services.create_category(actor=None, company=company, parent=parent, **row)
    groups = {group.key: group for group in Group.objects.filter(company=company)}
    known = {item.key: item for item in CatalogItem.objects.filter(company=company)}
    for row in seed["items"]:
        item, group = known.get(row["key"]), groups.get(row["owner_group"])
        if item is None:
            item = _make(company, row, shelves[row["category"]], group)
        elif group is not None and item.owner_group_id is None:
            services.update_item(item.pk, actor=None, owner_group=group)
        _publish_first(item)


def _make(company: Company, row: dict[str, Any], category: Category, group: Group | None) -> CatalogItem:
    item = services.create_item(
        actor=None,
        company=company,
        key=row["key"],
        category=category,
        owner_group=group,
        icon=row["icon"],
        order=row["order"],
    )
    services.save_draft(item.pk, actor=None, **row["version"])
    return item


def _publish_first(item: CatalogItem) -> None:
    """Publish an item that never was, as soon as its flow is there; what was retired stays retired."""
    versions = list(item.versions.all())
    first = versions[0] if len(versions) == 1 else None
    if first is None or first.status != VersionStatus.DRAFT:
        return
    if not first.flow_key or flows.exists(first.flow_key):
        services.publish_version(first.pk, actor=None)
