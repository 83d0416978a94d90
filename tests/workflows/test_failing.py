"""Failures are counted, shown and mended; signals are kept until their wait (RELIABILITY RL-15)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import OperationalError

from approvals.models import ApprovalRequest
from core.errors import NotAllowedError, NotVisibleError, WrongStateError
from core.models import AuditLog, OutboxEvent
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.approvals import answer
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_run, output_of, statuses
from tickets.models import Activity
from workflows import executor, nodes, services
from workflows.models import FlowRun, FlowSignal, FlowStep
from workflows.nodes.base import Done, NodeKind

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def logged():
    """What the log steps wrote, in order."""
    return list(Activity.objects.filter(verb="flow_log").order_by("pk").values_list("body", flat=True))


def make_due():
    FlowStep.objects.filter(status="ready").update(run_at=LONG_AGO)


def broken(error):
    """A node kind that always raises."""

    def enter(ctx):
        Activity.objects.create(
            ticket_id=ctx.run.ticket_id, kind="flow", verb="flow_log", body="x", channel="flow"
        )
        raise error

    return NodeKind(key="log", fields=frozenset({"message"}), enter=enter)


@pytest.mark.django_db
def test_a_poison_step_is_undone_tried_five_times_and_then_shown(monkeypatch):
    run = make_run({"a": {"kind": "set", "set": {"x": 1}, "next": "b"}, "b": {"kind": "log", "message": "m"}})
    monkeypatch.setitem(nodes._BY_KEY, "log", broken(ValueError("boom")))
    executor.run_ready(limit=10)
    step = FlowStep.objects.get(run=run, node_id="b")
    assert (step.status, step.attempt, step.error) == ("ready", 1, {"code": "ValueError", "message": "boom"})
    wait = step.run_at - step.started_at
    assert dt.timedelta(seconds=8) <= wait <= dt.timedelta(seconds=13)
    assert statuses(run)["a"] == "done"
    for _turn in range(6):
        make_due()
        executor.run_ready(limit=10)
    step.refresh_from_db()
    assert (step.status, step.attempt) == ("failed", 5)
    assert (fresh(run).status, fresh(run).error["node"]) == ("suspended", "b")
    assert logged() == []
    failed = OutboxEvent.objects.get(name="flow.failed")
    assert failed.payload == {
        "run_id": run.pk,
        "ticket_id": run.ticket_id,
        "step_id": step.pk,
        "node_id": "b",
        "code": "ValueError",
    }
    assert Activity.objects.get(verb="flow_suspended").is_public is False


@pytest.mark.django_db(transaction=True)
def test_what_only_the_commit_refuses_is_undone_and_counted_too(monkeypatch):
    def enter(_ctx):
        Activity.objects.create(ticket_id=0, kind="flow", verb="flow_log", body="x", channel="flow")
        return Done()

    run = make_run({"a": {"kind": "log", "message": "m"}})
    monkeypatch.setitem(nodes._BY_KEY, "log", NodeKind("log", frozenset({"message"}), enter))
    executor.run_batch()
    step = FlowStep.objects.get(run=run)
    assert (step.node_id, step.status, step.attempt, step.error["code"]) == (
        "a",
        "ready",
        1,
        "IntegrityError",
    )
    assert fresh(run).step_count == 0
    assert logged() == []


@pytest.mark.django_db
def test_one_broken_run_does_not_stop_the_others(monkeypatch):
    bad = make_run({"a": {"kind": "log", "message": "m"}})
    good = make_run({"a": {"kind": "set", "set": {"x": 1}}})
    monkeypatch.setitem(nodes._BY_KEY, "log", broken(RuntimeError("boom")))
    executor.run_ready(limit=50)
    assert fresh(good).status == "completed"
    assert statuses(bad) == {"a": "ready"}


@pytest.mark.django_db
def test_what_passes_by_itself_is_tried_again_a_refusal_is_not(monkeypatch):
    run = make_run({"a": {"kind": "log", "message": "m"}})
    monkeypatch.setitem(nodes._BY_KEY, "log", broken(OperationalError("deadlock detected")))
    executor.run_ready(limit=5)
    assert statuses(run) == {"a": "ready"}
    make_due()
    monkeypatch.setitem(nodes._BY_KEY, "log", broken(WrongStateError("no")))
    executor.run_ready(limit=5)
    assert statuses(run) == {"a": "failed"}


@pytest.mark.django_db
def test_an_error_edge_takes_the_run_round():
    run = make_run(
        {
            "a": {"kind": "create_task", "type": "incident", "title": "x", "assign": {"group": "nowhere"},
                  "on_error": "note", "next": "fin"},
            "note": {"kind": "log", "message": "by hand"},
        }
    )  # fmt: skip
    go()
    assert (fresh(run).status, logged()) == ("completed", ["by hand"])
    assert statuses(run)["a"] == "failed"
    assert not OutboxEvent.objects.filter(name="flow.failed").exists()


@pytest.mark.django_db
def test_an_operator_tries_a_failed_step_again():
    run = make_run(
        {"a": {"kind": "create_task", "type": "incident", "title": "x", "assign": {"group": "net"}}}
    )
    go()
    step = FlowStep.objects.get(run=run)
    assert fresh(run).status == "suspended"
    GroupFactory(key="net")
    go()
    assert fresh(run).status == "suspended"
    admin = UserFactory(roles=["config_admin"])
    for other, refusal in (
        (AgentFactory(), NotAllowedError),
        (UserFactory(roles=["config_admin"], company=CompanyFactory()), NotVisibleError),
    ):
        with pytest.raises(refusal):
            services.retry_step(step.pk, actor=other)
    services.retry_step(step.pk, actor=admin)
    go()
    assert (fresh(run).status, fresh(run).error) == ("completed", None)
    with pytest.raises(WrongStateError):
        services.retry_step(step.pk, actor=admin)
    assert AuditLog.objects.get(action="flow_retried").actor_id == admin.pk
    assert OutboxEvent.objects.filter(name="flow.resumed").count() == 1


@pytest.mark.django_db
def test_a_kind_of_a_newer_version_is_parked_and_not_counted(monkeypatch):
    run = make_run({"a": {"kind": "log", "message": "m"}})
    with monkeypatch.context() as patch:
        patch.delitem(nodes._BY_KEY, "log")
        executor.run_ready(limit=5)
    step = FlowStep.objects.get(run=run)
    assert (step.status, step.attempt, step.error["code"]) == ("ready", 0, "unknown_kind")
    assert step.run_at - step.started_at > dt.timedelta(seconds=50)
    make_due()
    executor.run_ready(limit=5)
    assert fresh(run).status == "completed"


@pytest.mark.django_db
def test_a_signal_that_comes_before_its_wait_is_kept_and_matched():
    ticket = make_incident(requester=UserFactory(manager=UserFactory()))
    ask = {"kind": "approval", "approvers": [{"manager": 1}], "on_empty": "fail"}
    run = make_run({"ask": ask}, ticket=ticket)
    executor.run_ready(limit=5)
    step = FlowStep.objects.get(run=run)
    key, request = step.wait_key, ApprovalRequest.objects.get()
    FlowStep.objects.filter(pk=step.pk).update(wait_key="not yet")
    answer(request, request.approvals.get().approver)
    go()
    assert statuses(run) == {"ask": "waiting"}
    assert FlowSignal.objects.get(correlation_key=key).consumed_at is None
    FlowStep.objects.filter(pk=step.pk).update(wait_key=key)
    go()
    assert fresh(run).status == "completed"
    assert FlowSignal.objects.get(correlation_key=key).consumed_by_step_id == step.pk


@pytest.mark.django_db
def test_a_signal_told_twice_wakes_once_and_a_false_one_changes_nothing():
    ticket = make_incident(requester=UserFactory(manager=UserFactory()))
    ask = {"kind": "approval", "approvers": [{"manager": 1}], "on_empty": "fail"}
    run = make_run({"ask": ask}, ticket=ticket)
    go()
    key = FlowStep.objects.get(run=run).wait_key
    for _copy in range(2):
        services.keep_signal("approval.decided", key, {"outcome": "approved"}, source="test", source_id="1")
    assert FlowSignal.objects.count() == 1
    go()
    assert statuses(run) == {"ask": "waiting"}
    assert fresh(run).status == "waiting"
    answer(ApprovalRequest.objects.get(), ticket.requester.manager)
    go()
    assert output_of(run, "ask")["outcome"] == "approved"


@pytest.mark.django_db
def test_a_run_that_nothing_can_move_is_shown():
    run = make_run({"a": {"kind": "log", "message": "m"}})
    FlowStep.objects.filter(run=run).update(status="cancelled", done_at=LONG_AGO)
    FlowRun.objects.filter(pk=run.pk).update(started_at=LONG_AGO)
    assert executor.find_stuck(limit=10) == 1
    assert executor.find_stuck(limit=10) == 0
    assert (fresh(run).status, fresh(run).error["code"]) == ("suspended", "stuck")
    assert OutboxEvent.objects.get(name="flow.failed").payload["code"] == "stuck"
