"""Steps that talk to another system: claim under a lease, call, record behind a fence (DOMAIN DF-12).

The call is made at least once and recorded exactly once; every attempt carries the same key. A lease that
ran out means that nobody saw the end: the call is made again, or an operator decides (RL-13 to RL-17).
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction

from core import failpoints, sweep
from core.dispatch import backoff
from core.errors import DomainError
from core.time import clock_now
from workflows import nodes, passes
from workflows.batch import Batch, Failure
from workflows.choices import RunStatus, StepStatus
from workflows.executor import acting, give_up, note_failure
from workflows.graph import compiled
from workflows.models import FlowRun, FlowStep
from workflows.nodes.base import Call, NodeKind
from workflows.selectors import claims

log = structlog.get_logger(__name__)
GRACE = dt.timedelta(seconds=30)
CALLS_A_ROUND = 5


@dataclass(frozen=True)
class Claimed:
    """A call this process has the lease for."""

    step_id: int
    token: uuid.UUID
    call: Call
    prepared: dict[str, Any]
    key: str


def make_calls(*, limit: int) -> int:
    """Make due calls to other systems, one after the other; returns how many."""
    made = 0
    while made < min(limit, CALLS_A_ROUND):
        claimed = _claim()
        if claimed is None:
            break
        if isinstance(claimed, Claimed):
            _call(claimed)
        made += 1
    return made


sweep.register(make_calls, last=True)


def _claim() -> Claimed | bool | None:
    """The next due call under a lease of its own; True when preparing it failed, None when there is none."""
    with transaction.atomic():
        step = claims.ready_step(nodes.OUTSIDE, calls=True)
        if step is None:
            return None
        if claims.cancel_signal(step.run) is not None:
            return True  # cancel_asked comes first at the next round
        claimed = prepare(step)
    if isinstance(claimed, Failure):
        note_failure(claimed.step.pk, claimed.error)
        return True
    return claimed


def prepare(step: FlowStep) -> Claimed | Failure:
    """The call of this locked ready step under a lease of its own, or what preparing it raised."""
    batch = Batch(step.run, compiled(step.run.flow_version_id))
    batch.steps.know(step)
    with acting(step.run, batch.ticket), batch.attending(step):
        try:
            with transaction.atomic():
                claimed = _lease(batch, step)
        except Exception as error:  # noqa: BLE001 - any defect of a node is counted, never fatal
            return Failure(step, error)
        batch.save()
    return claimed


def _lease(batch: Batch, step: FlowStep) -> Claimed:
    kind, call = _kind(step)
    if step.attempt == 0:
        batch.count()
        step.input = {"call": getattr(kind.enter(batch), "output", {})}
    step.status, step.attempt = StepStatus.RUNNING, step.attempt + 1
    step.lease_token = uuid.uuid4()
    step.lease_until = clock_now() + dt.timedelta(seconds=call.seconds(batch.node)) + GRACE
    batch.steps.touch(step)
    # The key is the step's identity and not the attempt's: the other system can tell a repeat (RL-18).
    key = f"{batch.run.public_id}:{step.node_id}:{step.path}:{step.iter}"
    return Claimed(step.pk, step.lease_token, call, step.input["call"], key)


def _kind(step: FlowStep) -> tuple[NodeKind, Call]:
    """The kind of a step that calls, and how it does."""
    kind = nodes.get(step.kind)
    if kind is None or kind.call is None:
        raise LookupError(f"{step.kind} calls nobody")
    return kind, kind.call


def _call(claimed: Claimed) -> None:
    try:
        failpoints.hit("before_call")
        answer: dict[str, Any] | Exception = claimed.call.send(claimed.prepared, claimed.key)
        failpoints.hit("after_call_before_record", marker="flow")
    except Exception as error:  # noqa: BLE001 - whatever the outside world does is recorded, never fatal
        answer = error
    record(claimed, answer)


@transaction.atomic
def record(claimed: Claimed, answer: dict[str, Any] | Exception) -> bool:
    """Keep what came of the call if the lease is still this process's; False when it came too late."""
    step = claims.locked_step(claimed.step_id)
    if step.status != StepStatus.RUNNING or step.lease_token != claimed.token:
        log.warning("flow_call_too_late", step=step.pk, node=step.node_id)
        return False
    step.lease_token = step.lease_until = None
    if isinstance(answer, Exception):
        _missed(step, claimed.call, answer)
        return True
    batch = Batch(step.run, compiled(step.run.flow_version_id))
    step.status, step.resume = StepStatus.READY, answer
    with acting(step.run, batch.ticket):
        _go_on(batch, step)
    return True


def _go_on(batch: Batch, step: FlowStep) -> None:
    """The answer becomes the step's output; what follows is done in the same transaction."""
    kind, _call_of_kind = _kind(step)
    assert kind.resume is not None  # noqa: S101 - every calling kind has it
    answer = step.resume or {}
    batch.steps.know(step)
    batch.steps.touch(step)
    with batch.attending(step):
        try:
            result = kind.resume(batch, answer)
        except DomainError as refusal:
            passes.fail(batch, step, passes.told(refusal))
        else:
            batch.record(step, result)
    batch.save()


def _missed(step: FlowStep, call: Call, error: Exception) -> None:
    node = compiled(step.run.flow_version_id).nodes[step.node_id]
    told = passes.told(error)
    retryable = getattr(error, "retryable", not isinstance(error, DomainError))
    if not getattr(error, "counts", True):
        step.attempt -= 1  # nothing was sent: the other system is known to be down, or busy with us
    final = not retryable or step.attempt >= call.max_attempts(node)
    log.warning(
        "flow_call_failed", run=step.run_id, node=step.node_id, attempt=step.attempt, final=final, **told
    )
    if final:
        give_up(step, told)
        return
    wait = getattr(error, "retry_after", None)
    pause = backoff(step.attempt) if wait is None else dt.timedelta(seconds=wait)
    _ready_again(step, told, pause)


def _ready_again(step: FlowStep, error: dict[str, Any], pause: dt.timedelta) -> None:
    FlowStep.objects.filter(pk=step.pk).update(
        status=StepStatus.READY,
        error=error,
        lease_token=None,
        lease_until=None,
        run_at=clock_now() + pause,
        attempt=step.attempt,
    )
    FlowRun.objects.filter(pk=step.run_id, status=RunStatus.WAITING).update(status=RunStatus.RUNNING)


@sweep.register
@transaction.atomic
def expire_leases(*, limit: int) -> int:
    """Calls whose caller has gone are made again, or wait for an operator; returns how many."""
    steps = list(claims.expired_calls(min(limit, 100)))
    for step in steps:
        node = compiled(step.run.flow_version_id).nodes[step.node_id]
        kind = nodes.get(step.kind)
        error = {"code": "unknown", "message": "nobody saw how the call ended"}
        log.warning("flow_lease_expired", run=step.run_id, node=step.node_id, attempt=step.attempt)
        call = kind.call if kind else None
        if call is not None and (call.at_most_once(node) or step.attempt >= call.max_attempts(node)):
            step.lease_token = step.lease_until = None
            give_up(step, error)
        else:
            _ready_again(step, error, dt.timedelta(0))
    return len(steps)
