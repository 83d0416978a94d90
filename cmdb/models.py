"""CI classes and configuration items."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from accounts.models import Company, Group, Location, Named, User
from cmdb.choices import CIStatus
from core.models import Record
from core.trail.tracking import RowHistory


class CIClass(Named, Record):
    """A kind of configuration item; classes form one tree."""

    key = models.SlugField(unique=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children"
    )
    icon = models.CharField(max_length=40, default="box")

    class Meta:
        triggers = [RowHistory()]


class CI(Record):
    """One configuration item: a device, a server, an application, a service."""

    company = models.ForeignKey(Company, on_delete=models.PROTECT, db_index=False)
    number = models.CharField(max_length=20, unique=True)
    ci_class = models.ForeignKey(CIClass, on_delete=models.PROTECT)
    name = models.CharField(max_length=160)
    status = models.CharField(max_length=12, choices=CIStatus.choices, default=CIStatus.IN_USE)
    environment = models.CharField(max_length=20, blank=True)
    criticality = models.PositiveSmallIntegerField(default=3)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    support_group = models.ForeignKey(
        Group, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    assigned_to = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="cis")
    location = models.ForeignKey(Location, on_delete=models.PROTECT, null=True, blank=True)
    serial = models.CharField(max_length=80, blank=True)
    asset_tag = models.CharField(max_length=60, blank=True)
    vendor = models.CharField(max_length=80, blank=True)
    attrs = models.JSONField(default=dict, blank=True)
    bigram = ArrayField(models.CharField(max_length=4), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["asset_tag"], condition=~Q(asset_tag=""), name="ci_asset_tag"),
            models.CheckConstraint(condition=Q(criticality__range=(1, 5)), name="ci_criticality"),
            models.CheckConstraint(condition=~Q(name=""), name="ci_has_a_name"),
        ]
        indexes = [
            models.Index(fields=["company", "name"], name="ci_by_name"),
            GinIndex(fields=["bigram"], name="ci_bigram"),
        ]
        triggers = [RowHistory(left_out=["bigram"])]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"
