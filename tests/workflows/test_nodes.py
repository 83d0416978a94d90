"""Each node kind: what it does, what it waits for, what it hands on."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals.models import Approval, ApprovalRequest
from approvals.services import cancel_request
from core.models import OutboxEvent
from schedules.selectors import business_time
from tests.factories.accounts import DepartmentFactory, GroupFactory, UserFactory
from tests.factories.approvals import answer
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_run, output_of, statuses
from tickets.models import Activity
from workflows.models import FlowStep

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
ASK = {"kind": "approval", "approvers": [{"path": "requester.manager"}], "on_empty": "fail"}


def notices():
    return [row.payload for row in OutboxEvent.objects.filter(name="flow.notice").order_by("pk")]


def with_manager():
    """A requester's incident and the manager."""
    manager = UserFactory()
    return make_incident(requester=UserFactory(manager=manager)), manager


@pytest.mark.django_db
def test_set_gives_variables_their_values_and_types():
    run = make_run(
        {
            "a": {
                "kind": "set",
                "set": {"n": 3, "who": "{{ requester.name }}", "top": {"path": "ticket.priority"}},
                "next": "b",
            },
            "b": {"kind": "set", "set": {"line": "{{ vars.who }}: {{ vars.n }}"}},
        },
        ticket=make_incident(requester=UserFactory(name_ko="박민서"), impact=1, urgency=1),
    )
    go()
    assert fresh(run).vars == {"n": 3, "who": "박민서", "top": 1, "line": "박민서: 3"}
    assert (fresh(run).status, fresh(run).outcome) == ("completed", "done")


@pytest.mark.django_db
def test_declared_variables_are_read_when_the_run_sets_out_and_given_ones_win():
    requester = UserFactory(department=DepartmentFactory(name_ko="영업팀"))
    run = make_run(
        {"a": {"kind": "set", "set": {"line": "{{ vars.dept }} {{ vars.size }}"}}},
        ticket=make_incident(requester=requester),
        given={"size": "large"},
        vars={"dept": {"path": "requester.department.name"}, "size": "small"},
    )
    go()
    assert fresh(run).vars == {"dept": "영업팀", "size": "large", "line": "영업팀 large"}


@pytest.mark.django_db
def test_variables_beyond_their_limit_stop_the_run():
    run = make_run({"a": {"kind": "set", "set": {"x": "{{ vars.long }}{{ vars.long }}"}}},
                   given={"long": "x" * 40_000}, vars={"long": ""})  # fmt: skip
    go()
    assert (fresh(run).status, fresh(run).vars) == ("suspended", {"long": "x" * 40_000})
    assert "64" in fresh(run).error["message"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("amount", "taken"), [(0, "other"), (50, "mid"), (99.9, "mid"), (100, "big"), ("100", "other")]
)
def test_a_branch_takes_the_first_case_that_holds_else_the_default(amount, taken):
    nodes = {name: {"kind": "log", "message": name} for name in ("big", "mid", "other")}
    branch = {
        "kind": "branch",
        "cases": [
            {"if": {"f": "vars.amount", "op": "gte", "v": 100}, "to": "big"},
            {"if": {"f": "vars.amount", "op": "gte", "v": 50}, "to": "mid"},
        ],
        "default": "other",
    }
    run = make_run({"b": branch, **nodes}, given={"amount": amount}, vars={"amount": 0})
    go()
    assert set(statuses(run)) == {"b", taken, "fin"}
    assert Activity.objects.get(verb="flow_log").body == taken


@pytest.mark.django_db
def test_log_is_internal():
    make_run({"a": {"kind": "log", "message": {"ko": "{{ ticket.number }} 확인", "en": "Check"}}})
    go()
    row = Activity.objects.get(verb="flow_log")
    assert (row.kind, row.is_public, row.channel) == ("flow", False, "flow")
    assert row.body == f"{row.ticket.number} 확인"
    assert row.cause_chain[-1].startswith("flow:")


@pytest.mark.django_db
def test_notify_names_people_once_and_no_texts_of_people():
    team = GroupFactory()
    member = UserFactory(groups=[team])
    ticket, manager = with_manager()
    run = make_run(
        {
            "a": {
                "kind": "notify",
                "template": "laptop_ready",
                "to": [
                    {"path": "requester.username"}, {"path": "requester"}, {"path": "requester.manager"},
                    {"group": team.key}, {"user": member.username}, {"manager": 1},
                    {"role": "finance_approver"},
                ],
                "names": {"number": "{{ ticket.number }}", "n": 3},
            }
        },
        ticket=ticket,
    )  # fmt: skip
    go()
    [notice] = notices()
    assert notice == {
        "template": "laptop_ready",
        "user_ids": sorted([ticket.requester_id, manager.pk, member.pk]),
        "ticket_id": ticket.pk,
        "run_id": run.pk,
        "names": {"number": ticket.number, "n": 3},
    }
    assert output_of(run, "a") == {"told": 3}


@pytest.mark.django_db
def test_nobody_to_tell_is_no_error():
    run = make_run({"a": {"kind": "notify", "template": "x", "to": [{"path": "requester.manager"}]}})
    go()
    assert (notices(), fresh(run).status) == ([], "completed")


@pytest.mark.django_db
@pytest.mark.parametrize("decision", ["approved", "rejected"])
def test_approval_asks_waits_and_hands_on_the_decision(decision):
    ticket, manager = with_manager()
    run = make_run({"ask": {**ASK, "title": "{{ ticket.number }}?"}}, ticket=ticket)
    go()
    assert statuses(run) == {"ask": "waiting"}
    assert fresh(run).status == "waiting"
    request = ApprovalRequest.objects.get()
    assert (request.ticket_id, request.title) == (ticket.pk, f"{ticket.number}?")
    answer(request, manager, decision)
    go()
    assert output_of(run, "ask") == {
        "outcome": decision,
        "request": str(request.public_id),
        "reason": "answers",
        "decided_by": manager.username,
        "comment": "Too expensive" if decision == "rejected" else "",
    }
    assert fresh(run).status == "completed"


@pytest.mark.django_db
def test_an_approval_that_is_decided_at_once_does_not_wait():
    run = make_run({"ask": {**ASK, "on_empty": "approve"}})
    go()
    assert output_of(run, "ask")["outcome"] == "approved"
    assert fresh(run).status == "completed"


@pytest.mark.django_db
def test_with_nobody_to_ask_and_fail_the_run_stops_and_says_why():
    run = make_run({"ask": ASK})
    go()
    assert (fresh(run).status, fresh(run).error["code"]) == ("suspended", "no_approver")
    assert not ApprovalRequest.objects.exists()


@pytest.mark.django_db
def test_a_withdrawn_question_is_an_outcome_too():
    ticket, _manager = with_manager()
    run = make_run({"ask": ASK}, ticket=ticket)
    go()
    cancel_request(ApprovalRequest.objects.get().pk, actor=None)
    go()
    assert output_of(run, "ask")["outcome"] == "cancelled"


@pytest.mark.django_db
def test_a_silent_manager_is_escalated_while_the_flow_waits():
    boss = UserFactory()
    manager = UserFactory(manager=boss)
    ticket = make_incident(requester=UserFactory(manager=manager))
    run = make_run(
        {"ask": {**ASK, "due": {"business": "PT16H"}, "on_due": "escalate_manager"}}, ticket=ticket
    )
    go()
    ApprovalRequest.objects.update(next_fire_at=LONG_AGO)
    go()
    assert statuses(run) == {"ask": "waiting"}
    answer(ApprovalRequest.objects.get(), boss)
    go()
    assert output_of(run, "ask")["decided_by"] == boss.username
    assert Approval.objects.get(approver=manager).status == "not_required"


@pytest.mark.django_db
def test_waiting_ends_at_its_time_and_not_before():
    run = make_run({"a": {"kind": "wait_duration", "for": {"after": "PT10M"}}})
    go()
    step = FlowStep.objects.get(run=run)
    assert step.status == "waiting"
    assert abs(step.due_at - step.started_at - dt.timedelta(minutes=10)) < dt.timedelta(seconds=5)
    go()
    assert statuses(run) == {"a": "waiting"}
    FlowStep.objects.filter(pk=step.pk).update(due_at=LONG_AGO)
    go()
    assert fresh(run).status == "completed"


@pytest.mark.django_db
def test_waiting_counts_business_time():
    run = make_run({"a": {"kind": "wait_duration", "for": {"business": "PT90H", "calendar": "kr-office"}}})
    go()
    step = FlowStep.objects.get(run=run)
    counted = business_time("kr-office").elapsed(step.started_at, step.due_at)
    assert 90 * 3600 - counted in range(3)  # from the whole second of the pass, a little before the step
    assert step.due_at - step.started_at > dt.timedelta(days=11)  # ten working days, whatever day it is


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("outcome", "status"),
    [("delivered", "completed"), ("rejected", "completed"), ("incomplete", "completed"),
     ("done", "completed"), ("cancelled", "cancelled"), ("failed", "failed")],
)  # fmt: skip
def test_the_end_tells_its_outcome(outcome, status):
    run = make_run({"a": {"kind": "end", "outcome": outcome}})
    go()
    assert (fresh(run).status, fresh(run).outcome) == (status, outcome)
    event = OutboxEvent.objects.get(name="flow.ended")
    assert event.payload == {
        "run_id": run.pk,
        "run_public_id": str(fresh(run).public_id),
        "ticket_id": run.ticket_id,
        "outcome": outcome,
    }
