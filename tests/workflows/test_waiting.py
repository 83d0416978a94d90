"""Waits: dates that move, conditions, signals before and after their wait, time-outs (DF-72)."""

from __future__ import annotations

import datetime as dt

import pytest

from core.errors import NotAllowedError, RuleRefusedError
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_run, output_of, statuses
from tickets.services import update_ticket
from workflows import services
from workflows.models import FlowRun, FlowStep

LATE = {"kind": "end", "outcome": "incomplete"}
PAST, FUTURE = "2020-01-01T00:00:00Z", "2096-01-01T00:00:00Z"


def overdue():
    FlowStep.objects.filter(status="waiting").update(due_at=PAST)


@pytest.mark.django_db
def test_a_condition_is_looked_at_when_the_ticket_changes_and_not_before():
    ticket = make_incident(urgency=3)
    wait = {"kind": "wait_condition", "if": {"f": "ticket.urgency", "op": "lte", "v": 1}}
    run = make_run({"w": wait}, ticket=ticket)
    go()
    assert statuses(run) == {"w": "waiting"}
    update_ticket(ticket.pk, actor=None, title="Something else")
    go()
    assert statuses(run) == {"w": "waiting"}
    update_ticket(ticket.pk, actor=None, urgency=1)
    go()
    assert (fresh(run).status, output_of(run, "w")) == ("completed", {"outcome": "met"})


@pytest.mark.django_db
@pytest.mark.parametrize(("edge", "status"), [("late", "completed"), (None, "suspended")])
def test_a_wait_with_a_time_goes_another_way_or_fails(edge, status):
    wait = {"kind": "wait_condition", "if": {"f": "ticket.urgency", "op": "lte", "v": 1},
            "timeout": {"after": "PT1H"}}  # fmt: skip
    wait |= {"on_timeout": edge} if edge else {}
    run = make_run({"w": wait} | ({"late": LATE} if edge else {}), ticket=make_incident(urgency=3))
    go()
    overdue()
    go()
    assert fresh(run).status == status
    assert fresh(run).outcome == ("incomplete" if edge else "")


@pytest.mark.django_db
@pytest.mark.parametrize("first", ["signal", "wait"])
def test_a_signal_is_matched_whether_it_comes_before_or_after_its_wait(first):
    ticket, agent = make_incident(), AgentFactory()
    key = ticket.number
    wait = {"kind": "wait_signal", "name": "delivered", "key": "{{ ticket.number }}"}
    if first == "signal":
        assert services.send_signal("delivered", key, {"box": 7}, actor=agent, source_id="1")
    run = make_run({"w": wait}, ticket=ticket)
    go()
    if first == "wait":
        assert statuses(run) == {"w": "waiting"}
        assert services.send_signal("delivered", key, {"box": 7}, actor=agent, source_id="1")
        assert not services.send_signal("delivered", key, {"box": 8}, actor=agent, source_id="1")
        go()
    assert (fresh(run).status, output_of(run, "w")["payload"]) == ("completed", {"box": 7})


@pytest.mark.django_db
def test_a_signal_wakes_nobody_of_another_company_and_not_everybody_may_send_one():
    ticket = make_incident()
    run = make_run({"w": {"kind": "wait_signal", "name": "x", "key": "{{ ticket.number }}"}}, ticket=ticket)
    go()
    stranger = AgentFactory(company=CompanyFactory())
    services.send_signal("x", ticket.number, {}, actor=stranger, source_id="1")
    go()
    assert statuses(run) == {"w": "waiting"}
    with pytest.raises(NotAllowedError):
        services.send_signal("x", ticket.number, {}, actor=UserFactory(), source_id="2")
    for name, key, body in (
        ("BAD", "k", {}),
        ("run.cancel" * 9, "k", {}),
        ("x", "", {}),
        ("x", "k", {"a": "x" * 20000}),
    ):
        with pytest.raises(RuleRefusedError):
            services.send_signal(name, key, body, actor=AgentFactory(), source_id="3")


@pytest.mark.django_db
def test_nobody_can_send_a_signal_of_the_engine_itself():
    """A signal named like the wish to cancel is another name, whatever run it points at."""
    run = make_run({"w": {"kind": "wait_duration", "for": {"after": "P1D"}}})
    go()
    services.send_signal("run.cancel", str(run.public_id), {}, actor=AgentFactory(), source_id="1")
    go()
    assert fresh(run).status == "waiting"


@pytest.mark.django_db
def test_a_moved_date_moves_the_wait():
    run = make_run(
        {"w": {"kind": "wait_until", "at": {"path": "vars.day"}, "offset": "-PT1H"}},
        given={"day": "2096-03-01T10:00:00+00:00"}, vars={"day": ""},
    )  # fmt: skip
    go()
    step = FlowStep.objects.get(run=run, node_id="w")
    assert step.due_at == dt.datetime(2096, 3, 1, 9, tzinfo=dt.UTC)
    FlowRun.objects.filter(pk=run.pk).update(vars={"day": "2020-01-01"})
    update_ticket(run.ticket_id, actor=None, title="Moved")
    go()
    assert (fresh(run).status, output_of(run, "w")["outcome"]) == ("completed", "reached")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("value", "status"), [("", "suspended"), ("soon", "suspended"), ("2020-02-30", "suspended")]
)
def test_no_date_is_told(value, status):
    wait = {"kind": "wait_until", "at": {"path": "vars.day"}}
    run = make_run({"w": wait}, given={"day": value}, vars={"day": ""})
    go()
    assert (fresh(run).status, fresh(run).error["code"]) == (status, "no_date")


@pytest.mark.django_db
def test_an_empty_date_may_have_a_way_of_its_own():
    wait = {"kind": "wait_until", "at": {"path": "vars.day"}, "on_missing": "late"}
    run = make_run({"w": wait, "late": LATE}, vars={"day": ""})
    go()
    assert fresh(run).outcome == "incomplete"
