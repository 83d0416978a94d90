"""Cancelling at each kind of waiting takes questions and tasks along, and never waits for a run's lock."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals.models import Approval, ApprovalRequest
from core.errors import NotAllowedError, WrongStateError
from core.models import OutboxEvent
from incidents import services as incident_services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_run, statuses
from tickets.models import Activity
from workflows import executor, services

ASK = {"kind": "approval", "approvers": [{"manager": 1}], "on_empty": "fail"}
TASK = {"kind": "create_task", "type": "incident", "title": "Check", "wait": "closed"}
WAIT = {"kind": "wait_duration", "for": {"after": "P1D"}}


def ended():
    return [row.payload["outcome"] for row in OutboxEvent.objects.filter(name="flow.ended").order_by("pk")]


@pytest.mark.django_db
@pytest.mark.parametrize("node", [ASK, TASK, WAIT], ids=["approval", "task", "time"])
def test_a_waiting_run_is_cancelled_with_what_it_asked_for(node):
    ticket = make_incident(requester=UserFactory(manager=UserFactory()))
    run = make_run({"a": node}, ticket=ticket)
    go()
    assert statuses(run) == {"a": "waiting"}
    assert services.cancel_runs(ticket, actor=None, reason="Not wanted any more") == 1
    services.cancel_runs(ticket, actor=None)
    assert fresh(run).status == "waiting"
    go()
    assert (fresh(run).status, fresh(run).outcome, statuses(run)) == (
        "cancelled",
        "cancelled",
        {"a": "cancelled"},
    )
    assert ended() == ["cancelled"]
    assert services.cancel_runs(ticket, actor=None) == 0
    assert not ApprovalRequest.objects.filter(status="requested").exists()
    assert not Approval.objects.filter(status="requested").exists()
    for task in Incident.objects.exclude(pk=ticket.pk):
        assert (task.state, task.close_notes) == ("cancelled", "Not wanted any more")
    go()
    assert ended() == ["cancelled"]


@pytest.mark.django_db
def test_tasks_nobody_waited_for_are_taken_back_and_closed_ones_stay():
    ticket = make_incident()
    run = make_run(
        {
            "open": {**TASK, "wait": None, "next": "closed"},
            "closed": {**TASK, "wait": None, "next": "a"},
            "a": WAIT,
        },
        ticket=ticket,
    )
    go()
    first, second = Incident.objects.exclude(pk=ticket.pk).order_by("pk")
    agent = AgentFactory()
    incident_services.cancel_incident(second.pk, actor=agent, reason_text="Sent twice")
    services.cancel_runs(ticket, actor=None)
    go()
    assert fresh(run).status == "cancelled"
    assert [Incident.objects.get(pk=each.pk).closed_by for each in (first, second)] == [None, agent]
    assert Incident.objects.get(pk=first.pk).state == "cancelled"


@pytest.mark.django_db
def test_a_run_asked_to_cancel_makes_no_further_step():
    ticket = make_incident()
    run = make_run({"a": {"kind": "log", "message": "x"}}, ticket=ticket)
    services.cancel_runs(ticket, actor=None)
    executor.run_ready(limit=10)
    assert fresh(run).status == "cancelled"
    assert not Activity.objects.filter(verb="flow_log").exists()


@pytest.mark.django_db
def test_a_stopped_run_can_be_cancelled_by_an_operator_only():
    run = make_run({"ask": ASK})
    go()
    assert fresh(run).status == "suspended"
    with pytest.raises(NotAllowedError):
        services.cancel_run(run.pk, actor=AgentFactory())
    admin = UserFactory(roles=["config_admin"])
    services.cancel_run(run.pk, actor=admin, reason="Nobody to ask")
    go()
    assert (fresh(run).status, fresh(run).error) == ("cancelled", None)
    with pytest.raises(WrongStateError):
        services.cancel_run(run.pk, actor=admin)


@pytest.mark.django_db
def test_what_cannot_be_taken_back_does_not_keep_the_run_alive(monkeypatch):
    ticket = make_incident()
    run = make_run({"a": TASK}, ticket=ticket)
    go()
    monkeypatch.setattr("workflows.nodes.working.edges_from", lambda _ticket: [])
    services.cancel_runs(ticket, actor=None)
    go()
    assert fresh(run).status == "cancelled"
    assert run.steps.get().error["code"] == "node_failed"


@pytest.mark.django_db
def test_a_timer_of_a_cancelled_run_never_fires():
    ticket = make_incident()
    run = make_run({"a": WAIT}, ticket=ticket)
    go()
    services.cancel_runs(ticket, actor=None)
    go()
    run.steps.update(due_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert executor.fire_timers(limit=10) == 0
