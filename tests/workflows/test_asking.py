"""The approval node: stages, watched fields, following a question to its newest round."""

from __future__ import annotations

import pytest
from django.utils import translation

from approvals.models import Approval, ApprovalRequest
from core.errors import RuleRefusedError
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.approvals import answer
from tests.factories.incidents import make_incident
from tests.factories.workflows import fresh, go, make_flow, make_run, output_of, statuses
from tickets.services import update_ticket
from workflows import services
from workflows.models import FlowStep
from workflows.nodes.asking import approvers_of, stages_of

pytestmark = pytest.mark.django_db
ASK = {"kind": "approval", "approvers": [{"path": "requester.manager"}], "on_empty": "fail"}


def people():
    """A requester's incident, the manager and a finance approver."""
    manager = UserFactory()
    finance = UserFactory(username="money", roles=["finance_approver"])
    return make_incident(requester=UserFactory(manager=manager)), manager, finance


def staged(**more):
    """A node of two stages; the second has two sets."""
    board = {"approvers": [{"group": "board"}], "rule": "count:2", "members": "each"}
    second = [{"approvers": [{"role": "finance_approver"}]}, board]
    stages = [{"sets": [{"approvers": [{"manager": 1}]}]}, {"sets": second, "reject_rule": "count:2"}]
    return {"kind": "approval", "stages": stages, "on_empty": "fail", **more}


def one_set(**parts):
    """A node of one stage with one set."""
    return staged(stages=[{"sets": [parts]}])


def waits_for(run):
    return FlowStep.objects.get(run=run, node_id="ask").wait_key


def test_stages_are_asked_one_after_the_other_and_the_flow_goes_on_once():
    ticket, manager, finance = people()
    board = GroupFactory(key="board")
    members = [UserFactory(groups=[board]) for _ in range(2)]
    run = make_run({"ask": staged()}, ticket=ticket)
    go()
    request = ApprovalRequest.objects.get()
    answer(request, manager)
    go()
    assert statuses(run) == {"ask": "waiting"}
    asked = Approval.objects.filter(stage=2, status="requested")
    assert {row.approver for row in asked} == {finance, *members}
    answer(request, members[0])
    answer(request, finance, "rejected")
    answer(request, members[1])
    go()
    assert (output_of(run, "ask")["outcome"], fresh(run).status) == ("approved", "completed")


def test_carry_decision_holds_for_every_stage_that_does_not_say_otherwise():
    node = staged(carry_decision=True)
    node["stages"][1]["carry_decision"] = False
    assert [each["carry_decision"] for each in stages_of(node)] == [True, False]
    assert [each["carry_decision"] for each in stages_of(staged())] == [False, False]
    assert approvers_of(node) == [{"manager": 1}, {"role": "finance_approver"}, {"group": "board"}]
    assert (approvers_of(ASK), len(stages_of(ASK))) == (ASK["approvers"], 1)


def test_the_step_follows_the_question_to_its_new_round():
    ticket, manager, _finance = people()
    run = make_run({"ask": {**ASK, "watch": ["impact"]}}, ticket=ticket)
    go()
    first = ApprovalRequest.objects.get()
    for impact in (1, 2):
        update_ticket(ticket.pk, actor=AgentFactory(), impact=impact)
    go()
    last = ApprovalRequest.objects.latest("pk")
    assert (last.round, statuses(run), waits_for(run)) == (3, {"ask": "waiting"}, str(last.public_id))
    assert ApprovalRequest.objects.get(pk=first.pk).status == "cancelled"
    answer(last, manager)
    go()
    assert output_of(run, "ask") == {
        "outcome": "approved",
        "request": str(last.public_id),
        "reason": "answers",
        "decided_by": manager.username,
        "comment": "",
    }


def test_a_new_round_that_is_decided_before_the_step_wakes_is_what_counts():
    ticket, manager, _finance = people()
    run = make_run({"ask": {**ASK, "watch": ["impact"]}}, ticket=ticket)
    go()
    update_ticket(ticket.pk, actor=AgentFactory(), impact=1)
    answer(ApprovalRequest.objects.latest("pk"), manager, "rejected")
    go()
    assert output_of(run, "ask")["outcome"] == "rejected"


@pytest.mark.parametrize("is_decided", [False, True])
def test_cancelling_the_run_withdraws_the_newest_round(is_decided):
    ticket, manager, _finance = people()
    node = {**ASK, "watch": ["impact"], "watch_after_approval": True, "next": "hold"}
    run = make_run({"ask": node, "hold": {"kind": "wait_duration", "for": {"after": "P1D"}}}, ticket=ticket)
    go()
    if is_decided:
        answer(ApprovalRequest.objects.get(), manager)
        go()
    update_ticket(ticket.pk, actor=AgentFactory(), impact=1)
    services.cancel_run(run.pk, actor=None)
    go()
    last = ApprovalRequest.objects.latest("pk")
    assert (last.round, last.status, last.reason) == (2, "cancelled", "withdrawn")
    assert fresh(run).status == "cancelled"


def test_a_later_stage_without_anybody_stops_the_run_and_asks_anew_when_tried_again():
    ticket, manager, _finance = people()
    stages = [{"sets": [{"approvers": [{"manager": 1}]}]}, {"sets": [{"approvers": [{"group": "board"}]}]}]
    board = GroupFactory(key="board")
    run = make_run({"ask": {"kind": "approval", "stages": stages, "on_empty": "fail"}}, ticket=ticket)
    go()
    answer(ApprovalRequest.objects.get(), manager)
    go()
    assert (fresh(run).status, fresh(run).error["code"]) == ("suspended", "no_approver")
    member = UserFactory(groups=[board])
    services.retry_step(FlowStep.objects.get(run=run, node_id="ask").pk, actor=None)
    go()
    again = ApprovalRequest.objects.latest("pk")
    assert (ApprovalRequest.objects.count(), again.status, waits_for(run)) == (
        2,
        "requested",
        str(again.public_id),
    )
    answer(again, manager)
    answer(again, member)
    go()
    assert (output_of(run, "ask")["outcome"], fresh(run).status) == ("approved", "completed")


@pytest.mark.parametrize(
    ("node", "place", "word"),
    [
        ({**ASK, "stages": staged()["stages"]}, "nodes.ask.stages", "approvers"),
        (staged(due={"after": "P1D"}), "nodes.ask.stages", "due"),
        (staged(stages=[]), "nodes.ask.stages", "1"),
        (staged(stages=[{"sets": []}]), "nodes.ask.stages.0.sets", "1"),
        (one_set(rule="any"), "nodes.ask.stages.0.sets.0.approvers", "Say who"),
        (one_set(approvers=[{"cow": 1}]), "nodes.ask.stages.0.sets.0.approvers.0", "manager"),
        (one_set(approvers=[{"manager": 1}], rule="most"), "nodes.ask.stages.0.sets.0.rule", "most"),
        (one_set(approvers=[{"manager": 1}], members="few"), "nodes.ask.stages.0.sets.0.members", "group"),
        (one_set(approvers=[{"manager": 1}], who=1), "nodes.ask.stages.0.sets.0", "who"),
        (staged(carry_decision="yes"), "nodes.ask.carry_decision", "yes"),
        ({**ASK, "members": "few"}, "nodes.ask.members", "group"),
        ({**ASK, "watch": ["state"]}, "nodes.ask.watch", "state"),
        ({**ASK, "watch": "impact"}, "nodes.ask.watch", "list"),
        ({**ASK, "watch": ["impact"], "on_change": "shout"}, "nodes.ask.on_change", "anew"),
        ({**ASK, "watch_after_approval": 1}, "nodes.ask.watch_after_approval", "yes"),
    ],
)  # fmt: skip
def test_publishing_says_what_is_wrong_and_where(node, place, word):
    with translation.override("en"), pytest.raises(RuleRefusedError) as refusal:
        make_flow({"ask": node})
    assert [(each.field, word in str(each.detail)) for each in refusal.value.errors] == [(place, True)]


def test_a_complete_node_publishes():
    more = {"watch": ["impact", "custom.amount"], "on_change": "reask", "watch_after_approval": True,
            "carry_decision": True}  # fmt: skip
    assert make_flow({"ask": staged(**more)}).status == "published"
