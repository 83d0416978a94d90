"""Ending a run from outside: its open steps, its questions and its open tasks go with it (DOMAIN DF-32)."""

from __future__ import annotations

from workflows import passes
from workflows.batch import Batch
from workflows.choices import Outcome, RunStatus, StepStatus
from workflows.graph import compiled
from workflows.models import FlowRun, FlowStep


def cancel_locked(run: FlowRun, *, reason: str) -> None:
    """Cancel a locked open run, in the caller's transaction. Publishes ``flow.ended`` with ``cancelled``.

    What a step cannot take back is logged and kept on the step; it does not keep the run alive. Where nodes
    say how they are undone, that happens first, latest first, and the run ends after it.
    """
    batch = Batch(run, compiled(run.flow_version_id))
    done = FlowStep.objects.filter(run=run, status=StepStatus.DONE).order_by("pk")
    for step in sorted(done, key=lambda each: each.kind == "approval"):
        passes.take_back(batch, step, reason)
    passes.withdraw(batch, "", reason)
    run.error = None
    if not run.ending and passes.undo_next(batch, ""):
        run.ending, run.status = Outcome.CANCELLED, RunStatus.RUNNING
    else:
        batch.end(Outcome.CANCELLED)
    batch.save()
