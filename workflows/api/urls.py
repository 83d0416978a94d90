"""Addresses of flows and runs."""

from __future__ import annotations

from core.api.addresses import Address, keyed
from workflows.api.views import FlowViewSet, RunViewSet

_RUN = "flow-runs/<uuid:public_id>/"
addresses = [
    *keyed("flows", FlowViewSet),
    Address("flows/<key:key>/versions/", FlowViewSet, {"get": "versions"}, "flows-versions"),
    *keyed("flow-runs", RunViewSet, "<uuid:public_id>"),
    Address(f"{_RUN}retry/", RunViewSet, {"post": "retry"}, "flow-runs-retry"),
    Address(f"{_RUN}cancel/", RunViewSet, {"post": "cancel"}, "flow-runs-cancel"),
]
