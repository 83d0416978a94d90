"""Categories, items and their versions: configuration as versioned data (DOMAIN DR-7, 5.5)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from accounts.models import Company, Group, Named, User
from catalog.choices import BehalfAccess, Period
from core.models import Record
from core.trail.tracking import RowHistory
from core.versions import VersionStatus, published_is_immutable

DEFAULT_MAX_QUANTITY = 10


def in_language(korean: str, english: str) -> str:
    """The text of the active language, the other one when it is missing."""
    wants_english = (get_language() or "ko").startswith("en")
    return (english or korean) if wants_english else (korean or english)


def empty_form() -> dict[str, Any]:
    """A form without fields."""
    return {"schema": 1, "fields": []}


class Category(Named, Record):
    """A shelf of the catalogue; categories form a tree."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    key = models.SlugField()
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    icon = models.CharField(max_length=40, default="package")
    order = models.PositiveIntegerField(default=100)
    available_for = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["company", "key"], name="category_key"),
            models.CheckConstraint(
                condition=Q(parent=None) | ~Q(parent=F("id")), name="category_not_own_parent"
            ),
        ]
        triggers = [RowHistory()]


class CatalogItem(Record):
    """Something people can order. What it is called, asks and costs is in its published version."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT)
    key = models.SlugField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="items")
    owner_group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    icon = models.CharField(max_length=40, default="package")
    order = models.PositiveIntegerField(default=100)
    behalf_access = models.CharField(
        max_length=12, choices=BehalfAccess.choices, default=BehalfAccess.RESTRICTED
    )
    enabled = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["company", "key"], name="catalog_item_key")]
        triggers = [RowHistory()]

    def __str__(self) -> str:
        return self.key


class CatalogItemVersion(Named, Record):
    """One edition of an item. Published it never changes again; orders stay on the edition they were made of.

    ``form`` is described in ``catalog.formdata``; ``available_for`` and ``not_available_for`` are condition
    trees about the person (``catalog.entitlement``): the first must hold, the second wins when there is one.
    """

    item = models.ForeignKey(CatalogItem, on_delete=models.PROTECT, related_name="versions")
    no = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    short_ko = models.CharField(max_length=200, blank=True)
    short_en = models.CharField(max_length=200, blank=True)
    description_ko = models.TextField(blank=True)
    description_en = models.TextField(blank=True)
    delivery_ko = models.CharField(max_length=300, blank=True)
    delivery_en = models.CharField(max_length=300, blank=True)
    form = models.JSONField(default=empty_form)
    price = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="KRW")
    recurring_price = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    recurring_period = models.CharField(max_length=5, choices=Period.choices, default=Period.NONE, blank=True)
    max_quantity = models.PositiveSmallIntegerField(default=DEFAULT_MAX_QUANTITY)
    needs_acceptance = models.BooleanField(default=False)
    flow_key = models.CharField(max_length=60, blank=True)
    available_for = models.JSONField(default=dict, blank=True)
    not_available_for = models.JSONField(null=True, blank=True)
    usual_days = models.PositiveSmallIntegerField(default=3)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    notes = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "no"], name="item_version_no"),
            models.UniqueConstraint(
                fields=["item"], condition=Q(status=VersionStatus.PUBLISHED), name="one_published_version"
            ),
            models.CheckConstraint(
                condition=Q(price__gte=0) & (Q(recurring_price=None) | Q(recurring_price__gte=0)),
                name="item_version_price",
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT)
                | Q(recurring_price=None, recurring_period="")
                | (Q(recurring_price__isnull=False) & ~Q(recurring_period="")),
                name="item_version_period",
            ),
            models.CheckConstraint(condition=Q(max_quantity__gte=1), name="item_version_quantity"),
        ]
        triggers = [RowHistory(part_of="item"), published_is_immutable("a catalog item")]

    @property
    def short(self) -> str:
        """One line about it, in the reader's language."""
        return in_language(self.short_ko, self.short_en)

    @property
    def description(self) -> str:
        """The whole text about it, in the reader's language."""
        return in_language(self.description_ko, self.description_en)

    @property
    def delivery(self) -> str:
        """How it reaches the person, in the reader's language."""
        return in_language(self.delivery_ko, self.delivery_en)
