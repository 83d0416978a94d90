"""One locked run, taken on as far as it goes in one transaction (DOMAIN DF-10, DF-11)."""

from __future__ import annotations

import copy
import datetime as dt
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from core import failpoints, outbox
from core.time import db_now
from tickets.models import Ticket
from workflows import names, nodes
from workflows.choices import LIVE_RUNS, OPEN_STEPS, Outcome, RunStatus, StepStatus
from workflows.graph import Graph, Node
from workflows.models import FlowRun, FlowStep
from workflows.nodes.base import Done, End, NodeError, Result, Wait
from workflows.nodes.variables import check_size
from workflows.selectors.claims import ticket_with_people

BATCH_NODES = 25
BATCH_SECONDS = 0.2
MAX_STEPS = 2_000
PARK = dt.timedelta(minutes=1)
_RUN_COLUMNS = [
    "status",
    "outcome",
    "stage",
    "vars",
    "step_count",
    "ended_at",
    "error",
    "lock_version",
    "updated_at",
]
_ENDS = {Outcome.CANCELLED: RunStatus.CANCELLED, Outcome.FAILED: RunStatus.FAILED}


Place = tuple[str, str, int]  # node, path, iter: what makes a step unique in its run


@dataclass(frozen=True)
class Failure:
    """A step that raised, and what."""

    step_id: int
    error: Exception


@dataclass
class Batch:
    """The run, its ticket, and what its steps found out so far; the context of the nodes."""

    run: FlowRun
    graph: Graph
    now: dt.datetime = field(default_factory=db_now)
    step: FlowStep = field(init=False)
    node: Node = field(init=False)

    @cached_property
    def ticket(self) -> Ticket | None:
        """The ticket the run is about, as the nodes see it."""
        return ticket_with_people(self.run.ticket_id) if self.run.ticket_id else None

    @property
    def names(self) -> dict[str, Any]:
        """What texts and conditions may name, as it is now."""
        return {**self._of_ticket, "vars": self.run.vars, "steps": names.of_steps(self.outputs)}

    @cached_property
    def _of_ticket(self) -> dict[str, Any]:
        return names.of_ticket(self.ticket)

    @cached_property
    def _rows(self) -> dict[Place, dict[str, Any] | None]:
        """The run's steps by place, with the output of the finished ones; exact while it is locked."""
        rows = FlowStep.objects.filter(run=self.run).order_by("iter", "pk")
        places = rows.values_list("node_id", "path", "iter", "status", "output")
        return {
            (node_id, path, iteration): output if status == StepStatus.DONE else None
            for node_id, path, iteration, status, output in places
        }

    @property
    def outputs(self) -> dict[str, dict[str, Any]]:
        """What the finished steps found out, by node; of a node that ran again the last."""
        return {node_id: each for (node_id, _path, _iter), each in self._rows.items() if each is not None}

    def forget(self) -> None:
        """Read the ticket again at the next question."""
        self.__dict__.pop("ticket", None)
        self.__dict__.pop("_of_ticket", None)

    def go(self, first: FlowStep) -> tuple[int, Failure | None]:
        """Take the run on from ``first``; returns how many steps were made, and the one that failed if any.

        Each step has a savepoint of its own: what came before a failing one is kept.
        """
        todo, made = [first], 0
        deadline = time.monotonic() + BATCH_SECONDS
        while todo and made < BATCH_NODES and self.run.status in LIVE_RUNS:
            step = todo.pop(0)
            kept = self._memory()
            try:
                with transaction.atomic():
                    todo += self._make(step)
            except Exception as error:  # noqa: BLE001 - any defect of a node is counted, never fatal
                self._restore(kept)
                self._save_run()
                return made, Failure(step.pk, error)
            made += 1
            if time.monotonic() > deadline:
                break
        self._save_run()
        return made, None

    def _memory(self) -> tuple[Any, ...]:
        run = self.run
        return copy.deepcopy(run.vars), run.stage, run.status, run.outcome, run.ended_at, run.step_count

    def _restore(self, kept: tuple[Any, ...]) -> None:
        run = self.run
        run.vars, run.stage, run.status, run.outcome, run.ended_at, run.step_count = kept
        self.__dict__.pop("_rows", None)
        self.forget()

    def _make(self, step: FlowStep) -> list[FlowStep]:
        self.step, self.node = step, self.graph.nodes[step.node_id]
        kind = nodes.get(self.node["kind"])
        if kind is None:
            return self._park()
        if self.run.step_count >= MAX_STEPS:
            raise NodeError(_("This run made %(max)s steps; that is too many.") % {"max": MAX_STEPS})
        if self.run.step_count == 0:
            self._set_out()
        self.run.step_count += 1
        self._enter_stage()
        if step.resume is None or kind.resume is None:
            result = kind.enter(self)
        else:
            result = kind.resume(self, step.resume)
        failpoints.hit("flow_after_effects")
        return self._record(result)

    def _set_out(self) -> None:
        """The graph's variables get their values when the run sets out; what the starter gave wins."""
        given = {name: names.filled(value, self.names) for name, value in self.graph.vars.items()}
        self.run.vars = {**given, **self.run.vars}
        check_size(self.run.vars)

    def _park(self) -> list[FlowStep]:
        """A newer process made this step; it waits for a process that knows the kind (CEL-14)."""
        error = {"code": "unknown_kind", "message": f"{self.node['kind']} is not known to this version"}
        FlowStep.objects.filter(pk=self.step.pk).update(run_at=Now() + PARK, error=error)
        return []

    def _enter_stage(self) -> None:
        stage = self.graph.stage_of(self.step.node_id)
        if not stage or stage == self.run.stage:
            return
        self.run.stage = stage
        body = {"run_id": self.run.pk, "ticket_id": self.run.ticket_id, "stage": stage}
        outbox.publish("flow.stage_changed", body)

    def _record(self, result: Result) -> list[FlowStep]:
        if isinstance(result, Wait):
            FlowStep.objects.filter(pk=self.step.pk).update(
                status=StepStatus.WAITING,
                wait_kind=result.kind,
                wait_key=result.key,
                due_at=result.due_at,
                output=result.output,
                resume=None,
                error=None,
                attempt=0,
            )
            return []
        output = {"outcome": result.outcome} if isinstance(result, End) else names.plain(result.output)
        FlowStep.objects.filter(pk=self.step.pk).update(
            status=StepStatus.DONE, output=output, done_at=self.now, resume=None, error=None
        )
        self._rows[self.step.node_id, self.step.path, self.step.iter] = output
        if isinstance(result, End):
            end_run(self.run, result.outcome, at=self.now)
            return []
        return self._follow(result)

    def _follow(self, result: Done) -> list[FlowStep]:
        place = (result.to or self.node["next"], self.step.path, self.step.iter)
        if place in self._rows:
            return []
        self._rows[place] = None
        return [insert_step(self.run, self.graph, place)]

    def _save_run(self) -> None:
        run = self.run
        if run.status in LIVE_RUNS:
            ready = FlowStep.objects.filter(run=run, status=StepStatus.READY).exists()
            run.status = RunStatus.RUNNING if ready else RunStatus.WAITING
        run.lock_version += 1
        run.updated_at = self.now
        run.save(update_fields=_RUN_COLUMNS)


def insert_step(run: FlowRun, graph: Graph, place: Place) -> FlowStep:
    """A ready step at this place of a locked run, which must not have one there."""
    node_id, path, iteration = place
    step = FlowStep(run=run, node_id=node_id, path=path, iter=iteration, kind=graph.nodes[node_id]["kind"])
    step.save(force_insert=True)
    return step


def end_run(run: FlowRun, outcome: str, *, at: dt.datetime) -> None:
    """End a locked run, cancel its open steps, publish ``flow.ended``; the caller saves the run."""
    FlowStep.objects.filter(run=run, status__in=OPEN_STEPS).update(status=StepStatus.CANCELLED, done_at=at)
    run.status = _ENDS.get(Outcome(outcome), RunStatus.COMPLETED)
    run.outcome, run.ended_at = outcome, at
    body = {"run_id": run.pk, "run_public_id": str(run.public_id), "ticket_id": run.ticket_id}
    outbox.publish("flow.ended", body | {"outcome": outcome})
