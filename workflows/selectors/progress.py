"""What a requester sees of a run: named stages, who has it now, since when, until when (DOMAIN DF-40)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from approvals.choices import Status
from approvals.models import ApprovalRequest
from approvals.selectors import requests_by_public_id
from tickets.models import Ticket
from workflows.choices import LIVE_RUNS, OPEN_RUNS, OPEN_STEPS, RunStatus, StageState, StepStatus
from workflows.graph import Graph, StageDef, compiled
from workflows.models import FlowRun, FlowStep
from workflows.nodes import asking
from workflows.starting import CLOSED

_BAD_OUTCOMES = frozenset({"rejected", "cancelled", "closed_incomplete"})


@dataclass(frozen=True)
class Stage:
    """One named phase. ``waiting_for`` names who has it now; ``since`` and ``due`` may be unknown."""

    id: str
    label_ko: str
    label_en: str
    state: str
    since: dt.datetime | None = None
    waiting_for: tuple[str, ...] = ()
    due: dt.datetime | None = None

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return self.label_en if (get_language() or "ko").startswith("en") else self.label_ko


@dataclass(frozen=True)
class Standing:
    """Where a ticket's newest run stands. ``reason`` is what an approver who declined gave as the reason."""

    run_id: int
    flow_key: str
    status: str
    outcome: str
    stage: str
    is_open: bool
    is_past_approval: bool
    reason: str


@dataclass(frozen=True)
class _Facts:
    """What is read once for all runs: their steps, and what the waiting ones wait for."""

    steps: dict[int, list[FlowStep]]
    requests: dict[str, ApprovalRequest]
    tasks: dict[str, Ticket]


def progress_for(ticket: Ticket) -> list[Stage]:
    """The stages of the ticket's newest run, in order; nothing for a ticket without one.

    The caller has checked that the reader may see the ticket. Costs the same however long the run is.
    """
    return progress_for_many([ticket.pk]).get(ticket.pk, [])


def progress_for_many(ticket_ids: Iterable[int]) -> dict[int, list[Stage]]:
    """The stages by ticket, for lists; costs the same for any number of tickets. Tickets without a run are
    left out."""
    runs = _newest_runs(ticket_ids)
    facts = _facts(list(runs.values()))
    return {ticket_id: _stages(run, facts) for ticket_id, run in runs.items()}


def outline_for(ticket: Ticket) -> list[Stage]:
    """The same without who has a stage and until when: two queries, for pages that show it in passing."""
    runs = _newest_runs([ticket.pk])
    return [stage for run in runs.values() for stage in _stages(run, _Facts(_steps_of([run]), {}, {}))]


def standing_of(ticket: Ticket) -> Standing | None:
    """Where the ticket's newest run stands, or None."""
    return standings([ticket.pk]).get(ticket.pk)


def standings(ticket_ids: Iterable[int]) -> dict[int, Standing]:
    """Where the newest run of each ticket stands; four queries for any number."""
    runs = _newest_runs(ticket_ids)
    steps = _steps_of(list(runs.values()))
    return {ticket_id: _standing(run, steps.get(run.pk, [])) for ticket_id, run in runs.items()}


def holders(steps: list[FlowStep]) -> dict[int, tuple[str, ...]]:
    """Names of the people and teams that waiting steps wait for, by step; two queries at most."""
    facts = _facts_of({0: steps})
    return {step.pk: tuple(dict.fromkeys(_has_it(step, facts))) for step in steps}


def _newest_runs(ticket_ids: Iterable[int]) -> dict[int, FlowRun]:
    rows = FlowRun.objects.filter(ticket__in=list(ticket_ids)).order_by("ticket", "-pk").distinct("ticket")
    return {row.ticket_id: row for row in rows.defer("vars", "cause_chain") if row.ticket_id is not None}


def _steps_of(runs: list[FlowRun]) -> dict[int, list[FlowStep]]:
    found: dict[int, list[FlowStep]] = {}
    rows = FlowStep.objects.filter(run__in=[run.pk for run in runs]) if runs else FlowStep.objects.none()
    for step in rows.order_by("pk"):
        found.setdefault(step.run_id, []).append(step)
    return found


def _facts(runs: list[FlowRun]) -> _Facts:
    return _facts_of(_steps_of(runs))


def _facts_of(steps: dict[int, list[FlowStep]]) -> _Facts:
    waiting = [step for each in steps.values() for step in each if step.status == StepStatus.WAITING]
    asked = [step.wait_key for step in waiting if step.wait_kind == asking.SIGNAL]
    numbers = [step.wait_key for step in waiting if step.wait_kind == CLOSED]
    tasks = Ticket.objects.filter(number__in=numbers).select_related("group", "assignee") if numbers else []
    return _Facts(
        steps,
        requests_by_public_id(asked) if asked else {},
        {task.number: task for task in tasks},
    )


def _stages(run: FlowRun, facts: _Facts) -> list[Stage]:
    graph = compiled(run.flow_version_id)
    by_stage: dict[str, list[FlowStep]] = {}
    for step in facts.steps.get(run.pk, []):
        by_stage.setdefault(graph.stage_of(step.node_id), []).append(step)
    return [_stage(each, run, graph, by_stage.get(each.id, []), facts) for each in graph.stages]


def _stage(stage: StageDef, run: FlowRun, graph: Graph, steps: list[FlowStep], facts: _Facts) -> Stage:
    state = _state(stage, run, graph, steps)
    since: dt.datetime | None = None
    due: dt.datetime | None = None
    names: list[str] = []
    if state == StageState.NOW:
        current = [step for step in steps if step.status in OPEN_STEPS] or steps
        since = min(step.started_at for step in current)
        dues = [at for step in current if (at := _due(step, facts))]
        due = min(dues, default=None)
        names = [name for step in current for name in _has_it(step, facts)]
    elif steps:
        since = max((step.done_at for step in steps if step.done_at), default=None)
    labels = (stage.label_ko, stage.label_en)
    return Stage(stage.id, *labels, str(state), since, tuple(dict.fromkeys(names)), due)


def _state(stage: StageDef, run: FlowRun, graph: Graph, steps: list[FlowStep]) -> StageState:
    if not steps:
        return StageState.TODO if run.status in OPEN_RUNS else StageState.SKIPPED
    if any(step.status == StepStatus.FAILED for step in steps) and run.status == RunStatus.SUSPENDED:
        return StageState.FAILED
    if any(step.status in OPEN_STEPS for step in steps):
        return StageState.NOW
    if any(step.output.get("outcome") in _BAD_OUTCOMES for step in steps):
        return StageState.FAILED
    if all(step.status == StepStatus.CANCELLED for step in steps):
        return StageState.SKIPPED
    between = run.status in LIVE_RUNS and run.stage == stage.id
    return StageState.NOW if between and _goes_on(stage, graph, steps) else StageState.DONE


def _goes_on(stage: StageDef, graph: Graph, steps: list[FlowStep]) -> bool:
    """Whether the last finished step of the stage may lead to further steps of the same stage."""
    ahead = graph.nodes_after([step.node_id for step in steps[-1:]]) - {step.node_id for step in steps}
    return any(graph.stage_of(node_id) == stage.id for node_id in ahead)


def _due(step: FlowStep, facts: _Facts) -> dt.datetime | None:
    if step.wait_kind == asking.SIGNAL:
        request = facts.requests.get(step.wait_key)
        return request.due_at if request else None
    if step.wait_kind == CLOSED:
        task = facts.tasks.get(step.wait_key)
        return task.due_at if task else None
    return step.due_at


def _has_it(step: FlowStep, facts: _Facts) -> list[str]:
    """Names of who is asked, or of the team that works; a group is named instead of its members."""
    if step.status != StepStatus.WAITING:
        return []
    if step.wait_kind == asking.SIGNAL and step.wait_key in facts.requests:
        rows = sorted(facts.requests[step.wait_key].approvals.all(), key=lambda row: row.pk)
        return [
            row.via_group.name if row.via_group else row.approver.display_name
            for row in rows
            if row.status == Status.REQUESTED
        ]
    task = facts.tasks.get(step.wait_key) if step.wait_kind == CLOSED else None
    if task is None:
        return []
    owner = task.group.name if task.group else task.assignee.display_name if task.assignee else ""
    return [owner] if owner else []


def _standing(run: FlowRun, steps: list[FlowStep]) -> Standing:
    graph = compiled(run.flow_version_id)
    is_open = run.status in OPEN_RUNS
    current = [step.node_id for step in steps if step.status in (*OPEN_STEPS, StepStatus.FAILED)]
    asking_ahead = {node_id for node_id in graph.nodes_after(current) if _asks(graph, node_id)}
    declined = [
        step for step in steps if step.kind == asking.KIND.key and step.output.get("outcome") == "rejected"
    ]
    return Standing(
        run_id=run.pk,
        flow_key=graph.flow_key,
        status=run.status,
        outcome=run.outcome,
        stage=run.stage,
        is_open=is_open,
        is_past_approval=not declined and not (is_open and asking_ahead),
        reason=str(declined[-1].output.get("comment", "")) if declined else "",
    )


def _asks(graph: Graph, node_id: str) -> bool:
    return bool(graph.nodes[node_id]["kind"] == asking.KIND.key)
