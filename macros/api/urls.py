"""Addresses of macros."""

from __future__ import annotations

from core.api.addresses import Address
from macros.api.views import MacroViewSet

_DETAIL = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
addresses = [
    Address("macros/", MacroViewSet, {"get": "list", "post": "create"}, "macros-list"),
    Address("macros/<uuid:public_id>/", MacroViewSet, _DETAIL, "macros-detail"),
]
