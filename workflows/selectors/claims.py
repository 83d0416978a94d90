"""How the engine takes rows: a step and its run together, never waiting for anybody (RELIABILITY RL-11)."""

from __future__ import annotations

import datetime as dt

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from tickets.models import Ticket
from workflows.choices import LIVE_RUNS, OPEN_RUNS, OPEN_STEPS, StepStatus
from workflows.models import FlowRun, FlowSignal, FlowStep

CANCEL = "run.cancel"
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


def ready_step() -> FlowStep | None:
    """The step that is due longest, locked together with its run; None when there is none that nobody has."""
    return (
        _with_run()
        .filter(status=StepStatus.READY, run_at__lte=Now(), run__status__in=LIVE_RUNS)
        .order_by("run_at", "pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self", "run"))
        .first()
    )


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


def ticket_with_people(ticket_id: int) -> Ticket:
    """The parent row with its company, team, item and people."""
    return Ticket.objects.select_related(
        "company",
        "group",
        "assignee",
        "ci",
        "requester",
        "on_behalf_of",
    ).get(pk=ticket_id)


def _with_run() -> QuerySet[FlowStep]:
    return FlowStep.objects.select_related("run")
