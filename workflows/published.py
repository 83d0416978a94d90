"""The published triggers, kept per process: every write of a ticket asks for them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max

from core.versions import VersionStatus
from workflows.choices import TriggerKind
from workflows.models import FlowTrigger, FlowVersion

FRESH_SECONDS = 2.0


@dataclass(frozen=True)
class _State:
    """The published triggers by source and key, and the state of the versions they were read from."""

    read_at: float = float("-inf")
    stamp: tuple[Any, ...] = ()
    by_source: dict[str, dict[str, list[FlowTrigger]]] | None = None


_cache = {"state": _State()}


def forget() -> None:
    """Read the triggers again at the next write; called after each publish."""
    _cache["state"] = _State()


def triggers_of(kind: str) -> list[FlowTrigger]:
    """The record triggers for that kind of ticket in their order."""
    return listening(TriggerKind.RECORD).get(kind, [])


def listening(source: str) -> dict[str, list[FlowTrigger]]:
    """The triggers of that source by key, in their order; another process's publish is seen within 2 s.

    A thread that asks while another one reads does not take the old list, however old that is: it reads too.
    """
    state, now = _cache["state"], time.monotonic()
    if now - state.read_at > FRESH_SECONDS:
        live = FlowVersion.objects.filter(status=VersionStatus.PUBLISHED, flow__enabled=True)
        row = live.aggregate(newest=Max("pk"), count=Count("pk"))
        stamp = (row["newest"], row["count"])
        known = state.by_source if stamp == state.stamp else None
        state = _cache["state"] = _State(now, stamp, _read() if known is None else known)
    return (state.by_source or {}).get(source, {})


def _read() -> dict[str, dict[str, list[FlowTrigger]]]:
    rows = FlowTrigger.objects.filter(
        flow_version__status=VersionStatus.PUBLISHED, flow_version__flow__enabled=True
    )
    found: dict[str, dict[str, list[FlowTrigger]]] = {}
    for row in rows.select_related("flow_version__flow").order_by("order", "pk"):
        found.setdefault(row.source, {}).setdefault(row.key, []).append(row)
    return found
