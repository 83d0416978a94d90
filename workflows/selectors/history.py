"""Runs as agents and operators read them: every step, and why nothing has happened yet (RL-49)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.policies import Actor, company_wall
from approvals.selectors import localized
from core.errors import NotAllowedError
from tickets.models import Ticket
from workflows.choices import OPEN_RUNS, StepStatus
from workflows.graph import compiled
from workflows.models import FlowRun, FlowStep
from workflows.nodes import asking
from workflows.passes import WAIT_KIND
from workflows.policies import may
from workflows.starting import CHANGED, CLOSED, ENDED, SIGNAL_PREFIX


@dataclass(frozen=True)
class StepView:
    """One step: what it is, where it stands, what came out, and in words what it waits for."""

    id: int
    node_id: str
    path: str
    iter: int
    kind: str
    label: str
    status: str
    status_label: str
    started_at: dt.datetime
    done_at: dt.datetime | None
    attempt: int
    next_try_at: dt.datetime | None
    waits_for: str
    input: dict[str, Any]
    output: dict[str, Any]
    error: dict[str, Any] | None


@dataclass(frozen=True)
class RunView:
    """One run with its steps, oldest first."""

    run: FlowRun
    name: str
    version_no: int
    steps: list[StepView]


def run_history(ticket: Ticket) -> list[RunView]:
    """All runs about a ticket, newest first, for agents; internal, never for requesters. Two queries."""
    runs = FlowRun.objects.filter(ticket=ticket.pk).select_related("flow_version__flow").order_by("-pk")
    shown = list(runs)
    steps: dict[int, list[FlowStep]] = {}
    for step in FlowStep.objects.filter(run__in=shown).order_by("pk"):
        steps.setdefault(step.run_id, []).append(step)
    return [
        RunView(
            run,
            run.flow_version.flow.name,
            run.flow_version.no,
            [_view(run, step) for step in steps.get(run.pk, [])],
        )
        for run in shown
    ]


def steps_of(run: FlowRun) -> list[StepView]:
    """The steps of one run, oldest first; one query."""
    return [_view(run, step) for step in FlowStep.objects.filter(run=run.pk).order_by("pk")]


def failed_steps(actor: Actor) -> QuerySet[FlowStep]:
    """Steps of open runs that failed for good and wait for an operator, newest first.

    A failure that the flow itself deals with waits for nobody. Raises NotAllowedError.
    """
    if not may(actor, "operate"):
        raise NotAllowedError
    wall = company_wall(actor, "run__ticket__") | Q(run__ticket=None)
    rows = FlowStep.objects.filter(wall, status=StepStatus.FAILED, run__status__in=OPEN_RUNS)
    rows = rows.filter(Q(error=None) | ~Q(error__contains={"handled": True}))
    return rows.select_related("run__ticket", "run__flow_version__flow").order_by("-done_at", "-pk")


def _view(run: FlowRun, step: FlowStep) -> StepView:
    node = compiled(run.flow_version_id).nodes.get(step.node_id, {})
    retrying = step.status == StepStatus.READY and step.attempt > 0
    return StepView(
        id=step.pk,
        node_id=step.node_id,
        path=step.path,
        iter=step.iter,
        kind=step.kind,
        label=localized(node.get("label")) or step.node_id,
        status=step.status,
        status_label=str(StepStatus(step.status).label),
        started_at=step.started_at,
        done_at=step.done_at,
        attempt=step.attempt,
        next_try_at=step.run_at if retrying else None,
        waits_for=waits_for(step),
        input=step.input,
        output=step.output,
        error=step.error,
    )


def waits_for(step: FlowStep) -> str:
    """In words what a waiting step waits for; empty for others."""
    if step.status != StepStatus.WAITING:
        return ""
    if step.wait_kind == asking.SIGNAL:
        return _("a decision")
    if step.wait_kind == CLOSED:
        return _("the end of %(number)s") % {"number": step.wait_key}
    if step.wait_kind == ENDED:
        return _("the end of the flow it started")
    if step.wait_kind == CHANGED:
        return _("a change of %(number)s") % {"number": step.wait_key}
    if step.wait_kind == WAIT_KIND:
        return _("the steps inside it")
    if step.wait_kind.startswith(SIGNAL_PREFIX):
        words = {"name": step.wait_kind.removeprefix(SIGNAL_PREFIX), "key": step.wait_key.partition(":")[2]}
        return _("the signal %(name)s for %(key)s") % words
    return _("its time")
