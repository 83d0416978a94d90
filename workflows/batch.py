"""One locked run, taken on as far as it goes in one transaction (DOMAIN DF-10, DF-11)."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from core import failpoints, outbox, rows
from core.time import db_now
from core.values import resolve
from tickets.models import Ticket
from workflows import names, nodes, passes
from workflows.blocks import EACH, LOOP, closing
from workflows.blocks import passes as passes_of
from workflows.choices import LIVE_RUNS, Outcome, RunStatus, StepStatus
from workflows.graph import Graph, Node
from workflows.models import FlowRun, FlowStep
from workflows.nodes.base import End, NodeError, NodeKind, Open, Result, Stay, Wait
from workflows.nodes.variables import check_size
from workflows.selectors import claims
from workflows.starting import ENDED, keep_signal
from workflows.steps import Steps

BATCH_NODES = 25
BATCH_SECONDS = 0.2
MAX_STEPS = 2_000
PARK = dt.timedelta(minutes=1)
MAX_KEPT = 4_000  # characters of one fact that is kept with a step
_RUN_COLUMNS = [
    "status",
    "outcome",
    "ending",
    "stage",
    "vars",
    "step_count",
    "ended_at",
    "error",
    "lock_version",
    "updated_at",
]
_ENDS = {Outcome.CANCELLED: RunStatus.CANCELLED, Outcome.FAILED: RunStatus.FAILED}
_MEMORY = ("vars", "stage", "status", "outcome", "ended_at", "step_count")


@dataclass(frozen=True)
class Failure:
    """A step that raised, and what."""

    step: FlowStep
    error: Exception


@dataclass
class Batch:
    """The run, its ticket, and what its steps found out so far; the context of the nodes."""

    run: FlowRun
    graph: Graph
    now: dt.datetime = field(default_factory=db_now)
    step: FlowStep = field(init=False)
    node: Node = field(init=False)
    todo: list[FlowStep] = field(default_factory=list)
    kept: list[Model] = field(default_factory=list)
    # A replay computes over stored facts: it tells nobody and takes nothing back.
    is_real: ClassVar[bool] = True

    def __post_init__(self) -> None:
        self.steps = Steps(self.run, self.graph)

    @cached_property
    def ticket(self) -> Ticket | None:
        """The ticket the run is about, as the nodes see it."""
        found = self.run.ticket_id
        return claims.ticket_with(found, *names.rows_named(self.graph.named)) if found else None

    @property
    def names(self) -> dict[str, Any]:
        """What texts and conditions may name, as it is now."""
        return self.names_at(self.step.path)

    def names_at(self, path: str) -> dict[str, Any]:
        """What may be named inside the pass at ``path``: the items of the lists around it are among it."""
        run = self.run
        known = {**self._of_ticket, "vars": run.vars, "error": run.vars.get("error")}
        known["steps"] = names.of_steps(self.steps.outputs(path)) if self.graph.named_steps else {}
        if path:
            known |= self._items(path)
        return known

    @cached_property
    def _of_ticket(self) -> dict[str, Any]:
        return names.of_ticket(self.ticket, named=self.graph.named)

    def _items(self, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for outer, block, number in passes_of(path):
            if self.graph.nodes[block]["kind"] != EACH:
                continue
            step = self.steps.open_block(block, outer)
            listed = step.input.get("items", []) if step is not None else []
            if number < len(listed):
                found[block] = {"value": listed[number], "index": number, "number": number + 1}
        if not found:
            return {}
        inner = next(iter(found.values()))
        return {"items": found, "item": inner["value"], "index": inner["index"]}

    def forget(self) -> None:
        """Read the ticket again at the next question."""
        self.__dict__.pop("ticket", None)
        self.__dict__.pop("_of_ticket", None)

    def keep(self, row: Model) -> None:
        """This new row is stored with the others of its table."""
        self.kept.append(row)

    def write_kept(self) -> None:
        """Store what was kept so far, table by table, each in its order."""
        kept, self.kept = self.kept, []
        for model in dict.fromkeys(type(row) for row in kept):
            rows.insert([row for row in kept if type(row) is model])

    def stored_step(self) -> FlowStep:
        """The step as a row that others can refer to."""
        return self.steps.store(self.step)

    @contextmanager
    def attending(self, step: FlowStep) -> Iterator[None]:
        """Inside, this is the step the batch is about."""
        before = (getattr(self, "step", step), getattr(self, "node", {}))
        self.step, self.node = step, self.graph.nodes[step.node_id]
        try:
            yield
        finally:
            self.step, self.node = before

    def go(self, first: FlowStep, *, nodes_at_most: int = 0) -> tuple[int, Failure | None]:
        """Take the run on from ``first``; returns how many steps were made, and the one that failed if any.

        What a node writes has a savepoint of its own: what came before a failing one is kept.
        """
        self.steps.know(first)
        self.todo = [first]
        made, limit = 0, nodes_at_most or BATCH_NODES
        deadline = time.monotonic() + BATCH_SECONDS
        failure = None
        while self.todo and made < limit and self.run.status in LIVE_RUNS:
            step = self.todo.pop(0)
            if step.status != StepStatus.READY or nodes.calls_out(step.kind):
                continue
            failure = self._try(step)
            if failure is not None:
                break
            made += 1
            if time.monotonic() > deadline:
                break
        self.save()
        return made, failure

    def _try(self, step: FlowStep) -> Failure | None:
        self.step, self.node = step, self.graph.nodes[step.node_id]
        kind = nodes.get(self.node["kind"])
        if kind is None:
            self._park(step)
            return None
        before = {name: getattr(self.run, name) for name in _MEMORY}
        if not kind.pure:
            self.write_kept()
        so_far = len(self.kept)
        try:
            if kind.pure:
                result = self._make(step, kind)
            else:
                with transaction.atomic():
                    result = self._make(step, kind)
        except Exception as error:  # noqa: BLE001 - any defect of a node is counted, never fatal
            for name, value in before.items():
                setattr(self.run, name, value)
            del self.kept[so_far:]
            self.forget()
            return Failure(step, error)
        self.record(step, result)
        return None

    def _make(self, step: FlowStep, kind: NodeKind) -> Result:
        self.count()
        if step.resume is None or kind.resume is None:
            step.input |= self._facts(step)
            result = kind.enter(self)
        else:
            result = kind.resume(self, step.resume)
        failpoints.hit("flow_after_effects", marker=step.node_id)
        return result

    def count(self) -> None:
        """One more step is made; the first sets out, and one too many is refused."""
        if self.run.step_count >= MAX_STEPS:
            raise NodeError(_("This run made %(max)s steps; that is too many.") % {"max": MAX_STEPS})
        if self.run.step_count == 0:
            self._set_out()
        self.run.step_count += 1
        self._enter_stage()

    def _set_out(self) -> None:
        """The graph's variables get their values when the run sets out; what the starter gave wins."""
        given = {name: names.filled(value, self.names) for name, value in self.graph.vars.items()}
        self.run.vars = {**given, **self.run.vars}
        check_size(self.run.vars)

    def _facts(self, step: FlowStep) -> dict[str, Any]:
        """What the node reads from outside the run, as it is now; kept for the run view and for replays."""
        paths = self.graph.reads.get(step.node_id)
        return {"facts": self._read(paths)} if paths else {}

    def _read(self, paths: Iterable[str]) -> dict[str, Any]:
        known = self._of_ticket
        found = {path: names.plain(resolve(path, known)) for path in paths}
        return {path: value for path, value in found.items() if len(str(value)) <= MAX_KEPT}

    def note_arrival(self, step: FlowStep, number: int) -> None:
        """A loop looks outside after each round: keep what it reads then, for replays."""
        paths = self.graph.reads.get(step.node_id)
        if paths and step.kind == LOOP:
            kept = {**step.input.get("arrivals", {}), str(number): self._read(paths)}
            step.input = {**step.input, "arrivals": kept}
            self.steps.touch(step)

    def _park(self, step: FlowStep) -> None:
        """A newer process made this step; it waits for a process that knows the kind (CEL-14)."""
        step.run_at = self.now + PARK
        step.error = {"code": "unknown_kind", "message": f"{self.node['kind']} is not known to this version"}
        self.steps.touch(step)

    def _enter_stage(self) -> None:
        stage = self.graph.stage_of(self.step.node_id)
        if not stage or stage == self.run.stage:
            return
        self.run.stage = stage
        if self.is_real:
            body = {"run_id": self.run.pk, "ticket_id": self.run.ticket_id, "stage": stage}
            self.keep(outbox.fact("flow.stage_changed", body))

    def record(self, step: FlowStep, result: Result) -> None:
        """Write down what came of a step, and make what follows it."""
        step.resume, step.error = None, None
        step.lease_token = step.lease_until = None
        if isinstance(result, Wait):
            step.status, step.attempt = StepStatus.WAITING, 0
            step.wait_kind, step.wait_key = result.kind, result.key
            step.due_at, step.output = result.due_at, result.output
            self.steps.touch(step)
        elif isinstance(result, Open):
            passes.open_more(self, step, result)
        elif isinstance(result, Stay):
            self.steps.touch(step)
        elif isinstance(result, End):
            self._finish(step, {"outcome": result.outcome})
            passes.withdraw(self, "", "")
            self.end(result.outcome)
        else:
            if step.kind in nodes.BLOCKS:
                passes.close(self, step)
            self._finish(step, names.plain(result.output))
            self.follow(step, result.to)

    def _finish(self, step: FlowStep, output: dict[str, Any]) -> None:
        step.status, step.output, step.done_at = StepStatus.DONE, output, self.now
        self.steps.touch(step)

    def follow(self, step: FlowStep, to: str = "") -> None:
        """Go on behind a finished step: to the next one, to the end of its pass, or with the undoing."""
        if step.node_id in self.graph.compensators:
            passes.undone(self, step)
            return
        target = to or self.graph.nodes[step.node_id]["next"]
        chain = self.graph.chains.get(step.node_id, ())
        if chain and target == closing(chain[-1][0], self.graph.nodes[chain[-1][0]]):
            passes.arrive(self, step.path)
            return
        self.insert(target, step.path, step.iter)

    def insert(self, node_id: str, path: str, iteration: int, *, run_at: dt.datetime | None = None) -> None:
        """A ready step, unless the run has been there; this batch goes on with it when it is due."""
        step = self.steps.add((node_id, path, iteration), run_at=run_at)
        if step is not None and run_at is None:
            self.todo.append(step)

    def finish_ending(self) -> None:
        """What was done is undone: now the run ends."""
        self.end(self.run.ending)

    def end(self, outcome: str) -> None:
        """The run, whose steps are over, ends: ``flow.ended``, and the step that waits for it is told."""
        run = self.run
        run.status = _ENDS.get(Outcome(outcome), RunStatus.COMPLETED)
        run.outcome, run.ended_at, run.ending = outcome, self.now, ""
        body = {"run_id": run.pk, "run_public_id": str(run.public_id), "ticket_id": run.ticket_id}
        self.keep(outbox.fact("flow.ended", body | {"outcome": outcome}))
        if run.parent_step_id is not None:
            key = str(run.public_id)
            keep_signal(ENDED, key, {"outcome": str(outcome)}, source=ENDED, source_id=key)

    def save(self) -> None:
        """Write the steps and the run."""
        run = self.run
        self.steps.flush()
        if run.status in LIVE_RUNS:
            ready = self.steps.has_ready()
            if ready is None:
                ready, run.error = claims.standing(run)
            run.status = RunStatus.RUNNING if ready else RunStatus.WAITING
            if run.error and not ready:
                run.status = RunStatus.SUSPENDED  # an operator mended another step; this one still waits
            if not self.steps.is_whole:
                # Who watches sees it move; beginnings and ends have events of their own.
                self.keep(outbox.fact("flow.stepped", {"run_id": run.pk, "ticket_id": run.ticket_id}))
        self.write_kept()
        run.lock_version += 1
        run.updated_at = self.now
        run.save(update_fields=_RUN_COLUMNS)
