"""Addresses of configuration items and their classes."""

from __future__ import annotations

from cmdb.api.views import CIClassViewSet, CIViewSet
from core.api.addresses import Address, keyed

addresses = [
    Address("cis/", CIViewSet, {"get": "list", "post": "create"}, "cis-list"),
    Address("cis/<key:number>/", CIViewSet, {"get": "retrieve", "patch": "partial_update"}, "cis-detail"),
    *keyed("ci-classes", CIClassViewSet),
]
