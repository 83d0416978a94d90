"""Configuration items and their classes."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.views import AccountsViewSet, KeyedViewSet
from cmdb import services
from cmdb.api import serializers as out
from cmdb.api.selectors import classes_all
from cmdb.filters import CIFilterSet
from cmdb.models import CI
from cmdb.selectors import cis_for
from core.api.moments import AsOfMixin
from core.api.views import ListMixin
from core.errors import DuplicateError, FieldError


class CIViewSet(ListMixin, AsOfMixin, AccountsViewSet):
    """What the company runs and owns. Employees see their own items and business services."""

    scope = "cmdb"
    serializer_class = out.CIOut
    filterset_class = CIFilterSet
    change_in = out.CIChangeIn
    lookup_field = "number"
    ordering_fields = {"name": ("name",), "number": ("number",)}
    default_ordering = "name"
    reads = ("owner", "location")

    def get_queryset(self) -> QuerySet[CI]:
        """Items the caller may see."""
        return cis_for(self.actor)

    @extend_schema(request=out.CIIn, responses={201: out.CIOut})
    def create(self, request: Request) -> Response:
        """Add a configuration item."""
        values = self.body(out.CIIn)
        row = _unique(services.create_ci, actor=self.actor, company=self.actor.company, **values)
        return self.answer(row, status=status.HTTP_201_CREATED)

    @extend_schema(request=out.CIChangeIn, responses=out.CIOut)
    def partial_update(self, request: Request, number: str) -> Response:
        """Change a configuration item."""
        row = self.get_object()
        version = self.expected_version(row)
        values = self.body(self.change_in, partial=True)
        _unique(services.update_ci, row.pk, actor=self.actor, expected_version=version, **values)
        return self.answer(self.get_object())


def _unique(service: Any, *args: Any, **kwargs: Any) -> CI:
    """The service's answer; a taken asset tag is a duplicate, not a defect."""
    try:
        row: CI = service(*args, **kwargs)
    except IntegrityError as error:
        if "ci_asset_tag" not in str(error):
            raise
        text = _("Another item has this asset tag.")
        raise DuplicateError(text, errors=[FieldError("asset_tag", "duplicate", text)]) from error
    return row


class CIClassViewSet(KeyedViewSet):
    """The tree of classes."""

    scope = "cmdb"
    serializer_class = out.CIClassOut
    reads = ("parent",)

    def get_queryset(self) -> QuerySet[Any]:
        """All classes."""
        return classes_all()
