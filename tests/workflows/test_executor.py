"""The protocol: one transaction per batch, every effect once, failures counted and shown (DOMAIN 3.3)."""

from __future__ import annotations

import datetime as dt
import random
import threading
from collections import Counter

import pytest
from django.db import connection

from approvals.models import ApprovalRequest
from core import failpoints, sweep
from core.models import OutboxEvent
from incidents.models import Incident
from tests.factories.accounts import UserFactory
from tests.factories.approvals import answer
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_flow, make_run, statuses
from tickets.models import Activity
from workflows import batch, executor, services
from workflows.models import FlowRun, FlowStep

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


class KilledError(BaseException):
    """What kill -9 looks like from inside: nothing catches it, the connection's work is undone."""


def logs(count):
    """A chain of so many internal steps, each with one effect."""
    chain = {f"n{i}": {"kind": "log", "message": str(i), "next": f"n{i + 1}"} for i in range(count - 1)}
    return {**chain, f"n{count - 1}": {"kind": "log", "message": str(count - 1)}}


def logged():
    """What the log steps wrote, in order."""
    return list(Activity.objects.filter(verb="flow_log").order_by("pk").values_list("body", flat=True))


def make_due():
    FlowStep.objects.filter(status="ready").update(run_at=LONG_AGO)


@pytest.mark.django_db
def test_a_run_begins_with_its_first_step_and_nothing_else():
    starter, ticket = UserFactory(), make_incident()
    version = make_flow(logs(2), key="greet")
    run = services.start_run("greet", ticket=ticket, actor=starter, vars={"x": 1})
    assert (run.flow_version, run.status, run.vars, run.started_by) == (version, "running", {"x": 1}, starter)
    assert statuses(run) == {"n0": "ready"}
    assert OutboxEvent.objects.get(name="flow.started").payload == {
        "run_id": run.pk,
        "flow": "greet",
        "ticket_id": ticket.pk,
    }
    row = Activity.objects.get(verb="flow_started")
    assert (row.ticket_id, row.actor, row.is_public) == (ticket.pk, starter, False)
    assert logged() == []


@pytest.mark.django_db
def test_the_same_dedupe_key_gives_the_same_run():
    make_flow(logs(1), key="greet")
    ticket = make_incident()
    one = services.start_run("greet", ticket=ticket, dedupe_key="ritm:7")
    two = services.start_run("greet", ticket=ticket, dedupe_key="ritm:7")
    other = services.start_run("greet", ticket=ticket)
    assert one.pk == two.pk != other.pk
    assert OutboxEvent.objects.filter(name="flow.started").count() == 2


@pytest.mark.django_db
def test_an_unknown_draft_retired_or_switched_off_flow_does_not_start():
    make_flow(logs(1), key="old")
    services.retire("old", actor=None)
    off = make_flow(logs(1), key="off")
    type(off.flow).objects.filter(pk=off.flow_id).update(enabled=False)
    for key in ("nowhere", "old", "off"):
        with pytest.raises(services.NoSuchFlowError):
            services.start_run(key, ticket=make_incident())
    assert not FlowRun.objects.exists()


@pytest.mark.django_db
def test_internal_steps_of_a_run_share_a_transaction_up_to_the_limit(monkeypatch):
    monkeypatch.setattr(batch, "BATCH_SECONDS", 60)
    run = make_run(logs(30))
    assert executor.run_batch() == batch.BATCH_NODES
    assert len(logged()) == batch.BATCH_NODES
    assert fresh(run).status == "running"
    assert executor.run_batch() == 31 - batch.BATCH_NODES
    assert executor.run_batch() == 0
    assert (fresh(run).status, fresh(run).step_count) == ("completed", 31)
    assert logged() == [str(i) for i in range(30)]


@pytest.mark.django_db
def test_a_batch_ends_when_its_time_is_over(monkeypatch):
    monkeypatch.setattr(batch, "BATCH_SECONDS", 0)
    make_run(logs(3))
    assert executor.run_batch() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("count", [2, 20])
def test_a_batch_costs_the_same_statements_for_few_and_many_steps(django_assert_num_queries, count):
    make_run(logs(count))
    with django_assert_num_queries(13):  # two of them tell the planner how to find the step
        executor.run_batch()


@pytest.mark.django_db
def test_what_steps_tell_keeps_their_order():
    """Rows that steps keep are stored before those of a step that writes by itself, and before the end."""
    ticket = make_incident()
    run = make_run(
        {
            "first": {"kind": "log", "message": "one", "next": "tell"},
            "tell": {
                "kind": "notify",
                "template": "flow_note",
                "to": [{"path": "requester"}],
                "next": "write",
            },
            "write": {"kind": "update_record", "set": {"title": "Two"}, "next": "last"},
            "last": {"kind": "log", "message": "three"},
        },
        ticket=ticket,
    )
    before = Activity.objects.order_by("-pk").first().pk
    executor.run_batch()
    assert fresh(run).status == "completed"
    rows = Activity.objects.filter(ticket_id=ticket.pk, pk__gt=before).order_by("pk")
    assert [row.body or row.verb for row in rows] == ["one", "updated", "three"]
    told = OutboxEvent.objects.filter(name__in=["flow.notice", "incident.updated", "flow.ended"])
    assert list(told.order_by("pk").values_list("name", flat=True)) == [
        "flow.notice", "incident.updated", "flow.ended",
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.pitfall("P-44")
@pytest.mark.parametrize("seed", range(8))
def test_random_errors_at_every_boundary_leave_each_effect_once(monkeypatch, seed):
    """A defect before or after the effects of any step: undone, tried again, done once."""
    dice = random.Random(seed)

    def sometimes(name, **_marker):
        if name == "flow_after_effects" and dice.random() < 0.4:
            raise failpoints.FailpointError(name)

    monkeypatch.setattr(batch.failpoints, "hit", sometimes)
    runs = [make_run(logs(6)) for _ in range(3)]
    for _turn in range(200):
        executor.run_ready(limit=100)
        make_due()
        # An operator's patience: what failed five times in a row is tried again.
        for pk in FlowStep.objects.filter(status="failed").values_list("pk", flat=True):
            services.retry_step(pk, actor=None)
        if not FlowRun.objects.exclude(status="completed").exists():
            break
    assert [fresh(run).status for run in runs] == ["completed"] * 3
    assert Counter(logged()) == {str(i): 3 for i in range(6)}
    assert FlowStep.objects.filter(status="done").count() == 3 * 7


@pytest.mark.django_db(transaction=True)
@pytest.mark.pitfall("P-44")
@pytest.mark.parametrize("seed", range(4))
def test_a_process_that_dies_anywhere_leaves_no_trace_and_nothing_is_lost(monkeypatch, seed):
    """DF-70 in one process: death at random points, then the next worker goes on."""
    dice = random.Random(seed)
    monkeypatch.setattr(batch, "BATCH_NODES", 3)

    def sometimes(name, **_marker):
        if dice.random() < 0.4:
            raise KilledError

    manager = UserFactory()
    ticket = make_incident(requester=UserFactory(manager=manager))
    ask = {"kind": "approval", "approvers": [{"manager": 1}], "on_empty": "fail", "next": "n0"}
    do = {"kind": "create_task", "type": "incident", "title": "Check", "next": "tell"}
    tell = {"kind": "notify", "template": "x", "to": [{"path": "requester"}]}
    graph = {"ask": ask, **logs(4), "do": do, "tell": tell}
    graph["n3"] = {**graph["n3"], "next": "do"}
    run = make_run(graph, ticket=ticket)
    deaths = 0
    with monkeypatch.context() as patch:
        patch.setattr(batch.failpoints, "hit", sometimes)
        for _turn in range(200):
            try:
                executor.run_ready(limit=100)
                executor.match_signals(limit=100)
            except KilledError:
                deaths += 1
            request = ApprovalRequest.objects.filter(status="requested").first()
            if request is not None:
                answer(request, manager)
                [event] = OutboxEvent.objects.filter(name="approval.decided")
                services.keep_signal(
                    "approval.decided",
                    str(request.public_id),
                    {},
                    source="event",
                    source_id=str(event.public_id),
                )
            if fresh(run).status == "completed":
                break
    assert deaths > 0
    assert fresh(run).status == "completed"
    assert logged() == ["0", "1", "2", "3"]
    assert ApprovalRequest.objects.count() == 1
    assert Incident.objects.count() == 2
    assert OutboxEvent.objects.filter(name="flow.notice").count() == 1
    assert OutboxEvent.objects.filter(name="flow.ended").count() == 1
    assert set(statuses(run).values()) == {"done"}


@pytest.mark.django_db(transaction=True)
def test_many_workers_on_few_runs_do_every_step_once():
    runs = [make_run(logs(12)) for _ in range(4)]
    problems: list[BaseException] = []

    def work():
        try:
            for _turn in range(60):
                executor.run_ready(limit=7)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            problems.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    executor.run_ready(limit=1000)
    assert problems == []
    assert [fresh(run).status for run in runs] == ["completed"] * 4
    assert Counter(logged()) == {str(i): 4 for i in range(12)}


@pytest.mark.django_db(transaction=True)
def test_a_step_another_worker_has_is_skipped_not_waited_for():
    make_run(logs(1))
    inside, leave = threading.Event(), threading.Event()

    def hold():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(batch.failpoints, "hit", lambda _name, **_marker: (inside.set(), leave.wait(30)))
            executor.run_batch()
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    assert inside.wait(30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batch.failpoints, "hit", lambda _name: None)
        assert executor.run_batch() == 0
    leave.set()
    thread.join(30)
    assert logged() == ["0"]


@pytest.mark.django_db
def test_a_run_of_too_many_steps_is_stopped(monkeypatch):
    monkeypatch.setattr(batch, "MAX_STEPS", 3)
    run = make_run(logs(5))
    go()
    assert (fresh(run).status, len(logged())) == ("suspended", 3)


@pytest.mark.django_db
def test_old_runs_stay_on_their_version():
    version = make_flow({"a": {"kind": "log", "message": "old"}}, key="greet")
    run = services.start_run("greet", ticket=make_incident())
    make_flow({"a": {"kind": "log", "message": "new"}}, key="greet")
    later = services.start_run("greet", ticket=make_incident())
    go()
    version.refresh_from_db()
    assert version.status == "retired"
    assert logged() == ["old", "new"]
    assert run.flow_version_id != later.flow_version_id


@pytest.mark.django_db
def test_steps_speak_the_language_of_the_company():
    ticket = make_incident(requester=UserFactory(name_ko="박민서", name_en="Minseo Park"))
    type(ticket.company).objects.filter(pk=ticket.company_id).update(language="en")
    words = {"ko": "안녕 {{ requester.name }}", "en": "Hi {{ requester.name }}"}
    make_run({"a": {"kind": "log", "message": words}}, ticket=ticket)
    go()
    assert logged() == ["Hi Minseo Park"]


@pytest.mark.django_db
def test_the_sweep_cancels_before_it_goes_on():
    steps = sweep.steps()
    wanted = [executor.cancel_asked, executor.match_signals, executor.fire_timers, executor.run_ready]
    assert [step for step in steps if step in wanted] == wanted
    assert executor.find_stuck in steps
