"""Flows that a calendar starts: every tick once, whoever sees it first (RELIABILITY RL-30)."""

from __future__ import annotations

from django.db import transaction

from core import sweep, ticks
from core.time import db_now
from workflows.models import FlowTrigger
from workflows.selectors import claims
from workflows.services import start_by_fact
from workflows.starts import next_time


@sweep.register
def start_scheduled(*, limit: int) -> int:
    """Start the flows whose time has come; returns how many triggers moved.

    After a time without workers the missed tick starts its flow once, with its own instant; ticks that were
    missed after it are left out.
    """
    with transaction.atomic():
        due = list(claims.due_triggers(min(limit, 50)))
        for trigger in due:
            _start(trigger)
    return len(due)


def _start(trigger: FlowTrigger) -> None:
    at, now = trigger.next_at, db_now()
    assert at is not None  # noqa: S101 - chosen because it is due
    rule = trigger.flow_version.graph["trigger"]
    if ticks.claim(f"flow:{trigger.flow_version.flow.key}"[:100], at):
        facts = {"at": at.isoformat()}
        start_by_fact(trigger, facts, ticket=None, source_id=at.isoformat())
    following = next_time(rule["rule"], rule.get("zone", "UTC"), max(at, now))
    FlowTrigger.objects.filter(pk=trigger.pk).update(next_at=following)
