"""How often and how fast the steps of a flow were made, for its page (DOMAIN DF-41)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.policies import Actor, group_ids
from workflows.policies import may

DAYS = 30

_OF_NODES = """
    SELECT s.node_id,
           count(*),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM s.done_at - s.started_at))
               FILTER (WHERE s.status = 'done'),
           percentile_cont(0.95) WITHIN GROUP (ORDER BY extract(epoch FROM s.done_at - s.started_at))
               FILTER (WHERE s.status = 'done'),
           count(*) FILTER (WHERE s.status = 'failed'),
           count(*) FILTER (WHERE s.status IN ('ready', 'running', 'waiting'))
      FROM workflows_flowrun r
      JOIN workflows_flowstep s ON s.run_id = r.id
      LEFT JOIN tickets_ticket t ON t.id = r.ticket_id
      LEFT JOIN accounts_group g ON g.id = t.group_id
     WHERE r.flow_version_id = %(version)s
       AND s.started_at >= now() - make_interval(days => %(days)s)
       AND (r.ticket_id IS NULL OR %(company)s::bigint IS NULL OR t.company_id = %(company)s)
       AND (%(all)s OR g.is_restricted IS NOT TRUE OR t.group_id = ANY(%(groups)s))
     GROUP BY s.node_id
"""
_OF_FLOWS = """
    SELECT v.flow_id,
           count(*) FILTER (WHERE r.status IN ('running', 'waiting')),
           count(*) FILTER (WHERE r.status = 'suspended')
      FROM workflows_flowrun r
      JOIN workflows_flowversion v ON v.id = r.flow_version_id
      LEFT JOIN tickets_ticket t ON t.id = r.ticket_id
      LEFT JOIN accounts_group g ON g.id = t.group_id
     WHERE r.status IN ('running', 'waiting', 'suspended')
       AND (r.ticket_id IS NULL OR %(company)s::bigint IS NULL OR t.company_id = %(company)s)
       AND (%(all)s OR g.is_restricted IS NOT TRUE OR t.group_id = ANY(%(groups)s))
     GROUP BY v.flow_id
"""
_LAST_RUNS = """
    SELECT v.flow_id, max(last.started_at)
      FROM workflows_flowversion v
      JOIN LATERAL (SELECT r.started_at FROM workflows_flowrun r
                      LEFT JOIN tickets_ticket t ON t.id = r.ticket_id
                      LEFT JOIN accounts_group g ON g.id = t.group_id
                     WHERE r.flow_version_id = v.id
                       AND (r.ticket_id IS NULL OR %(company)s::bigint IS NULL OR t.company_id = %(company)s)
                       AND (%(all)s OR g.is_restricted IS NOT TRUE OR t.group_id = ANY(%(groups)s))
                     ORDER BY r.id DESC LIMIT 1) last ON true
     GROUP BY v.flow_id
"""


@dataclass(frozen=True)
class NodeStatistics:
    """One step of a version over the last days: times are seconds, None while none has been done."""

    node_id: str
    count: int
    p50: float | None
    p95: float | None
    failures: int
    open: int


@dataclass(frozen=True)
class FlowStatistics:
    """A flow's runs: open ones, those that need help, and when the last one began."""

    open: int = 0
    failed: int = 0
    last_at: dt.datetime | None = None


def node_statistics(actor: Actor, version_id: int, *, days: int = DAYS) -> dict[str, NodeStatistics]:
    """The steps that began in the last ``days`` by node, as far as the actor's rows go.

    Durations are those of done steps, from the start of the step to its end, with all waiting.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OF_NODES, {"version": version_id, "days": days} | _wall(actor))
        return {row[0]: NodeStatistics(*row) for row in cursor.fetchall()}


def flow_statistics(actor: Actor) -> dict[int, FlowStatistics]:
    """Open, failed and last runs by flow, as far as the actor's rows go."""
    wall = _wall(actor)
    with connection.cursor() as cursor:
        cursor.execute(_OF_FLOWS, wall)
        counts = {flow_id: (running, failed) for flow_id, running, failed in cursor.fetchall()}
        cursor.execute(_LAST_RUNS, wall)
        last: dict[int, dt.datetime] = dict(cursor.fetchall())
    return {
        flow_id: FlowStatistics(*counts.get(flow_id, (0, 0)), last.get(flow_id))
        for flow_id in counts.keys() | last.keys()
    }


def _wall(actor: Actor) -> dict[str, Any]:
    """The company; who does not operate runs is told nothing of restricted groups but their own."""
    is_operator = may(actor, "operate")
    return {
        "company": None if actor is None else actor.company_id,
        "all": is_operator,
        "groups": [] if is_operator else list(group_ids(actor)),
    }
