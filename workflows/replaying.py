"""A run computed from the record of another one: the same interpreter without effects (DOMAIN DF-35).

Control nodes decide anew, with the facts that were kept when the old run decided; nodes with effects give
what they gave then, at the time they gave it. Nothing is asked, written or sent.
"""

from __future__ import annotations

import datetime as dt
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, ClassVar

from workflows import nodes, passes
from workflows.batch import Batch
from workflows.blocks import LOOP
from workflows.choices import LIVE_RUNS, PASSED_STEPS, Outcome, RunStatus, StepStatus
from workflows.graph import Graph
from workflows.models import FlowJoin, FlowRun, FlowStep
from workflows.nodes.base import Done, NodeError, Result
from workflows.steps import Place, Steps, place_of

# These decide from what the run knows; all others ask or do something outside it.
CONTROL = nodes.BLOCKS | frozenset(
    {"branch", "switch", "decision_table", "set", "compute", "join", "end", "raise_error"}
)
_WAY_ON = {"timeout": "on_timeout", "empty": "on_missing"}
_ENDS = {Outcome.CANCELLED: RunStatus.CANCELLED, Outcome.FAILED: RunStatus.FAILED}
_NEVER = dt.datetime.max.replace(tzinfo=dt.UTC)


class NoRecordError(Exception):
    """The old run tells nothing about this node."""

    def __init__(self, node_id: str) -> None:
        super().__init__(node_id)
        self.node_id = node_id


class Remembered(Steps):
    """Steps that are never rows."""

    def __init__(self, run: FlowRun, graph: Graph) -> None:
        super().__init__(run, graph)
        self._joins: dict[Place, FlowJoin] = {}

    @property
    def places(self) -> list[Place]:
        """Where the run has been, in the order the steps were made."""
        return list(self._known)

    def store(self, step: FlowStep) -> FlowStep:
        """It stays in memory."""
        return step

    def flush(self) -> None:
        """Nothing is written."""

    def begin_join(self, step: FlowStep, *, need: int, total: int) -> FlowJoin:
        """How far the block has come."""
        return self._joins.setdefault(place_of(step), FlowJoin(step=step, need=need, total=total))

    def join_of(self, step: FlowStep) -> FlowJoin:
        """How far the block has come."""
        return self._joins[place_of(step)]

    def save_join(self, join: FlowJoin) -> None:
        """It is kept as it is."""

    def passed(self, node_ids: Iterable[str]) -> Iterable[FlowStep]:
        """The finished steps of these nodes, the latest first."""
        wanted = set(node_ids)
        found = [
            step for step in self._known.values() if step.node_id in wanted and step.status in PASSED_STEPS
        ]
        order = {place: number for number, place in enumerate(self._known)}
        return sorted(found, key=lambda step: (step.done_at or _NEVER, order[place_of(step)]), reverse=True)


@dataclass
class Replaying(Batch):
    """A run computed from the record of another one: the same interpreter without effects."""

    records: dict[Place, FlowStep] = field(default_factory=dict)
    nexts: dict[Place, list[str]] = field(default_factory=dict)
    settled: list[Place] = field(default_factory=list)
    assumed: set[str] = field(default_factory=set)
    unknown: str = ""
    is_real: ClassVar[bool] = False

    @classmethod
    def of(cls, run: FlowRun, graph: Graph) -> Replaying:
        """The replay of ``run`` with ``graph``, played to its end. One query."""
        rows = list(FlowStep.objects.filter(run=run).order_by("pk"))
        records = {place_of(row): row for row in rows}
        given = rows[0].input.get("vars", {}) if rows else {}
        again = FlowRun(vars=given, depth=run.depth, status=RunStatus.RUNNING, cause_chain=[])
        made = cls(again, graph, now=run.started_at, records=records)
        made.play()
        return made

    def __post_init__(self) -> None:
        self.steps = self._memory = Remembered(self.run, self.graph)
        self._later: list[tuple[dt.datetime, dt.datetime, int, FlowStep]] = []
        self._numbers = count()
        self._facts_now: dict[str, Any] = {}
        self._kept = _timeline(self.records.values())

    @property
    def places(self) -> list[Place]:
        """Where it has been."""
        return self._memory.places

    @property
    def standing(self) -> tuple[str, str]:
        """Status and outcome when nothing more happens."""
        status = RunStatus.WAITING if self.run.status in LIVE_RUNS else self.run.status
        return str(status), str(self.run.outcome)

    @property
    def ticket(self) -> None:  # type: ignore[override] # the record has its facts, not the ticket
        """None: what it was like then is in the facts."""
        return

    @property
    def _of_ticket(self) -> dict[str, Any]:  # type: ignore[override] # renewed at each step
        return _nested(self._facts_now)

    def play(self) -> None:
        """Go on until the run ends, nothing more is recorded, or a node is met that has no record."""
        try:
            self.insert(self.graph.start, "", 0)
            while self.run.status in LIVE_RUNS and (self.todo or self._later):
                if self.todo:
                    step = self.todo.pop(0)
                    if step.status == StepStatus.READY:
                        self._play(step)
                elif not self._finish_next():
                    break
        except NoRecordError as missing:
            self.unknown = missing.node_id

    def insert(self, node_id: str, path: str, iteration: int, *, run_at: dt.datetime | None = None) -> None:
        """See Batch; a round that was put off comes when it came."""
        if hasattr(self, "step"):
            self.nexts.setdefault(place_of(self.step), []).append(node_id)
        before = len(self.todo)
        super().insert(node_id, path, iteration)
        if run_at is not None and len(self.todo) > before:
            step = self.todo.pop()
            self._put_off(step, self.records.get(place_of(step)), run_at)

    def end(self, outcome: str) -> None:
        """See Batch; nobody waits for this run."""
        self.run.status = _ENDS.get(Outcome(outcome), RunStatus.COMPLETED)
        self.run.outcome = outcome

    def note_arrival(self, step: FlowStep, number: int) -> None:
        """The facts are those that were read when this pass came to its end."""
        record = self.records.get(place_of(step))
        kept = record.input if record is not None else {}
        facts = kept.get("arrivals", {}).get(str(number)) if step.kind == LOOP else kept.get("facts")
        self._look(step.node_id, facts or {})

    def record(self, step: FlowStep, result: Result) -> None:
        """See Batch; remembers in which order steps were over."""
        super().record(step, result)
        self._note_settled(step)

    def _note_settled(self, step: FlowStep) -> None:
        if step.status not in (StepStatus.WAITING, StepStatus.READY) and place_of(step) not in self.settled:
            self.settled.append(place_of(step))

    def _play(self, step: FlowStep) -> None:
        self.step, self.node = step, self.graph.nodes[step.node_id]
        record = self.records.get(place_of(step))
        if record is not None and record.kind != step.kind:
            raise NoRecordError(step.node_id)
        if step.kind in CONTROL:
            self._decide(step, record)
        elif record is None:
            raise NoRecordError(step.node_id)
        elif self._was_put_off(record):
            self._look_at(step, record)
            self.count()
            step.status, step.wait_kind = StepStatus.WAITING, record.wait_kind
            self._put_off(step, record, _NEVER)
        else:
            self._look_at(step, record)
            self.count()
            self._give(step, record)

    def _decide(self, step: FlowStep, record: FlowStep | None) -> None:
        kind = nodes.get(step.kind)
        if kind is None:
            raise NoRecordError(step.node_id)
        self._look_at(step, record)
        if record is not None and record.done_at is not None and step.kind not in nodes.BLOCKS:
            self.now = record.done_at
        try:
            self.count()
            result = kind.enter(self)
        except Exception as error:  # noqa: BLE001 - whatever a node raises is a failed step, as in real life
            passes.fail(self, step, passes.told(error))
            self._note_settled(step)
        else:
            self.record(step, result)

    def _was_put_off(self, record: FlowStep) -> bool:
        """Whether it waited, was called outside or tried again, so that others went on before it was over."""
        over = record.status in (*PASSED_STEPS, StepStatus.FAILED)
        return not over or bool(record.wait_kind) or bool(record.attempt) or nodes.calls_out(record.kind)

    def _put_off(self, step: FlowStep, record: FlowStep | None, at: dt.datetime) -> None:
        ended = record.done_at if record is not None and record.status != StepStatus.CANCELLED else None
        stamp = record.run_at if record is not None else at
        heapq.heappush(self._later, (ended or at, stamp, next(self._numbers), step))

    def _finish_next(self) -> bool:
        """The one that was over first; False when the record has no more."""
        at, _stamp, _number, step = heapq.heappop(self._later)
        if step.status == StepStatus.CANCELLED:
            return True
        if at == _NEVER:
            return False
        self.now = at
        if step.status == StepStatus.READY:
            self.todo.append(step)
            return True
        self.step, self.node = step, self.graph.nodes[step.node_id]
        self._give(step, self.records[place_of(step)])
        return True

    def _give(self, step: FlowStep, record: FlowStep) -> None:
        """What the record says came of it; ways on are those of this graph."""
        self.now = record.done_at or self.now
        step.input = record.input
        if record.status == StepStatus.FAILED:
            self._fail(step, record.error or {"code": "unknown", "message": ""})
            return
        outcome = str(record.output.get("outcome", ""))
        edge = _WAY_ON.get(outcome, "")
        if edge and step.kind.startswith("wait_"):
            if not self.node.get(edge):
                self._fail(
                    step, passes.told(NodeError("", code="timeout" if outcome == "timeout" else "no_date"))
                )
                return
            self.record(step, Done(record.output, to=self.node[edge]))
            return
        self.record(step, Done(record.output))

    def _fail(self, step: FlowStep, error: dict[str, Any]) -> None:
        """A wait that ran out takes the way this graph has for it; any other failure is one here too."""
        if error.get("code") == "timeout" and self.node.get("on_timeout"):
            self.record(step, Done({"outcome": "timeout"}, to=self.node["on_timeout"]))
            return
        told = {"code": str(error.get("code", "")), "message": str(error.get("message", ""))}
        passes.fail(self, step, told)
        self._note_settled(step)

    def _look_at(self, step: FlowStep, record: FlowStep | None) -> None:
        self._look(step.node_id, record.input.get("facts", {}) if record is not None else {})

    def _look(self, node_id: str, facts: dict[str, Any]) -> None:
        """Know the facts the node reads: its own, else the latest that another step read before.

        Raises NoRecordError when the run never read one of them.
        """
        self._facts_now = dict(facts)
        needed = self.graph.reads.get(node_id, ())
        if self.graph.nodes[node_id]["kind"] not in CONTROL:
            needed = self.graph.var_reads if self.run.step_count == 0 else ()
        for path in needed:
            if path not in self._facts_now:
                known = [value for at, value in self._kept.get(path, ()) if at <= self.now] or [
                    value for _at, value in self._kept.get(path, ())[:1]
                ]
                if not known:
                    raise NoRecordError(node_id)
                self.assumed.add(path)
                self._facts_now[path] = known[-1]


def _timeline(records: Iterable[FlowStep]) -> dict[str, list[tuple[dt.datetime, Any]]]:
    """What was read of each fact, the earliest first."""
    found: dict[str, list[tuple[dt.datetime, Any]]] = {}
    for row in records:
        for facts in (row.input.get("facts", {}), *row.input.get("arrivals", {}).values()):
            for path, value in facts.items():
                found.setdefault(path, []).append((row.started_at, value))
    return found


def _nested(facts: dict[str, Any]) -> dict[str, Any]:
    """``{"ticket.group.key": "net"}`` as the names that conditions walk."""
    found: dict[str, Any] = {}
    for path, value in sorted(facts.items(), key=lambda pair: pair[0].count(".")):
        *around, last = path.split(".")
        place: Any = found
        for name in around:
            place = place.setdefault(name, {}) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place[last] = value
    return found
