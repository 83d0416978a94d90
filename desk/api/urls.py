"""Addresses of the workspace's own records."""

from __future__ import annotations

from core.api.addresses import Address
from desk.api.views import SavedViewSet

_DETAIL = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
addresses = [
    Address("views/", SavedViewSet, {"get": "list", "post": "create"}, "views-list"),
    Address("views/<uuid:public_id>/", SavedViewSet, _DETAIL, "views-detail"),
]
