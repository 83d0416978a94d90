"""Record triggers run in the writer's transaction, in order, and stop loops (PITFALLS P-29)."""

from __future__ import annotations

import pytest
from django.db import transaction

from core.models import OutboxEvent
from incidents.models import Incident
from incidents.services import cancel_incident
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, graph_of, make_flow
from tickets.models import Activity
from tickets.services import add_comment, update_ticket
from workflows import published, services
from workflows.models import FlowRun, FlowSignal

LOG = {"kind": "log", "message": "{{ ticket.number }}"}


@pytest.fixture(autouse=True)
def _fresh_triggers():
    """Triggers of other tests are gone with their rows."""
    published.forget()
    yield
    published.forget()


def make_trigger(nodes=None, **trigger):
    values = {"kind": "record", "type": "incident", "on": "create"} | trigger
    return make_flow(nodes or {"a": LOG}, trigger=values)


def runs():
    return list(FlowRun.objects.order_by("pk").values_list("flow_version__flow__key", flat=True))


@pytest.mark.django_db
def test_opening_a_fitting_ticket_starts_the_flow_in_the_same_transaction():
    version = make_trigger(**{"if": {"f": "priority", "op": "lte", "v": 2}})
    urgent = make_incident(impact=1, urgency=2)  # the flow that ships for priority 1 has no part in this
    make_incident(impact=3, urgency=3)
    [run] = FlowRun.objects.all()
    assert (run.flow_version, run.ticket_id, run.dedupe_key) == (version, urgent.pk, f"record:{urgent.pk}")
    point = transaction.savepoint()
    make_incident(impact=1, urgency=2)
    assert FlowRun.objects.count() == 2
    transaction.savepoint_rollback(point)
    assert FlowRun.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("on", "opened", "changed"), [("create", 1, 1), ("update", 0, 1), ("both", 1, 1)])
def test_a_trigger_looks_at_the_writes_it_names(on, opened, changed):
    make_trigger(on=on)
    incident = make_incident()
    assert FlowRun.objects.count() == opened
    update_ticket(incident.pk, actor=AgentFactory(), title="Other")
    assert FlowRun.objects.count() == changed


@pytest.mark.django_db
@pytest.mark.parametrize(("once", "count"), [("record", 1), ("record_value", 2), ("none", 3)])
def test_how_often_a_ticket_starts_the_flow(once, count):
    make_trigger(on="update", once=once, **{"if": {"f": "urgency", "op": "lte", "v": 3}})
    incident, agent = make_incident(urgency=3), AgentFactory()
    for fields in ({"urgency": 2}, {"urgency": 1}, {"title": "Other"}):
        update_ticket(incident.pk, actor=agent, **fields)
    assert FlowRun.objects.count() == count


@pytest.mark.django_db
def test_changed_is_told_from_the_old_values_and_a_comment_is_no_change():
    make_trigger(on="update", once="none", **{"if": {"f": "urgency", "op": "changed_to", "v": 1}})
    incident, agent = make_incident(), AgentFactory()
    update_ticket(incident.pk, actor=agent, title="Other")
    assert runs() == []
    update_ticket(incident.pk, actor=agent, urgency=1)
    assert len(runs()) == 1
    add_comment(incident.pk, actor=agent, body="Hello")
    assert len(runs()) == 1


@pytest.mark.django_db
@pytest.mark.pitfall("P-29")
def test_two_triggers_start_in_their_order():
    late = make_trigger(order=20)
    early = make_trigger(order=10)
    make_incident()
    assert runs() == [early.flow.key, late.flow.key]


@pytest.mark.django_db
@pytest.mark.pitfall("P-29")
def test_flows_that_undo_each_other_are_stopped_and_reported():
    for seen, wanted in ((1, 2), (2, 1)):
        condition = {"f": "urgency", "op": "eq", "v": seen}
        nodes = {"a": {"kind": "update_record", "set": {"urgency": wanted}}}
        make_trigger(nodes, on="both", once="none", **{"if": condition})
    incident = make_incident(urgency=1)
    go()
    assert len(runs()) <= 8
    stopped = OutboxEvent.objects.filter(name="automation.loop_stopped")
    assert stopped.count() == 1
    assert stopped.get().payload["ticket_id"] == incident.pk
    assert not FlowRun.objects.exclude(status="completed").exists()


@pytest.mark.django_db
def test_a_flow_may_open_another_ticket_that_fits_its_own_trigger_a_few_times_only():
    make_trigger({"a": {"kind": "create_task", "type": "incident", "title": "Again"}})
    make_incident()
    for _turn in range(20):
        go()
    assert Incident.objects.count() <= 9
    assert OutboxEvent.objects.filter(name="automation.loop_stopped").count() == 1


@pytest.mark.django_db
def test_a_retired_or_replaced_trigger_starts_nothing():
    version = make_trigger()
    make_incident()
    services.retire(version.flow.key, actor=None)
    make_incident()
    assert len(runs()) == 1
    make_flow({"a": LOG}, key=version.flow.key, trigger={"kind": "manual"})
    make_incident()
    assert len(runs()) == 1


@pytest.mark.django_db
def test_triggers_cost_a_write_nothing_while_they_are_fresh(django_assert_num_queries):
    version = make_trigger(**{"if": {"f": "priority", "op": "eq", "v": 1}})
    make_incident()
    with django_assert_num_queries(0):
        found = {trigger.flow_version_id for trigger in published.triggers_of("incident")}
        assert version.pk in found
        assert published.triggers_of("change") == []


@pytest.mark.django_db
def test_a_closed_ticket_leaves_a_signal_only_when_a_step_waits_for_it():
    make_incident("closed")
    assert not FlowSignal.objects.exists()
    graph = graph_of({"do": {"kind": "create_task", "type": "incident", "title": "x", "wait": "closed"}})
    draft = services.save_draft(actor=None, key=graph["key"], graph=graph)
    services.publish(draft.pk, actor=None)
    run = services.start_run(graph["key"], ticket=make_incident())
    go()
    task = Incident.objects.get(pk=run.steps.get().output["ticket_id"])
    update_ticket(task.pk, actor=AgentFactory(), urgency=1)
    assert not FlowSignal.objects.exists()
    cancel_incident(task.pk, actor=None, reason_text="x")
    assert FlowSignal.objects.get().correlation_key == task.number
    go()
    assert fresh(run).status == "completed"
    assert Activity.objects.filter(verb="flow_started", ticket=run.ticket_id).count() == 1
