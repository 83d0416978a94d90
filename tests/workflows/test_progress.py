"""What requesters and agents see of runs, and that it costs the same for any number (DOMAIN DF-40)."""

from __future__ import annotations

import pytest
from django.utils import translation

from approvals.models import ApprovalRequest
from core.errors import NotAllowedError
from core.models import OutboxEvent
from incidents import services as incident_services
from incidents.models import Incident
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    DepartmentFactory,
    GroupFactory,
    UserFactory,
)
from tests.factories.approvals import answer
from tests.factories.incidents import make_incident
from tests.factories.workflows import go, make_flow, make_run
from workflows import services
from workflows.selectors import (
    approvers_ahead,
    asks_approval,
    failed_steps,
    flow_exists,
    progress_for,
    progress_for_many,
    run_history,
    standing_of,
    standings,
)

STAGES = [
    {"id": "approval", "label": {"ko": "승인", "en": "Approval"}},
    {"id": "work", "label": {"ko": "처리", "en": "Work"}},
    {"id": "ready", "label": {"ko": "수령", "en": "Ready"}},
]


def nodes(team):
    return {
        "ask": {"kind": "approval", "stage": "approval", "approvers": [{"manager": 1}], "on_empty": "fail",
                "due": {"after": "P2D"}, "on_due": "remind", "next": "dec"},
        "dec": {"kind": "branch", "cases": [{"if": {"f": "steps.ask.outcome", "op": "eq", "v": "approved"},
                                             "to": "do"}], "default": "no"},
        "do": {"kind": "create_task", "stage": "work", "type": "incident", "title": "Check",
               "assign": {"group": team.key}, "wait": "closed", "label": {"ko": "점검", "en": "Check-up"},
               "next": "tell"},
        "tell": {"kind": "notify", "stage": "ready", "template": "x", "to": [{"path": "requester"}]},
        "no": {"kind": "end", "outcome": "rejected"},
    }  # fmt: skip


def start(**parts):
    manager = UserFactory(name_en="Hana Lee", name_ko="이하나")
    ticket = parts.pop("ticket", None) or make_incident(requester=UserFactory(manager=manager))
    team = GroupFactory(name_en="Purchasing", name_ko="구매팀")
    run = make_run(nodes(team), ticket=ticket, stages=STAGES, **parts)
    go()
    return run, ticket, ticket.requester.manager


def finish(incident):
    """Walk the incident to its good end."""
    agent = AgentFactory(groups=[incident.group])
    incident_services.start_incident(incident.pk, actor=agent)
    words = {"close_code": "solution_provided", "close_notes": "Restarted"}
    incident_services.resolve_incident(incident.pk, actor=agent, **words)
    incident_services.close_incident(incident.pk, actor=None)


def seen(ticket):
    return [(stage.id, stage.state, stage.waiting_for) for stage in progress_for(ticket)]


@pytest.mark.django_db
def test_each_stage_says_where_it_stands_and_who_has_it():
    with translation.override("en"):
        run, ticket, manager = start()
        assert seen(ticket) == [
            ("approval", "now", ("Hana Lee",)),
            ("work", "todo", ()),
            ("ready", "todo", ()),
        ]
        first = progress_for(ticket)[0]
        request = ApprovalRequest.objects.get()
        assert (first.due, first.label, first.label_ko) == (request.due_at, "Approval", "승인")
        assert first.since == run.steps.get().started_at
        answer(request, manager)
        go()
        assert seen(ticket) == [
            ("approval", "done", ()),
            ("work", "now", ("Purchasing",)),
            ("ready", "todo", ()),
        ]
        assert progress_for(ticket)[0].since == run.steps.get(node_id="ask").done_at
        finish(Incident.objects.exclude(pk=ticket.pk).get())
        go()
        assert [state for _id, state, _who in seen(ticket)] == ["done", "done", "done"]
    stages = [
        row.payload["stage"] for row in OutboxEvent.objects.filter(name="flow.stage_changed").order_by("pk")
    ]
    assert stages == ["approval", "work", "ready"]


@pytest.mark.django_db
def test_a_declined_request_shows_where_it_ended_and_why():
    _run, ticket, manager = start()
    answer(ApprovalRequest.objects.get(), manager, "rejected")
    go()
    assert [state for _id, state, _who in seen(ticket)] == ["failed", "skipped", "skipped"]
    standing = standing_of(ticket)
    assert (standing.outcome, standing.reason, standing.is_open, standing.is_past_approval) == (
        "rejected",
        "Too expensive",
        False,
        False,
    )


@pytest.mark.django_db
def test_a_cancelled_run_has_no_stage_that_is_now():
    _run, ticket, _manager = start()
    services.cancel_runs(ticket, actor=None)
    go()
    assert [state for _id, state, _who in seen(ticket)] == ["skipped", "skipped", "skipped"]


@pytest.mark.django_db
def test_a_stopped_run_shows_its_stage_as_failed():
    _run, ticket, _manager = start(ticket=make_incident(requester=UserFactory()))
    assert [state for _id, state, _who in seen(ticket)] == ["failed", "todo", "todo"]
    assert standing_of(ticket).is_open is True


@pytest.mark.django_db
def test_the_standing_knows_when_approvals_are_over():
    _run, ticket, manager = start()
    assert standing_of(ticket).is_past_approval is False
    answer(ApprovalRequest.objects.get(), manager)
    go()
    standing = standing_of(ticket)
    assert (standing.is_past_approval, standing.is_open, standing.stage, standing.outcome) == (
        True,
        True,
        "work",
        "",
    )


@pytest.mark.django_db
def test_the_newest_run_counts_and_a_ticket_without_one_has_no_stages():
    _run, ticket, _manager = start()
    newer, _same, _manager = start(ticket=ticket)
    assert standing_of(ticket).run_id == newer.pk
    other = make_incident()
    assert (progress_for(other), standing_of(other)) == ([], None)


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [2, 20])
def test_stages_cost_the_same_for_any_number_of_tickets(rows, django_assert_num_queries):
    manager, team = UserFactory(), GroupFactory()
    version = make_flow(nodes(team), stages=STAGES)
    tickets = [make_incident(requester=UserFactory(manager=manager)) for _ in range(rows)]
    for ticket in tickets:
        services.start_run(version.flow.key, ticket=ticket)
    go()
    for ticket in tickets[: rows // 2]:
        answer(ApprovalRequest.objects.get(ticket=ticket), manager)
    go()
    ids = [ticket.pk for ticket in tickets]
    with django_assert_num_queries(6):
        found = progress_for_many(ids)
    assert [stage.state for stage in found[ids[0]]] == ["done", "now", "todo"]
    assert [stage.state for stage in found[ids[-1]]] == ["now", "todo", "todo"]
    with django_assert_num_queries(2):
        assert len(standings(ids)) == rows
    with django_assert_num_queries(2):
        assert len(run_history(tickets[0])) == 1


@pytest.mark.django_db
def test_agents_read_every_step_and_what_it_waits_for():
    run, ticket, manager = start()
    with translation.override("en"):
        [view] = run_history(ticket)
        [step] = view.steps
        assert (view.run.pk, view.version_no, step.node_id, step.status, step.waits_for) == (
            run.pk, 1, "ask", "waiting", "a decision",
        )  # fmt: skip
        answer(ApprovalRequest.objects.get(), manager)
        go()
        steps = run_history(ticket)[0].steps
    assert [(each.node_id, each.label) for each in steps] == [
        ("ask", "ask"),
        ("dec", "dec"),
        ("do", "Check-up"),
    ]
    assert steps[2].waits_for == f"the end of {Incident.objects.exclude(pk=ticket.pk).get().number}"
    assert steps[0].output["decided_by"] == manager.username


@pytest.mark.django_db
def test_failed_steps_are_for_operators_of_the_company():
    run, _ticket, _manager = start(ticket=make_incident(requester=UserFactory()))
    admin = UserFactory(roles=["config_admin"])
    assert [step.run_id for step in failed_steps(admin)] == [run.pk]
    assert list(failed_steps(UserFactory(roles=["config_admin"], company=CompanyFactory()))) == []
    with pytest.raises(NotAllowedError):
        failed_steps(AgentFactory())


@pytest.mark.django_db
def test_a_flow_is_known_by_its_key_and_whether_it_asks():
    team = GroupFactory()
    asking = make_flow(nodes(team), stages=STAGES).flow.key
    plain = make_flow({"a": {"kind": "log", "message": "x"}}).flow.key
    assert (flow_exists(asking), flow_exists(plain), flow_exists("nowhere")) == (True, True, False)
    assert (asks_approval(asking), asks_approval(plain), asks_approval("nowhere")) == (True, False, False)


@pytest.mark.django_db
@pytest.mark.parametrize(("price", "asked"), [(1_290_000, ["ask"]), (3_000_000, ["ask", "cfo"])])
def test_whom_an_order_will_ask_is_known_before_it_is_sent(price, asked):
    manager, cfo = (
        UserFactory(name_en="Hana Lee"),
        UserFactory(name_en="Jun Choi", roles=["finance_approver"]),
    )
    person = UserFactory(manager=manager, department=DepartmentFactory())
    given = {"ritm": {"variables": {"price": price}}}
    with translation.override("en"):
        found = approvers_ahead("laptop_request", requester=person, given=given)
    assert [each.node_id for each in found] == asked
    assert found[0].names == ("Hana Lee",)
    if len(found) > 1:
        assert found[1].names == ("Jun Choi",)
    assert cfo.is_active


@pytest.mark.django_db
def test_the_preview_leaves_out_who_may_not_decide():
    boss = UserFactory(name_en="Top Boss")
    away = UserFactory(manager=boss, is_active=False)
    person = UserFactory(manager=away)
    with translation.override("en"):
        [first] = approvers_ahead(
            "laptop_request", requester=person, given={"ritm": {"variables": {"price": 1}}}
        )
    assert first.names == ("Top Boss",)
    assert approvers_ahead("nowhere", requester=person, given={}) == []
