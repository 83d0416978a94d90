"""How the engine takes rows: a step and its run together, never waiting for anybody (RELIABILITY RL-11)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, lru_cache
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from core.prepared import Prepared
from core.versions import VersionStatus
from tickets.models import Ticket
from workflows.choices import LIVE_RUNS, OPEN_RUNS, OPEN_STEPS, PASSED_STEPS, StepStatus
from workflows.models import FlowRun, FlowSignal, FlowStep, FlowTrigger
from workflows.starting import CANCEL

_MATCHES = """
    SELECT g.id, s.id
      FROM workflows_flowsignal g
      JOIN workflows_flowstep s
        ON s.status = 'waiting' AND s.wait_kind = g.name AND s.wait_key = g.correlation_key
      JOIN workflows_flowrun r ON r.id = s.run_id
     WHERE g.consumed_at IS NULL AND g.expires_at > now() AND g.name <> 'run.cancel'
     ORDER BY g.id LIMIT %s
       FOR NO KEY UPDATE OF r, s, g SKIP LOCKED
"""
_CANCEL_ASKED = """
    SELECT 1 FROM workflows_flowsignal
     WHERE name = %s AND correlation_key = %s AND consumed_at IS NULL
     LIMIT 1
"""
_ANY = -1  # stands for a ticket's key
_SAVE_STEP = """
    UPDATE workflows_flowstep
       SET status = %s, attempt = %s, run_at = %s, wait_kind = %s, wait_key = %s, due_at = %s, resume = %s,
           lease_token = %s, lease_until = %s, input = %s, output = %s, error = %s, done_at = %s
     WHERE id = %s
"""


def ready_step(outside: Iterable[str], *, calls: bool = False) -> FlowStep | None:
    """The step that is due longest, locked together with its run; None when there is none that nobody has.

    ``outside`` are the kinds that talk to other systems: with ``calls`` one of these, else none of them.
    """
    with _by_index():
        found = _ready(tuple(outside), calls=calls).read()
    return found[0] if found else None


@cache
def _ready(outside: tuple[str, ...], *, calls: bool) -> Prepared[FlowStep]:
    kinds = {"kind__in": outside}
    rows = _with_run().filter(status=StepStatus.READY, run_at__lte=Now(), run__status__in=LIVE_RUNS)
    rows = rows.filter(**kinds) if calls else rows.exclude(**kinds)
    rows = rows.order_by("run_at", "pk").select_for_update(skip_locked=True, no_key=True, of=("self", "run"))
    return Prepared(rows[:1])


@contextmanager
def _by_index() -> Iterator[None]:
    """Inside, the first row comes from the index in its order and its run by its key, however many there are.

    The planner goes by how many steps were ready and how many runs there were when it last counted, often
    none: it would read all that are ready now, join and sort them, or all runs, for every step again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off; SET LOCAL enable_seqscan = off")
        yield
        cursor.execute("SET LOCAL enable_sort TO DEFAULT; SET LOCAL enable_seqscan TO DEFAULT")


def expired_calls(limit: int) -> QuerySet[FlowStep]:
    """Steps whose lease is over: whoever called has gone or hangs. Locked with their runs."""
    return (
        _with_run()
        .filter(status=StepStatus.RUNNING, lease_until__lt=Now())
        .order_by("lease_until", "pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self", "run"))[:limit]
    )


def save_step(step: FlowStep) -> None:
    """Write what may change of a step; its identity never does."""
    values: list[Any] = [
        step.status, step.attempt, step.run_at, step.wait_kind, step.wait_key, step.due_at,
        _json(step.resume), step.lease_token, step.lease_until, _json(step.input), _json(step.output),
        _json(step.error), step.done_at, step.pk,
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SAVE_STEP, values)


def _json(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False)


def outputs(run: FlowRun, node_ids: Iterable[str]) -> Iterator[tuple[tuple[str, str, int], dict[str, Any]]]:
    """Place and output of the run's finished steps of these nodes, oldest first."""
    rows = FlowStep.objects.filter(run=run, node_id__in=list(node_ids), status__in=PASSED_STEPS)
    for node_id, path, iteration, output in rows.order_by("pk").values_list(
        "node_id", "path", "iter", "output"
    ):
        yield (node_id, path, iteration), output


def standing(run: FlowRun) -> tuple[bool, dict[str, Any] | None]:
    """Whether a step of the run is ready or being called, and the error of one that waits for an operator."""
    looked_at = (StepStatus.READY, StepStatus.RUNNING, StepStatus.FAILED)
    rows = FlowStep.objects.filter(run=run, status__in=looked_at).values_list("status", "node_id", "error")
    found = list(rows[:200])
    failed = (
        {"node": node_id, **(error or {})}
        for status, node_id, error in found
        if status == StepStatus.FAILED and not (error or {}).get("handled")
    )
    ready = any(status != StepStatus.FAILED for status, _node_id, _error in found)
    return ready, (None if ready else next(failed, None))


def locked_step(step_id: int) -> FlowStep:
    """That step, locked together with its run; waits for who has it."""
    return _with_run().select_for_update(no_key=True, of=("self", "run")).get(pk=step_id)


def due_steps(limit: int) -> QuerySet[FlowStep]:
    """Waiting steps whose time has come, locked with their runs."""
    return (
        _with_run()
        .filter(status=StepStatus.WAITING, due_at__lte=Now())
        .order_by("due_at", "pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self", "run"))[:limit]
    )


def matches(limit: int) -> list[tuple[int, int]]:
    """Pairs of kept signal and waiting step that fit, locked with the runs; oldest signals first."""
    with connection.cursor() as cursor:
        cursor.execute(_MATCHES, [limit])
        return list(cursor.fetchall())


def run_to_cancel() -> FlowRun | None:
    """An open run that somebody asked to cancel, locked; None when there is none that nobody has."""
    asked = FlowSignal.objects.filter(name=CANCEL, consumed_at=None).order_by("pk")
    keys = list(asked.values_list("correlation_key", flat=True)[:200])
    if not keys:
        return None
    rows = FlowRun.objects.filter(public_id__in=keys, status__in=OPEN_RUNS)
    return (
        rows.select_related("flow_version__flow")
        .order_by("pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .first()
    )


def cancel_signal(run: FlowRun) -> FlowSignal | None:
    """The wish to cancel this run that nobody has carried out, or None."""
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL_ASKED, [CANCEL, str(run.public_id)])
        if cursor.fetchone() is None:  # nearly always: this is asked before every batch
            return None
    rows = FlowSignal.objects.filter(name=CANCEL, correlation_key=str(run.public_id), consumed_at=None)
    return rows.order_by("pk").first()


def locked_run(run_id: int) -> FlowRun | None:
    """That run, locked; waits for who has it."""
    rows = FlowRun.objects.select_related("flow_version__flow").filter(pk=run_id)
    return rows.select_for_update(no_key=True, of=("self",)).first()


def runs_without_a_step(limit: int, *, older_than: dt.timedelta) -> QuerySet[FlowRun]:
    """Live runs that nothing will ever move again, locked: a defect, shown instead of hidden (RL-29)."""
    idle = FlowRun.objects.filter(status__in=LIVE_RUNS, started_at__lt=Now() - older_than)
    moving = FlowStep.objects.filter(status__in=OPEN_STEPS).values("run")
    return (
        idle.exclude(pk__in=moving)
        .order_by("pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit]
    )


def ticket_with(ticket_id: int, *references: str) -> Ticket:
    """The parent row with its company and these references; nodes read others when they need them."""
    found = _ticket_with(*references).read(ticket_id)
    if not found:
        raise Ticket.DoesNotExist
    return found[0]


@lru_cache(maxsize=256)
def _ticket_with(*references: str) -> Prepared[Ticket]:
    return Prepared(Ticket.objects.select_related("company", *references).filter(pk=_ANY), _ANY)


def due_triggers(limit: int) -> QuerySet[FlowTrigger]:
    """Schedules of published flows whose time has come, locked."""
    live = FlowTrigger.objects.filter(
        next_at__lte=Now(), flow_version__status=VersionStatus.PUBLISHED, flow_version__flow__enabled=True
    )
    rows = live.select_related("flow_version__flow").order_by("next_at", "pk")
    return rows.select_for_update(skip_locked=True, no_key=True, of=("self",))[:limit]


def hold_ticket(ticket_id: int) -> None:
    """Nobody changes this ticket until the transaction ends."""
    Ticket.objects.select_for_update(no_key=True).filter(pk=ticket_id).values_list("pk").first()


def _with_run() -> QuerySet[FlowStep]:
    return FlowStep.objects.select_related("run")
