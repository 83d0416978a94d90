"""Addresses of connectors."""

from __future__ import annotations

from connectors.api.views import CallViewSet, ConnectorViewSet
from core.api.addresses import Address

_ONE = "connectors/<key:key>/"
addresses = [
    Address("connectors/", ConnectorViewSet, {"get": "list", "post": "create"}, "connectors-list"),
    Address(_ONE, ConnectorViewSet, {"get": "retrieve", "patch": "partial_update"}, "connectors-detail"),
    Address(f"{_ONE}secrets/", ConnectorViewSet, {"post": "secrets"}, "connectors-secrets"),
    Address(f"{_ONE}test/", ConnectorViewSet, {"post": "test"}, "connectors-test"),
    Address(f"{_ONE}calls/", CallViewSet, {"get": "list"}, "connectors-calls"),
    Address(f"{_ONE}calls/<uuid:public_id>/", CallViewSet, {"get": "retrieve"}, "connectors-call"),
]
