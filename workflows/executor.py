"""The engine's turns: run what is ready, match signals, fire timers, find what is stuck.

Internal steps are one transaction each batch, so a killed worker leaves no trace (RELIABILITY RL-10). A step
that raises is undone and counted in a transaction of its own; after five tries it waits for an operator.
Calls to other systems are in ``workflows.calling``, cancelling in ``workflows.cancelling``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import OperationalError, connection, transaction
from django.db.models.functions import Now
from django.utils import translation

from core import outbox, sweep, ticks
from core.cause import caused_by
from core.dispatch import backoff
from core.errors import BusyError, DomainError, StaleVersionError
from core.time import clock_now, db_now
from tickets.models import Ticket
from workflows import inflight, nodes, passes
from workflows.batch import Batch, Failure
from workflows.cancelling import cancel_locked
from workflows.choices import LIVE_RUNS, RunStatus, StepStatus
from workflows.graph import compiled
from workflows.models import FlowRun, FlowSignal, FlowStep
from workflows.selectors import claims

log = structlog.get_logger(__name__)
MAX_ATTEMPTS = 5
STUCK_AFTER = dt.timedelta(minutes=1)
_PASSING = (BusyError, StaleVersionError, OperationalError)


class ProcessDiedError(Exception):
    """The process that made the step died before it could commit."""


@sweep.register
def cancel_asked(*, limit: int) -> int:
    """Cancel the runs somebody asked to cancel; returns how many. Before anything else moves them on."""
    done = 0
    while done < min(limit, 50) and _cancel_one():
        done += 1
    return done


@transaction.atomic
def _cancel_one() -> bool:
    run = claims.run_to_cancel()
    if run is None:
        return False
    carry_out(run)
    return True


def carry_out(run: FlowRun) -> None:
    """Do what somebody asked for: cancel this locked run."""
    signal = claims.cancel_signal(run)
    if signal is not None:
        with acting(run, run.ticket):
            cancel_locked(run, reason=signal.payload.get("reason", ""))
        same = FlowSignal.objects.filter(name=signal.name, correlation_key=signal.correlation_key)
        same.filter(consumed_at=None).update(consumed_at=Now())


@sweep.register
def match_signals(*, limit: int) -> int:
    """Give kept signals to the steps that wait for them; returns how many steps were woken."""
    with transaction.atomic():
        woken: dict[int, int] = {}
        for signal_id, step_id in claims.matches(min(limit, 200)):
            woken.setdefault(step_id, signal_id)
        signals = FlowSignal.objects.in_bulk(list(woken.values()))
        for step_id, signal_id in woken.items():
            signal = signals[signal_id]
            wake([step_id], {"signal": signal.name, **signal.payload})
            FlowSignal.objects.filter(pk=signal_id).update(consumed_at=Now(), consumed_by_step=step_id)
    return len(woken)


@sweep.register
def fire_timers(*, limit: int) -> int:
    """Wake the steps whose time has come; returns how many."""
    with transaction.atomic():
        ids = [step.pk for step in claims.due_steps(min(limit, 200))]
        wake(ids, {"signal": "timer"})
    return len(ids)


def wake(step_ids: list[int], resume: dict[str, Any]) -> None:
    """The waiting steps of locked runs are ready to go on with ``resume``."""
    if not step_ids:
        return
    steps = FlowStep.objects.filter(pk__in=step_ids)
    steps.update(status=StepStatus.READY, run_at=Now(), resume=resume, attempt=0)
    waiting = FlowRun.objects.filter(steps__in=step_ids, status=RunStatus.WAITING)
    waiting.update(status=RunStatus.RUNNING)


@sweep.register
def count_killed(*, limit: int) -> int:
    """Steps whose process died in the middle have had a try, as if they had raised; returns how many."""
    steps = inflight.left_by_the_dead()
    for step_id in steps:  # all of them: what the dead left is told to one caller once
        note_failure(step_id, ProcessDiedError("the process died while it made this step"))
    return len(steps)


@sweep.register
def run_ready(*, limit: int) -> int:
    """Take runs on from their ready steps, one transaction each batch; returns how many steps were made."""
    made = 0
    while made < limit:
        done = run_batch()
        if not done:
            break
        made += done
    return made


def run_batch() -> int:
    """Take one run on as far as it goes in one transaction; returns how many steps were tried."""
    step: FlowStep | None = None
    try:
        with transaction.atomic():
            step = claims.ready_step(nodes.OUTSIDE)
            if step is None:
                return 0
            inflight.note(step.pk)
            made, failure = take_on(step)
    except Exception as error:
        if step is None or not connection.is_usable():
            raise
        made, failure = 0, Failure(step, error)  # what only the commit refused
    finally:
        inflight.clear()
    if failure is not None and failure.step.pk is not None:
        note_failure(failure.step.pk, failure.error)
    return made + (failure is not None)


def take_on(step: FlowStep) -> tuple[int, Failure | None]:
    """Take the run of this locked ready step on; returns how many steps were made, and the one that failed.

    A wish to cancel the run comes first.
    """
    run = step.run
    if claims.cancel_signal(run) is not None:
        carry_out(run)
        return 1, None
    batch = Batch(run, compiled(run.flow_version_id))
    # After a failure one node at a time: what only a commit or a death shows is laid to the right step.
    one_by_one = 1 if step.attempt else 0
    with acting(run, batch.ticket):
        return batch.go(step, nodes_at_most=one_by_one)


@contextmanager
def acting(run: FlowRun, ticket: Ticket | None) -> Iterator[None]:
    """Writes inside are the platform's, caused by this run, in the language of the ticket's company."""
    graph = compiled(run.flow_version_id)
    language = ticket.company.language if ticket else translation.get_language()
    link = f"flow:{graph.flow_key}:{run.pk}"
    with caused_by(link, channel="flow", chain=run.cause_chain), translation.override(language):
        yield


@transaction.atomic
def note_failure(step_id: int, error: Exception) -> None:
    """Count a failed try. Another one follows after a back-off; else the step has failed for good.

    Then an error edge or a block around it takes over, or the run is suspended and ``flow.failed`` published.
    """
    step = claims.locked_step(step_id)
    if step.status != StepStatus.READY or step.run.status not in LIVE_RUNS:
        return
    step.attempt += 1
    told = passes.told(error)
    final = step.attempt >= MAX_ATTEMPTS or is_final(error)
    log.warning(
        "flow_step_failed", run=step.run_id, node=step.node_id, attempt=step.attempt, final=final, **told
    )
    if not final:
        FlowStep.objects.filter(pk=step.pk).update(
            attempt=step.attempt, error=told, run_at=clock_now() + backoff(step.attempt)
        )
        return
    give_up(step, told)


def give_up(step: FlowStep, error: dict[str, Any]) -> None:
    """A step of a locked run has failed for good: whoever deals with that goes on, and all is saved."""
    run = step.run
    batch = Batch(run, compiled(run.flow_version_id))
    batch.steps.know(step)
    with acting(run, batch.ticket), batch.attending(step):
        passes.fail(batch, step, error)
        batch.save()


def is_final(error: Exception) -> bool:
    """A refusal stays a refusal, however often one asks; what passes by itself is tried again."""
    return isinstance(error, DomainError) and not isinstance(error, _PASSING)


@sweep.register
def find_stuck(*, limit: int) -> int:
    """Once a minute: suspend live runs that nothing will ever move again, so that they are seen (RL-29)."""
    minute = db_now().replace(second=0, microsecond=0)
    if ticks.was_taken("flows.stuck", minute):
        return 0
    with transaction.atomic():
        if not ticks.claim("flows.stuck", minute):
            return 0
        FlowSignal.objects.filter(expires_at__lt=Now()).delete()
        stuck = list(claims.runs_without_a_step(limit, older_than=STUCK_AFTER))
        for run in stuck:
            error = {"code": "stuck", "message": "no open step"}
            FlowRun.objects.filter(pk=run.pk).update(status=RunStatus.SUSPENDED, error=error)
            body = {"run_id": run.pk, "ticket_id": run.ticket_id, "code": "stuck"}
            outbox.publish("flow.failed", body)
    return len(stuck)
