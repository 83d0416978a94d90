"""Takes the runs of a rehearsal on, one thing at a time, moving the clock when nothing else can happen.

The same batches, nodes and services as in real life; only who is next is chosen here, since the real claims
go by the real clock and would take the runs of others too.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.db import connection, transaction
from django.db.models import Max, Q
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from approvals.choices import Status
from approvals.models import Approval, ApprovalRequest
from approvals.policies import why_not
from approvals.selectors import requests_by_public_id
from approvals.services import decide
from approvals.services import fire as fire_request
from core import outbox
from core.models import OutboxEvent
from core.rehearsing import Ledger
from core.time import db_now
from workflows import calling, executor, nodes
from workflows.batch import MAX_STEPS, Failure
from workflows.choices import LIVE_RUNS, OPEN_RUNS, RunStatus, StepStatus
from workflows.graph import compiled
from workflows.models import FlowRun, FlowSignal, FlowStep
from workflows.nodes import asking
from workflows.nodes.base import CallFailedError
from workflows.passes import WAIT_KIND
from workflows.rehearsal import people
from workflows.rehearsal.people import StoppedError
from workflows.rehearsal.script import Answer, Reply, Script, Sent, TaskEnd, Touch, meant
from workflows.selectors import claims
from workflows.starting import CHANGED, CLOSED, SIGNAL_PREFIX, keep_signal

MAX_SECONDS = 5.0
KEEPS_DECISIONS = "workflows.handlers.keep_decision"


@dataclass(frozen=True)
class Chance:
    """Something that can happen next, and when; of those at one instant the lower ``order`` comes first."""

    at: dt.datetime
    order: int
    act: Callable[[], None]

    @property
    def rank(self) -> tuple[dt.datetime, int]:
        """What comes first."""
        return self.at, self.order


@dataclass(frozen=True)
class Called:
    """One call that would have been made: the step, what was prepared, and what the script answered."""

    step: FlowStep
    prepared: dict[str, object]
    reply: Reply
    at: dt.datetime


class Moves:
    """The runs of one rehearsal, their script and their clock."""

    def __init__(self, run: FlowRun, script: Script, ledger: Ledger, *, first: int) -> None:
        self.run_ids, self.script, self.ledger = [run.pk], script, ledger
        self.began_at, self.first = db_now(), first
        self.calls: list[Called] = []
        self.made = 0
        self._deadline = time.monotonic() + MAX_SECONDS
        self._read = len(ledger.noted)
        self._used: set[tuple[str, int, int]] = set()
        self._asked: dict[int, dt.datetime] = {}
        self._first_signal = FlowSignal.objects.aggregate(last=Max("pk"))["last"] or 0

    def play(self) -> None:
        """Go on until the run has ended or nothing can happen any more. Raises StoppedError."""
        while self.run.status in OPEN_RUNS:
            with transaction.atomic():
                self._check_limits()
                self._hear()
                if not self._move():
                    self._let_happen()

    def _let_happen(self) -> None:
        """The next thing that people or time do, at its instant."""
        if self.run.status == RunStatus.SUSPENDED:
            error = self.run.error or {}
            raise StoppedError("suspended", str(error.get("message", "")), (str(error.get("node", "")),))
        chance = min(self._chances(), key=lambda each: each.rank, default=None)
        if chance is None or chance.at > db_now():
            self._refuse_unanswered()
        if chance is None:
            raise StoppedError("waiting", _("Nothing more happens."), self._waiting_nodes())
        self.ledger.shift += max(chance.at - db_now(), dt.timedelta(0))
        chance.act()

    @property
    def run(self) -> FlowRun:
        """The run the rehearsal is about, as it is now."""
        return FlowRun.objects.select_related("ticket").get(pk=self.run_ids[0])

    def _check_limits(self) -> None:
        left = self._deadline - time.monotonic()
        if left <= 0:
            text = _("The rehearsal took longer than %(max)s seconds.") % {"max": int(MAX_SECONDS)}
            raise StoppedError("time", text, self._waiting_nodes())
        if self.made > MAX_STEPS:
            text = _("The rehearsal made more than %(max)s steps.") % {"max": MAX_STEPS}
            raise StoppedError("steps", text, self._waiting_nodes())
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL statement_timeout = {max(int(left * 1000), 1)}")

    def _hear(self) -> None:
        """What happened since: runs that were started below, decisions that wake their question."""
        new, self._read = self.ledger.noted[self._read :], len(self.ledger.noted)
        for _shift, row in new:
            if isinstance(row, FlowRun):
                parent = row.parent_step
                self.run_ids += [row.pk] if parent is not None and parent.run_id in self.run_ids else []
            elif isinstance(row, OutboxEvent) and row.name == asking.SIGNAL:
                for handler in outbox.handlers_for(row.name):
                    if handler.name == KEEPS_DECISIONS:
                        handler.run(row)

    # What the engine does by itself

    def _move(self) -> bool:
        return self._cancel() or self._match() or self._call() or self._go_on()

    def _cancel(self) -> bool:
        for run in FlowRun.objects.filter(pk__in=self.run_ids, status__in=OPEN_RUNS).order_by("pk"):
            if claims.cancel_signal(run) is not None:
                locked = claims.locked_run(run.pk)
                if locked is not None:
                    executor.carry_out(locked)
                    return True
        return False

    def _match(self) -> bool:
        kept = FlowSignal.objects.filter(consumed_at=None, pk__gt=self._first_signal).order_by("-pk")
        signals = {(signal.name, signal.correlation_key): signal for signal in kept}
        for step in self._waiting() if signals else ():
            signal = signals.get((step.wait_kind, step.wait_key))
            if signal is not None:
                executor.wake([step.pk], {"signal": signal.name, **signal.payload})
                FlowSignal.objects.filter(pk=signal.pk).update(consumed_at=db_now())
                return True
        return False

    def _ready(self, *, due: bool = False) -> Iterator[FlowStep]:
        rows = FlowStep.objects.filter(
            run__in=self.run_ids, status=StepStatus.READY, run__status__in=LIVE_RUNS
        )
        if due:  # a new step's own stamp is the statement's, a little after the transaction's
            rows = rows.filter(Q(run_at__lte=db_now()) | Q(run_at__lte=Now()))
        return rows.select_related("run").order_by("run_at", "pk").iterator()

    def _call(self) -> bool:
        now = db_now()
        for step in self._ready(due=True):
            if nodes.calls_out(step.kind):
                replies = meant(self.script.calls, step, self._flow_of(step))
                if replies:  # one that nobody answers stands still, see _unanswered
                    self._make_call(claims.locked_step(step.pk), replies, now)
                    return True
        return False

    def _make_call(self, step: FlowStep, replies: list[Reply], now: dt.datetime) -> None:
        """The scripted answer in place of the other system's; the last one is given again and again."""
        self.made += 1
        claimed = calling.prepare(step)
        if isinstance(claimed, Failure):
            executor.note_failure(claimed.step.pk, claimed.error)
            return
        reply = replies[min(step.attempt, len(replies)) - 1]
        self.calls.append(Called(step, claimed.prepared, reply, now))
        calling.record(claimed, _answer_of(reply))

    def _go_on(self) -> bool:
        for step in self._ready(due=True):
            if not nodes.calls_out(step.kind):
                self._take_on(claims.locked_step(step.pk))
                return True
        return False

    def _take_on(self, step: FlowStep) -> None:
        """One batch; what only its commit would have refused is laid to its first step, as in real life."""
        failure: Failure | None
        try:
            with transaction.atomic():
                made, failure = executor.take_on(step)
                connection.check_constraints()
        except Exception as error:
            if not connection.is_usable():
                raise
            made, failure = 1, Failure(step, error)
        self.made += made + (failure is not None)
        if failure is not None and failure.step.pk is not None:
            executor.note_failure(failure.step.pk, failure.error)

    # What people and time do

    def _waiting(self) -> list[FlowStep]:
        rows = FlowStep.objects.filter(
            run__in=self.run_ids, status=StepStatus.WAITING, run__status__in=LIVE_RUNS
        )
        found = list(rows.select_related("run").order_by("pk"))
        for step in found:
            self._asked.setdefault(step.pk, db_now())
        return found

    def _chances(self) -> Iterator[Chance]:
        waiting = self._waiting()
        yield from self._decisions([step for step in waiting if step.wait_kind == asking.SIGNAL])
        yield from self._task_ends([step for step in waiting if step.wait_kind == CLOSED])
        yield from self._signals(waiting)
        yield from self._touches()
        for step in waiting:
            if step.due_at is not None:
                yield Chance(step.due_at, 4, partial(executor.wake, [step.pk], {"signal": "timer"}))
        for step in self._ready():
            if not nodes.calls_out(step.kind) or meant(self.script.calls, step, self._flow_of(step)):
                yield Chance(step.run_at, 5, _nothing)

    def _decisions(self, steps: list[FlowStep]) -> Iterator[Chance]:
        requests = requests_by_public_id([step.wait_key for step in steps])
        for step in steps:
            request = requests.get(step.wait_key)
            if request is None or request.status != Status.REQUESTED:
                continue
            answers = meant(self.script.approvals, step, self._flow_of(step)) or []
            for number, answer in enumerate(answers):
                row = _row_for(request, answer.by)
                if row is not None and not self._is_used("approval", step.pk, number):
                    at = self._asked[step.pk] + answer.after
                    yield Chance(at, 0, partial(self._decide, step, number, row, answer))
            if request.next_fire_at is not None:
                yield Chance(request.next_fire_at, 3, partial(fire_request, request.pk))

    def _decide(self, step: FlowStep, number: int, row: Approval, answer: Answer) -> None:
        self._used.add(("approval", step.pk, number))
        with people.refusals(step.node_id):
            decide(row.pk, actor=answer.by or row.approver, decision=answer.decision, comment=answer.comment)

    def _task_ends(self, steps: list[FlowStep]) -> Iterator[Chance]:
        for step in steps:
            for end in (meant(self.script.tasks, step, self._flow_of(step)) or [])[:1]:
                if not self._is_used("task", step.pk, 0):
                    at = self._asked[step.pk] + end.after
                    yield Chance(at, 1, partial(self._end_task, step, end))

    def _end_task(self, step: FlowStep, end: TaskEnd) -> None:
        self._used.add(("task", step.pk, 0))
        with people.refusals(step.node_id):
            people.end_task(step.output["ticket_id"], end)

    def _signals(self, waiting: list[FlowStep]) -> Iterator[Chance]:
        for number, sent in enumerate(self.script.signals):
            if self._is_used("signal", 0, number):
                continue
            here = (step for step in waiting if step.node_id == sent.node)
            found = next((step for step in here if step.wait_kind.startswith(SIGNAL_PREFIX)), None)
            if sent.node and found is None:
                continue
            since = self._asked[found.pk] if found is not None else self.began_at
            name = found.wait_kind if found is not None else SIGNAL_PREFIX + sent.name
            key = found.wait_key if found is not None else people.key_of(self.run, sent.key)
            at = since + sent.after
            yield Chance(at, 2, partial(self._send, number, sent, (name, key)))

    def _send(self, number: int, sent: Sent, where: tuple[str, str]) -> None:
        self._used.add(("signal", 0, number))
        keep_signal(*where, sent.payload, source="rehearsal", source_id=f"{self.ledger.token}:{number}")

    def _touches(self) -> Iterator[Chance]:
        for number, touch in enumerate(self.script.changes):
            if not self._is_used("change", 0, number):
                at = self.began_at + touch.after
                yield Chance(at, 2, partial(self._touch, number, touch))

    def _touch(self, number: int, touch: Touch) -> None:
        self._used.add(("change", 0, number))
        with people.refusals(""):
            people.touch_ticket(self.run.ticket, touch)

    # What nobody answers

    def _refuse_unanswered(self) -> None:
        """Time does not pass over a question the script forgot."""
        open_questions = [step for step in self._waiting() if self._is_forgotten(step)]
        open_questions += [
            step
            for step in self._ready()
            if nodes.calls_out(step.kind) and not meant(self.script.calls, step, self._flow_of(step))
        ]
        if open_questions:
            text = _("The script says nothing about what this step asks.")
            raise StoppedError("unanswered", text, tuple(step.node_id for step in open_questions))

    def _is_forgotten(self, step: FlowStep) -> bool:
        flow = self._flow_of(step)
        if step.wait_kind == asking.SIGNAL:
            return meant(self.script.approvals, step, flow) is None
        if step.wait_kind == CLOSED:
            return meant(self.script.tasks, step, flow) is None
        waits = step.wait_kind == CHANGED or step.wait_kind.startswith(SIGNAL_PREFIX)
        return waits and step.due_at is None and not self._has_more(step)

    def _has_more(self, step: FlowStep) -> bool:
        """Whether a signal or change is still to come that may be meant."""
        if step.wait_kind == CHANGED:
            return any(not self._is_used("change", 0, at) for at in range(len(self.script.changes)))
        return any(
            not self._is_used("signal", 0, at) and sent.node in ("", step.node_id)
            for at, sent in enumerate(self.script.signals)
        )

    def _is_used(self, what: str, step_id: int, number: int) -> bool:
        return (what, step_id, number) in self._used

    def _flow_of(self, step: FlowStep) -> str:
        return compiled(step.run.flow_version_id).flow_key

    def _waiting_nodes(self) -> tuple[str, ...]:
        return tuple(step.node_id for step in self._waiting() if step.wait_kind != WAIT_KIND)


def _row_for(request: ApprovalRequest, by: object) -> Approval | None:
    """The open row that this person may answer now: the own one, or one they stand in for."""
    rows = request.approvals.filter(status=Status.REQUESTED).select_related(
        "approver", "request__ticket", "via_group"
    )
    if by is None:
        return rows.order_by("pk").first()
    own = rows.filter(Q(approver=by)).order_by("pk").first()
    return own or next((row for row in rows.order_by("pk") if not why_not(by, row)), None)  # type: ignore[arg-type] # a person


def _answer_of(reply: Reply) -> dict[str, object] | Exception:
    if reply.error:
        return CallFailedError(reply.error, code="unreachable", retryable=reply.retryable)
    status = reply.answer.get("status")
    if isinstance(status, int) and status >= 400:
        may_help = status >= 500 or status in (408, 429)
        return CallFailedError(f"HTTP {status}", code=f"http_{status}", retryable=may_help)
    return reply.answer


def _nothing() -> None:
    """Only time passes."""
