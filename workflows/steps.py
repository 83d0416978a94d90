"""The steps of one locked run, as one batch works on them: read once, written together at the end.

A new step that is over before the batch ends costs its share of one INSERT and nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from core import rows
from workflows.blocks import sees
from workflows.choices import OPEN_STEPS, PASSED_STEPS, StepStatus
from workflows.graph import Graph
from workflows.models import FlowJoin, FlowRun, FlowStep
from workflows.selectors import claims

Place = tuple[str, str, int]  # node, path, iter: what makes a step unique in its run


def place_of(step: FlowStep) -> Place:
    """What makes this step unique in its run."""
    return step.node_id, step.path, step.iter


class Steps:
    """Unit of work over the steps of ``run``, whose lock the caller holds."""

    def __init__(self, run: FlowRun, graph: Graph) -> None:
        self.run, self.graph = run, graph
        self.is_whole = run.step_count == 0  # a run that nothing was done for has its first step alone
        self._known: dict[Place, FlowStep] = {}
        self._places: set[Place] | None = set() if self.is_whole else None
        self._new: list[FlowStep] = []
        self._changed: dict[int, FlowStep] = {}
        self._outputs: dict[Place, dict[str, Any]] | None = None

    def know(self, step: FlowStep) -> None:
        """Take in a step that was read from the database."""
        self._known[place_of(step)] = step
        if self._places is not None:
            self._places.add(place_of(step))

    def add(self, place: Place, *, run_at: dt.datetime | None = None) -> FlowStep | None:
        """A ready step at this place, or None when the run has been there."""
        if place in self._all_places():
            return None
        node_id, path, iteration = place
        kind = self.graph.nodes[node_id]["kind"]
        step = FlowStep(run=self.run, node_id=node_id, path=path, iter=iteration, kind=kind)
        if run_at is not None:
            step.run_at = run_at
        self._all_places().add(place)
        self._known[place] = step
        self._new.append(step)
        return step

    def touch(self, step: FlowStep) -> None:
        """The step changed; it is written with the rest."""
        if not step._state.adding:
            self._changed[step.pk] = step
        if self._outputs is not None and step.status in PASSED_STEPS:
            self._outputs[place_of(step)] = step.output

    def store(self, step: FlowStep) -> FlowStep:
        """The step as a row, now: others refer to it. Rows keep the order in which steps were made."""
        if step._state.adding:
            rows.insert(self._new)
            self._new = []
            self.touch(step)
        return step

    def flush(self) -> None:
        """Write everything that is new or changed."""
        rows.insert(self._new)
        for step in self._changed.values():
            claims.save_step(step)
        self._new, self._changed = [], {}

    def open_below(self, prefix: str) -> list[FlowStep]:
        """The open steps inside a pass, or of the whole run for an empty prefix, oldest first."""
        found = {place: step for place, step in self._known.items() if step.status in OPEN_STEPS}
        if not self.is_whole:
            for row in FlowStep.objects.filter(run=self.run, status__in=OPEN_STEPS).order_by("pk"):
                if place_of(row) not in self._known:
                    self.know(row)
                    found[place_of(row)] = row
        return [step for step in found.values() if _inside(step.path, prefix)]

    def open_block(self, block: str, path: str) -> FlowStep | None:
        """The step of this block that waits for its passes, or None when it is over."""
        here = [step for (node_id, at, _iter), step in self._known.items() if (node_id, at) == (block, path)]
        found = next((step for step in here if step.status == StepStatus.WAITING), None)
        if found is None and not self.is_whole:
            waiting = FlowStep.objects.filter(
                run=self.run, node_id=block, path=path, status=StepStatus.WAITING
            )
            row = waiting.exclude(pk__in=[step.pk for step in here if step.pk]).order_by("-iter").first()
            if row is not None:
                self.know(row)
            found = row
        return found

    def begin_join(self, step: FlowStep, *, need: int, total: int) -> FlowJoin:
        """How far this stored block has come, new when it just began."""
        join, _made = FlowJoin.objects.get_or_create(step=step, defaults={"need": need, "total": total})
        return join

    def join_of(self, step: FlowStep) -> FlowJoin:
        """How far this block has come."""
        return FlowJoin.objects.get(step=step)

    def save_join(self, join: FlowJoin) -> None:
        """Write how far a block has come."""
        join.save()

    def passed(self, node_ids: Iterable[str]) -> Iterable[FlowStep]:
        """The finished steps of these nodes, the latest first."""
        self.flush()
        rows = FlowStep.objects.filter(run=self.run, node_id__in=list(node_ids), status__in=PASSED_STEPS)
        return rows.order_by("-done_at", "-pk")

    def has_ready(self) -> bool | None:
        """Whether a step is ready or being called; None when only the database knows."""
        if any(step.status in (StepStatus.READY, StepStatus.RUNNING) for step in self._known.values()):
            return True
        return False if self.is_whole else None

    def outputs(self, path: str) -> dict[str, dict[str, Any]]:
        """What finished steps found out that one at ``path`` may name, by node: the nearest, then latest."""
        best: dict[str, tuple[tuple[int, int], dict[str, Any]]] = {}
        for (node_id, at, iteration), output in self._read_outputs().items():
            if not sees(path, at, self.graph.nodes):
                continue
            around = len(at) if path == at or not at or path.startswith(f"{at}/") else -1
            rank = (around, iteration)
            if node_id not in best or rank >= best[node_id][0]:
                best[node_id] = (rank, output)
        return {node_id: output for node_id, (_rank, output) in best.items()}

    def _all_places(self) -> set[Place]:
        if self._places is None:
            found = FlowStep.objects.filter(run=self.run).values_list("node_id", "path", "iter")
            self._places = {*found, *self._known}
        return self._places

    def _read_outputs(self) -> dict[Place, dict[str, Any]]:
        if self._outputs is None:
            self._outputs = {}
            if self.graph.named_steps and not self.is_whole:
                self._outputs = dict(claims.outputs(self.run, self.graph.named_steps))
            self._outputs |= self._fresh_outputs(self._known.values())
        return self._outputs

    def _fresh_outputs(self, steps: Iterable[FlowStep]) -> dict[Place, dict[str, Any]]:
        return {place_of(step): step.output for step in steps if step.status in PASSED_STEPS}


def _inside(path: str, prefix: str) -> bool:
    return not prefix or path == prefix or path.startswith(f"{prefix}/")
