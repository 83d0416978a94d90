"""Calls to other systems: one key, a lease, a fence; a call nobody saw the end of is made again (RL-13)."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import DomainError
from tests.factories.workflows import fresh, go, make_run, output_of, statuses
from workflows import calling, executor, inflight, nodes, services
from workflows.models import FlowStep
from workflows.nodes.base import Call, CallFailedError, Done, NodeKind

PAST = "2020-01-01T00:00:00Z"


class World:
    """The other system of a test: what it was asked, and what it answers."""

    def __init__(self):
        self.asked, self.answers = [], []

    def send(self, prepared, key):
        self.asked.append((prepared, key))
        answer = self.answers.pop(0) if self.answers else {"status": 200}
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def world(monkeypatch):
    """A node kind ``ring`` that talks to it."""
    found = World()
    call = Call(
        send=found.send,
        seconds=lambda _node: 10,
        max_attempts=lambda node: node.get("max", 3),
        at_most_once=lambda node: bool(node.get("once")),
    )
    kind = NodeKind(
        key="ring",
        fields=frozenset({"body", "max", "once"}),
        enter=lambda ctx: Done({"body": ctx.node.get("body", ctx.run.vars.get("x"))}),
        resume=lambda _ctx, answer: Done(answer),
        call=call,
    )
    monkeypatch.setitem(nodes._BY_KEY, "ring", kind)
    monkeypatch.setattr(nodes, "OUTSIDE", frozenset({"ring"}))
    return found


def ring(**more):
    got = {"kind": "set", "set": {"got": {"path": "steps.r.output.status"}}}
    return {"r": {"kind": "ring", "body": "hi", "next": "after", **more}, "after": got}


def due():
    FlowStep.objects.filter(status="ready").update(run_at=PAST)


@pytest.mark.django_db
def test_a_call_is_made_and_the_run_goes_on_with_its_answer(world):
    run = make_run(ring())
    go()
    assert world.asked == [({"body": "hi"}, f"{run.public_id}:r::0")]
    assert (fresh(run).status, fresh(run).vars["got"]) == ("completed", 200)
    step = FlowStep.objects.get(run=run, node_id="r")
    assert (step.status, step.attempt, step.lease_token, step.input) == (
        "done",
        1,
        None,
        {"call": {"body": "hi"}},
    )


@pytest.mark.django_db
def test_every_attempt_carries_the_same_key_and_the_same_body(world):
    world.answers = [CallFailedError("down"), OSError("reset"), {"status": 201}]
    run = make_run({"r": {"kind": "ring"}}, given={"x": 1})
    for _turn in range(3):
        go()
        due()
    go()
    assert len({key for _body, key in world.asked}) == 1
    assert [body for body, _key in world.asked] == [{"body": 1}] * 3
    assert (fresh(run).status, output_of(run, "r")) == ("completed", {"status": 201})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answers", "tries", "code"),
    [
        ([CallFailedError("down")] * 9, 3, "call_failed"),
        ([CallFailedError("bad request", code="http_400", retryable=False)], 1, "http_400"),
        ([DomainError("no such connector", code="unknown")], 1, "unknown"),
        ([ValueError("odd")] * 9, 3, "ValueError"),
    ],
)
def test_what_stays_refused_waits_for_an_operator(world, answers, tries, code):
    world.answers = answers
    run = make_run(ring())
    for _turn in range(6):
        go()
        due()
    assert (len(world.asked), fresh(run).status, fresh(run).error["code"]) == (tries, "suspended", code)
    world.answers = []
    services.retry_step(FlowStep.objects.get(status="failed").pk, actor=None)
    go()
    assert fresh(run).status == "completed"


@pytest.mark.django_db
def test_an_error_edge_takes_the_run_round_a_broken_system(world):
    world.answers = [CallFailedError("no", retryable=False)]
    run = make_run({**ring(on_error="note"), "note": {"kind": "log", "message": "by hand", "next": "after"}})
    go()
    assert (fresh(run).status, statuses(run)["note"]) == ("completed", "done")


def claimed(run):
    """The call, claimed by a process that then dies."""
    found = calling._claim()
    step = FlowStep.objects.get(run=run, node_id="r")
    assert step.status == "running"
    FlowStep.objects.filter(pk=step.pk).update(lease_until=PAST)
    return found


@pytest.mark.django_db
def test_a_call_whose_caller_died_is_made_again_with_the_same_key(world):
    run = make_run(ring())
    late = claimed(run)
    go()
    assert (fresh(run).status, world.asked[0][1]) == ("completed", late.key)


@pytest.mark.django_db
def test_a_frozen_caller_that_wakes_up_late_records_nothing(world):
    run = make_run(ring())
    late = claimed(run)
    go()
    assert calling.record(late, {"status": 500}) is False
    assert output_of(run, "r") == {"status": 200}


@pytest.mark.django_db
def test_a_call_that_must_not_be_repeated_waits_for_an_operator(world):
    run = make_run(ring(once=True))
    claimed(run)
    go()
    assert (fresh(run).status, fresh(run).error["code"], world.asked) == ("suspended", "unknown", [])


@pytest.mark.django_db
def test_the_answer_to_a_cancelled_run_is_dropped(world):
    run = make_run(ring())
    late = calling._claim()
    services.cancel_run(run.pk, actor=None)
    executor.cancel_asked(limit=5)
    assert (fresh(run).status, statuses(run)["r"]) == ("cancelled", "cancelled")
    assert calling.record(late, {"status": 200}) is False


@pytest.mark.django_db
def test_a_step_whose_process_died_has_had_a_try(settings, tmp_path):
    """RL-15: what kills its process is not tried for ever."""
    settings.RUN_DIR = tmp_path
    run = make_run({"a": {"kind": "log", "message": "m"}})
    step = FlowStep.objects.get(run=run)
    told = [sys.executable, "-c", "import os; print(os.getpid())"]
    dead = subprocess.run(told, capture_output=True, check=True)
    folder = Path(tmp_path) / "inflight"
    for turn in range(5):
        folder.mkdir(exist_ok=True)
        for pid in (int(dead.stdout), os.getpid()):
            (folder / f"{inflight._host()}={pid}").write_text(str(step.pk).ljust(20), encoding="ascii")
        assert executor.count_killed(limit=10) == 1
        step.refresh_from_db()
        assert step.attempt == turn + 1
    assert (step.status, fresh(run).error["code"]) == ("failed", "ProcessDiedError")
    assert executor.count_killed(limit=10) == 0


@pytest.mark.django_db
def test_all_that_dead_processes_left_is_counted_whatever_a_sweep_takes_at_a_time(settings, tmp_path):
    settings.RUN_DIR = tmp_path
    runs = [make_run({"a": {"kind": "log", "message": "m"}}) for _run in range(3)]
    folder = Path(tmp_path) / "inflight"
    folder.mkdir()
    highest = int(Path("/proc/sys/kernel/pid_max").read_text(encoding="ascii"))
    for number, run in enumerate(runs, start=1):
        left = folder / f"{inflight._host()}={highest + number}"  # no process has such a number
        left.write_text(str(FlowStep.objects.get(run=run).pk), encoding="ascii")
    assert executor.count_killed(limit=1) == 3
    assert list(FlowStep.objects.values_list("attempt", flat=True)) == [1, 1, 1]


@pytest.mark.django_db
def test_a_process_notes_what_it_works_on_and_forgets_it(settings, tmp_path, monkeypatch):
    settings.RUN_DIR = tmp_path
    monkeypatch.setattr(inflight, "_open", {"pid": 0, "fd": -1})
    inflight.note(4711)
    [path] = (Path(tmp_path) / "inflight").iterdir()
    assert (path.name, path.read_text().strip()) == (f"{inflight._host()}={os.getpid()}", "4711")
    inflight.note(5)
    assert path.read_text().strip() == "5"
    inflight.clear()
    assert path.read_text().strip() == ""
