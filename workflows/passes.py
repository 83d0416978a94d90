"""What happens at the borders of blocks: passes begin and end, failures climb, what was done is undone.

All of it in the transaction of a batch, under the run's lock; so two branches never arrive at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from django.db import transaction

from core import outbox
from core.errors import DomainError
from tickets.choices import ActivityKind
from tickets.services.writing import activity
from workflows import nodes
from workflows.blocks import EACH, TRY, above, below
from workflows.blocks import passes as passes_of
from workflows.choices import RunStatus, StepStatus
from workflows.models import FlowStep
from workflows.nodes.base import Arrival, Open

if TYPE_CHECKING:
    from workflows.batch import Batch

log = structlog.get_logger(__name__)
WAIT_KIND = "block"


def told(error: Exception) -> dict[str, str]:
    """What is kept of an error: a stable code and a text for people."""
    if isinstance(error, DomainError):
        return {"code": error.code, "message": str(error.detail)[:500]}
    return {"code": type(error).__name__, "message": str(error)[:500]}


def open_more(batch: Batch, step: FlowStep, opened: Open) -> None:
    """The block waits, and these passes begin."""
    step.status, step.attempt, step.wait_kind, step.wait_key = StepStatus.WAITING, 0, WAIT_KIND, ""
    step.output = step.output | opened.output
    batch.steps.touch(step)
    batch.steps.store(step)
    join = batch.steps.begin_join(step, need=opened.need, total=opened.total)
    join.started += len(opened.passes)
    batch.steps.save_join(join)
    run_at = batch.now + opened.wait if opened.wait else None
    for number, node_id in opened.passes:
        batch.insert(node_id, below(step.path, step.node_id, number), step.iter, run_at=run_at)


def arrive(batch: Batch, path: str, *, failed: bool = False) -> None:
    """The innermost pass of ``path`` came to its end; its block says what comes next."""
    outer, block, number = above(path)
    step = batch.steps.open_block(block, outer)
    if step is None:
        return  # the block was content without this pass
    join = batch.steps.join_of(step)
    if number not in join.arrived:
        join.arrived.append(number)
    if failed and number not in join.failed:
        join.failed.append(number)
    kind = nodes.get(step.kind)
    if kind is None or kind.arrive is None:
        raise LookupError(f"{step.kind} is no block")
    with batch.attending(step):
        batch.note_arrival(step, number)
        try:
            result = kind.arrive(batch, join, Arrival(number, failed))
        except DomainError as refusal:
            batch.steps.save_join(join)
            fail(batch, step, told(refusal))
        else:
            batch.steps.save_join(join)
            batch.record(step, result)


def close(batch: Batch, step: FlowStep) -> None:
    """The block is over: passes that still run are withdrawn."""
    for each in batch.steps.open_below(""):
        if any((outer, block) == (step.path, step.node_id) for outer, block, _number in passes_of(each.path)):
            _withdraw_one(batch, each, "")


def withdraw(batch: Batch, prefix: str, reason: str) -> None:
    """Cancel the open steps inside a pass, or of the whole run, with what they asked of others."""
    # Tickets are locked before approval requests, as everywhere (RELIABILITY RL-31).
    steps = sorted(batch.steps.open_below(prefix), key=lambda each: each.kind == "approval")
    for step in steps:
        _withdraw_one(batch, step, reason)


def _withdraw_one(batch: Batch, step: FlowStep, reason: str) -> None:
    if step.status == StepStatus.WAITING:
        take_back(batch, step, reason)
    step.status, step.done_at, step.resume = StepStatus.CANCELLED, batch.now, None
    step.lease_token = step.lease_until = None
    batch.steps.touch(step)


def take_back(batch: Batch, step: FlowStep, reason: str) -> None:
    """Withdraw what a step asked of others. What it cannot take back is kept on the step, and no obstacle."""
    kind = nodes.get(step.kind)
    if kind is None or not batch.is_real:
        return
    batch.write_kept()  # what steps told comes before what is told by those that end now
    with batch.attending(step):
        try:
            with transaction.atomic():
                kind.cancel(batch, reason)
        except DomainError as refusal:
            step.error = told(refusal)
            batch.steps.touch(step)
            log.warning("flow_step_not_taken_back", run=step.run_id, node=step.node_id, **step.error)


def fail(batch: Batch, step: FlowStep, error: dict[str, Any]) -> None:
    """A step failed for good: its error edge, the blocks around it, or an operator deals with it."""
    step.status, step.error, step.done_at, step.resume = StepStatus.FAILED, error, batch.now, None
    step.lease_token = step.lease_until = None
    batch.steps.touch(step)
    if step.node_id in batch.graph.compensators:
        step.error = {**error, "handled": True}
        undone(batch, step)
        return
    kept = {"node": step.node_id, **error}
    node = batch.graph.nodes[step.node_id]
    if node.get("on_error"):
        step.error = {**error, "handled": True}
        batch.run.vars = {**batch.run.vars, "error": kept}
        batch.follow(step, node["on_error"])
        return
    path = step.path
    for outer, block, number in passes_of(step.path):
        if _is_caught(batch, path, block, number, kept):
            step.error = {**error, "handled": True}
            return
        path = outer
    _suspend(batch, step, error)


def _is_caught(batch: Batch, path: str, block: str, number: int, error: dict[str, Any]) -> bool:
    node = batch.graph.nodes[block]
    if node["kind"] == TRY and number == 0:
        withdraw(batch, path, "")
        batch.run.vars = {**batch.run.vars, "error": error}
        if not undo_next(batch, path):
            arrive(batch, path, failed=True)
        return True
    if node["kind"] == EACH and node.get("on_item_error", "stop") != "stop":
        withdraw(batch, path, "")
        arrive(batch, path, failed=True)
        return True
    return False


def _suspend(batch: Batch, step: FlowStep, error: dict[str, Any]) -> None:
    run = batch.run
    run.status, run.error = RunStatus.SUSPENDED, {"node": step.node_id, **error}
    if not batch.is_real:
        return
    body = {"run_id": run.pk, "ticket_id": run.ticket_id, "step_id": batch.steps.store(step).pk}
    batch.keep(outbox.fact("flow.failed", body | {"node_id": step.node_id, "code": error["code"]}))
    if run.ticket is not None:
        row = activity(run.ticket, None, ActivityKind.FLOW, verb="flow_suspended", body=error["message"])
        batch.keep(row)


def undone(batch: Batch, step: FlowStep) -> None:
    """A compensation is over: the next one, or the end of what it belongs to."""
    if batch.run.ending:
        if not undo_next(batch, ""):
            batch.finish_ending()
        return
    path = step.path
    for outer, block, number in passes_of(step.path):
        if batch.graph.nodes[block]["kind"] == TRY and number == 0:
            if not undo_next(batch, path):
                arrive(batch, path, failed=True)
            return
        path = outer


def undo_next(batch: Batch, prefix: str) -> bool:
    """Begin to undo the latest step inside ``prefix`` that is not yet undone; False when none is left."""
    undos = {
        node_id: node["compensate"] for node_id, node in batch.graph.nodes.items() if "compensate" in node
    }
    if not undos:
        return False
    for row in batch.steps.passed(undos):
        inside = not prefix or row.path == prefix or row.path.startswith(f"{prefix}/")
        undo = batch.steps.add((undos[row.node_id], row.path, row.iter)) if inside else None
        if undo is not None:
            batch.todo.append(undo)
            return True
    return False
