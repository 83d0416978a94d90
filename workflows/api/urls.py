"""Addresses of flows and runs."""

from __future__ import annotations

from core.api.addresses import Address, keyed
from workflows.api.rehearsals import RehearsalViewSet, ReplayViewSet, ScenarioViewSet
from workflows.api.views import FlowViewSet, RunViewSet

_RUN = "flow-runs/<uuid:public_id>/"
_FLOW = "flows/<key:key>/"
_SCENARIOS = f"{_FLOW}scenarios/"
addresses = [
    *keyed("flows", FlowViewSet),
    Address("flows/<key:key>/versions/", FlowViewSet, {"get": "versions"}, "flows-versions"),
    Address(f"{_FLOW}dry-run/", RehearsalViewSet, {"post": "dry_run"}, "flows-dry-run"),
    Address(f"{_FLOW}replay/", ReplayViewSet, {"post": "replay"}, "flows-replay"),
    Address(_SCENARIOS, ScenarioViewSet, {"get": "list", "post": "create"}, "flows-scenarios"),
    Address(f"{_SCENARIOS}run/", ScenarioViewSet, {"post": "run"}, "flows-scenarios-run"),
    Address(
        f"{_SCENARIOS}<uuid:public_id>/", ScenarioViewSet, {"delete": "destroy"}, "flows-scenarios-detail"
    ),
    *keyed("flow-runs", RunViewSet, "<uuid:public_id>"),
    Address(f"{_RUN}retry/", RunViewSet, {"post": "retry"}, "flow-runs-retry"),
    Address(f"{_RUN}cancel/", RunViewSet, {"post": "cancel"}, "flow-runs-cancel"),
]
