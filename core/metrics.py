"""Figures for a monitoring system, in Prometheus' text format, read from the database when asked (RL-45).

Any web process gives the same answer. Nothing of the company's data is among them.
"""

from __future__ import annotations

import ipaddress
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from core import dispatch, sweep
from core.trail import sealing

Labels = tuple[tuple[str, str], ...]
Figures = Mapping[Labels, float]
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True)
class Gauge:
    """A figure that goes up and down: ``read`` gives its values by labels."""

    name: str
    help: str
    read: Callable[[], Figures]


_gauges: dict[str, Gauge] = {}


def register(gauge: Gauge) -> None:
    """Let ``gauge`` be among the figures."""
    _gauges[gauge.name] = gauge


def may_read(address: str) -> bool:
    """Whether a client at that address may: those of ``ITSM_METRICS_FROM``, nobody where that is empty."""
    try:
        place = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(place in ipaddress.ip_network(each, strict=False) for each in settings.METRICS_FROM)


def text() -> str:
    """All figures as they are now; a fixed number of queries."""
    return "".join(line + "\n" for name in sorted(_gauges) for line in _lines(_gauges[name]))


def _lines(gauge: Gauge) -> Iterable[str]:
    yield f"# HELP {gauge.name} {gauge.help}"
    yield f"# TYPE {gauge.name} gauge"
    for labels, value in sorted(gauge.read().items()):
        named = ",".join(f'{key}="{word}"' for key, word in labels)
        told = "+Inf" if math.isinf(value) else repr(round(float(value), 3))
        yield f"{gauge.name}{{{named}}} {told}" if named else f"{gauge.name} {told}"


def _one(read: Callable[[], float]) -> Callable[[], Figures]:
    return lambda: {(): read()}


def _heartbeats() -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT role, extract(epoch FROM clock_timestamp() - max(beat_at))::float8"
            " FROM core_processheartbeat WHERE role <> 'sweep' GROUP BY role"
        )
        return {(("role", role),): age for role, age in cursor.fetchall()}


def _pending() -> Figures:
    waiting = dispatch.pending()
    return {(("kind", kind),): waiting[kind] for kind in ("events", "deliveries")}


for _each in (
    Gauge(
        "itsm_audit_unsealed_oldest_seconds",
        "How long the oldest row of the audit trail that is in no block has waited.",
        _one(sealing.unsealed_oldest_seconds),
    ),
    Gauge(
        "itsm_sweep_last_age_seconds",
        "How long ago anybody swept for due work.",
        _one(sweep.last_age_seconds),
    ),
    Gauge(
        "itsm_process_heartbeat_age_seconds", "Age of the last sign of life, by role of process.", _heartbeats
    ),
    Gauge("itsm_outbox_pending", "Events and deliveries that wait.", _pending),
    Gauge("itsm_dead_letters", "Deliveries that were given up.", _one(lambda: dispatch.pending()["dead"])),
):
    register(_each)
