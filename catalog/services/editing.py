"""Editing the catalogue: categories, items and drafts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Company
from accounts.policies import Actor
from catalog.models import CatalogItem, CatalogItemVersion, Category
from catalog.policies import may_publish, visible_items
from catalog.services.publishing import check_about_person
from core import audit
from core.errors import (
    BadInputError,
    DuplicateError,
    FieldError,
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
)
from core.text import clean
from core.time import db_now
from core.versions import VersionStatus

_TEXTS = {
    "name_ko": 120,
    "name_en": 120,
    "short_ko": 200,
    "short_en": 200,
    "description_ko": 20_000,
    "description_en": 20_000,
    "delivery_ko": 300,
    "delivery_en": 300,
    "flow_key": 60,
    "notes": 300,
}
_CONTENT = {
    *_TEXTS,
    "form",
    "price",
    "currency",
    "recurring_price",
    "recurring_period",
    "max_quantity",
    "needs_acceptance",
    "available_for",
    "not_available_for",
    "usual_days",
}
_RANGES = {"max_quantity": (1, 1000), "usual_days": (0, 365)}
_ITEM_FIELDS = {"category", "owner_group", "icon", "order", "behalf_access", "enabled"}


def _gate(actor: Actor) -> None:
    if not may_publish(actor):
        raise NotAllowedError


def _only(known: Iterable[str], given: Iterable[str]) -> None:
    unknown = set(given) - set(known)
    if unknown:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(sorted(unknown))})


@transaction.atomic
def create_category(
    *, actor: Actor, company: Company, key: str, name_ko: str, name_en: str, **more: Any
) -> Category:
    """A new shelf of the catalogue. Raises NotAllowedError, BadInputError, DuplicateError."""
    _gate(actor)
    _only({"parent", "icon", "order", "available_for"}, more)
    if more.get("available_for"):
        check_about_person(more["available_for"], "available_for")
    row = Category(company=company, key=key, name_ko=name_ko, name_en=name_en, **more)
    _insert(row)
    audit.write(actor=actor, table="catalog_category", object_ref=key, action="created")
    return row


@transaction.atomic
def create_item(*, actor: Actor, company: Company, key: str, category: Category, **more: Any) -> CatalogItem:
    """A new item without a version. Raises NotAllowedError, BadInputError, DuplicateError."""
    _gate(actor)
    _only(_ITEM_FIELDS, more)
    row = CatalogItem(company=company, key=key, category=category, **more)
    _insert(row)
    audit.write(actor=actor, table="catalog_catalogitem", object_ref=key, action="created")
    return row


def _insert(row: Category | CatalogItem) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as mistake:
        raise DuplicateError(_("The key “%(key)s” is used already.") % {"key": row.key}) from mistake


@transaction.atomic
def update_item(
    item_id: int, *, actor: Actor, expected_version: int | None = None, **fields: Any
) -> CatalogItem:
    """The item with category, owner group, icon, order, access on behalf or switch changed.

    Raises NotVisibleError, NotAllowedError, StaleVersionError, BadInputError.
    """
    item = (
        CatalogItem.objects.filter(visible_items(actor), pk=item_id).select_for_update(of=("self",)).first()
    )
    if item is None:
        raise NotVisibleError
    _gate(actor)
    _only(_ITEM_FIELDS, fields)
    if expected_version not in (None, item.lock_version):
        raise StaleVersionError(current_version=item.lock_version)
    for name, value in fields.items():
        setattr(item, name, value)
    item.lock_version += 1
    item.updated_at = db_now()
    item.save()
    audit.write(
        actor=actor,
        table="catalog_catalogitem",
        object_ref=item.key,
        action="updated",
        diff={"fields": sorted(fields)},
    )
    return item


@transaction.atomic
def save_draft(
    item_id: int, *, actor: Actor, expected_version: int | None = None, **content: Any
) -> CatalogItemVersion:
    """The item's draft with ``content`` put in; without a draft one is made, a copy of the latest version.

    A draft may still hold mistakes: publishing checks it. Raises NotVisibleError, NotAllowedError,
    StaleVersionError, BadInputError, RuleRefusedError (texts, numbers).
    """
    item = (
        CatalogItem.objects.filter(visible_items(actor), pk=item_id).select_for_update(of=("self",)).first()
    )
    if item is None:
        raise NotVisibleError
    _gate(actor)
    _only(_CONTENT, content)
    draft = item.versions.filter(status=VersionStatus.DRAFT).order_by("-no").first() or _next_draft(item)
    if expected_version not in (None, draft.lock_version):
        raise StaleVersionError(current_version=draft.lock_version)
    for name, value in _cleaned(content).items():
        setattr(draft, name, value)
    draft.lock_version += 1
    draft.save()
    audit.write(
        actor=actor,
        table="catalog_catalogitemversion",
        object_ref=f"{item.key} {draft.no}",
        action="saved",
        diff={"fields": sorted(content)},
    )
    return draft


def _next_draft(item: CatalogItem) -> CatalogItemVersion:
    latest = item.versions.order_by("-no").first()
    draft = CatalogItemVersion(item=item, no=latest.no + 1 if latest else 1, lock_version=0)
    if latest is not None:
        for name in _CONTENT:
            setattr(draft, name, getattr(latest, name))
    return draft


def _cleaned(content: dict[str, Any]) -> dict[str, Any]:
    """Texts made storable, amounts made exact. Raises RuleRefusedError with one entry per field."""
    errors: list[FieldError] = []
    done = dict(content)
    for name, value in content.items():
        try:
            if name in _TEXTS:
                done[name] = clean(
                    name, value, max_length=_TEXTS[name], multiline=name.startswith("description")
                )
            if name in {"price", "recurring_price"} and (value is not None or name == "price"):
                done[name] = _amount(name, value)
            if name in _RANGES:
                done[name] = _whole(name, value)
        except RuleRefusedError as refusal:
            errors.extend(refusal.errors)
    if errors:
        raise RuleRefusedError(errors=errors)
    return done


def _amount(name: str, value: Any) -> Decimal:
    try:
        amount = Decimal(str(value)) if not isinstance(value, bool | float) else Decimal("NaN")
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite() or not 0 <= amount < Decimal(10) ** 12:
        raise RuleRefusedError(errors=[FieldError(name, "invalid", _("This is not an amount of money."))])
    return amount


def _whole(name: str, value: Any) -> int:
    least, most = _RANGES[name]
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        text = _("Write a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        raise RuleRefusedError(errors=[FieldError(name, "invalid", text)])
    return value
