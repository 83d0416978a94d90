"""Addresses of flows, runs, signals and calls that start flows."""

from __future__ import annotations

from core.api.addresses import Address, keyed
from workflows.api.incoming import HookViewSet, SignalViewSet
from workflows.api.rehearsals import RehearsalViewSet, ReplayViewSet, ScenarioViewSet
from workflows.api.runs import DeadLetterViewSet, RunViewSet, StartViewSet
from workflows.api.views import DraftViewSet, FlowViewSet, HookSecretViewSet

_FLOW = "flows/<key:key>/"
_RUN = "flow-runs/<uuid:public_id>/"
_RUN_ACTIONS = ("retry", "skip", "jump", "park", "resume", "variables", "migrate", "cancel")
_SCENARIOS = f"{_FLOW}scenarios/"
addresses = [
    *keyed("flows", FlowViewSet),
    Address(f"{_FLOW}versions/", FlowViewSet, {"get": "versions"}, "flows-versions"),
    Address(f"{_FLOW}draft/", DraftViewSet, {"get": "retrieve", "post": "save"}, "flows-draft"),
    Address(f"{_FLOW}publish/", DraftViewSet, {"post": "publish"}, "flows-publish"),
    Address(f"{_FLOW}retire/", FlowViewSet, {"post": "retire"}, "flows-retire"),
    Address(f"{_FLOW}migration/", FlowViewSet, {"post": "migration"}, "flows-migration"),
    Address(f"{_FLOW}start/", StartViewSet, {"post": "create"}, "flows-start"),
    Address(
        f"{_FLOW}hook-secret/",
        HookSecretViewSet,
        {"get": "retrieve", "post": "make", "delete": "end"},
        "flows-hook-secret",
    ),
    Address(f"{_FLOW}dry-run/", RehearsalViewSet, {"post": "dry_run"}, "flows-dry-run"),
    Address(f"{_FLOW}replay/", ReplayViewSet, {"post": "replay"}, "flows-replay"),
    Address(_SCENARIOS, ScenarioViewSet, {"get": "list", "post": "create"}, "flows-scenarios"),
    Address(f"{_SCENARIOS}run/", ScenarioViewSet, {"post": "run"}, "flows-scenarios-run"),
    Address(
        f"{_SCENARIOS}<uuid:public_id>/", ScenarioViewSet, {"delete": "destroy"}, "flows-scenarios-detail"
    ),
    *keyed("flow-runs", RunViewSet, "<uuid:public_id>"),
    *(Address(f"{_RUN}{name}/", RunViewSet, {"post": name}, f"flow-runs-{name}") for name in _RUN_ACTIONS),
    Address("flow-dead-letters/", DeadLetterViewSet, {"get": "list"}, "flow-dead-letters"),
    Address("flow-signals/", SignalViewSet, {"post": "create"}, "flow-signals"),
    Address("hooks/<key:flow_key>/", HookViewSet, {"post": "create"}, "hooks"),
]
