"""Addresses of hand-overs."""

from __future__ import annotations

from core.api.addresses import Address
from handovers.api.views import HandOverViewSet

_ONE = "hand-overs/<uuid:public_id>/"
addresses = [
    Address("hand-overs/", HandOverViewSet, {"get": "list", "post": "create"}, "hand-overs-list"),
    Address(_ONE, HandOverViewSet, {"get": "retrieve"}, "hand-overs-detail"),
    Address(f"{_ONE}accept/", HandOverViewSet, {"post": "accept"}, "hand-overs-accept"),
]
