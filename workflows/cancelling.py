"""Ending a run from outside: its open steps, its questions and its open tasks go with it (DOMAIN DF-32)."""

from __future__ import annotations

import structlog
from django.db import transaction

from core.errors import DomainError
from core.time import db_now
from workflows import nodes
from workflows.batch import Batch, end_run
from workflows.choices import Outcome, StepStatus
from workflows.graph import compiled
from workflows.models import FlowRun, FlowStep
from workflows.nodes import asking

log = structlog.get_logger(__name__)
_TOUCHED = (StepStatus.WAITING, StepStatus.DONE)


def cancel_locked(run: FlowRun, *, reason: str) -> None:
    """Cancel a locked open run, in the caller's transaction. Publishes ``flow.ended`` with ``cancelled``.

    What a step cannot take back is logged and kept on the step; it does not keep the run alive.
    """
    batch = Batch(run, compiled(run.flow_version_id))
    steps = FlowStep.objects.filter(run=run, status__in=_TOUCHED)
    # Tickets are locked before approval requests, as everywhere (RELIABILITY RL-31).
    for step in sorted(steps, key=lambda each: (each.kind == asking.KIND.key, each.pk)):
        _take_back(batch, step, reason)
    now = db_now()
    end_run(run, Outcome.CANCELLED, at=now)
    run.error = None
    run.lock_version += 1
    run.updated_at = now
    run.save(update_fields=["status", "outcome", "ended_at", "error", "lock_version", "updated_at"])


def _take_back(batch: Batch, step: FlowStep, reason: str) -> None:
    kind = nodes.get(step.kind)
    if kind is None:
        return
    batch.step, batch.node = step, batch.graph.nodes[step.node_id]
    try:
        with transaction.atomic():
            kind.cancel(batch, reason)
    except DomainError as refusal:
        error = {"code": refusal.code, "message": str(refusal.detail)[:500]}
        log.warning("flow_step_not_taken_back", run=step.run_id, node=step.node_id, **error)
        FlowStep.objects.filter(pk=step.pk).update(error=error)
