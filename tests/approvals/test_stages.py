"""Stages in order, approve sets, groups counted singly, and answers carried over (APR-01, APR-02, APR-08)."""

from __future__ import annotations

import datetime as dt

import pytest

from approvals import services
from approvals.models import Approval, ApprovalRequest
from approvals.selectors import waiting_for
from core.errors import AlreadyDecidedError, RuleRefusedError
from core.models import AuditLog
from tests.factories.accounts import GroupFactory, UserFactory
from tests.factories.approvals import (
    answer,
    events,
    make_approval_request,
    make_delegation,
    make_overdue,
    names,
    row_of,
    stage,
    statuses,
)
from tests.factories.incidents import make_incident
from tickets.models import Activity

pytestmark = pytest.mark.django_db


def asked_now(request):
    """Who is asked at this moment, by stage."""
    rows = Approval.objects.filter(request=request, status="requested").select_related("approver")
    return {(row.stage, row.approver) for row in rows}


def fresh(request):
    return ApprovalRequest.objects.get(pk=request.pk)


def test_a_later_stage_is_asked_when_the_one_before_approved():
    lead, cfo, board = UserFactory(), UserFactory(), UserFactory()
    request = make_approval_request(stages=[stage(lead), stage(cfo, rule="all"), stage(board)])
    assert asked_now(request) == {(1, lead)}
    assert [waiting_for(person).count() for person in (lead, cfo, board)] == [1, 0, 0]
    answer(request, lead)
    assert asked_now(request) == {(2, cfo)}
    assert (fresh(request).status, fresh(request).stage) == ("requested", 2)
    told = events()[2:]
    assert [name for name, _payload in told] == ["approval.stage_started", "approval.requested"]
    started, asked = (payload for _name, payload in told)
    assert started == {
        "request_id": request.pk,
        "request_public_id": str(request.public_id),
        "ticket_id": request.ticket_id,
        "stage": 2,
        "stages": 3,
        "round": 1,
    }
    assert (asked["why"], asked["approval_ids"]) == ("stage", [row_of(request, cfo).pk])
    assert Activity.objects.get(verb="approval_stage_started").changes == {
        "approvers": [None, [cfo.username]]
    }
    assert AuditLog.objects.filter(action="approval_stage_started").count() == 1
    answer(request, cfo)
    done = answer(request, board)
    assert (done.status, done.reason, done.decided_by, done.stage) == ("approved", "answers", board, 3)
    assert names().count("approval.decided") == 1


def test_a_no_at_any_stage_ends_the_whole():
    lead, cfo, board = UserFactory(), UserFactory(), UserFactory()
    request = make_approval_request(stages=[stage(lead), stage(cfo), stage(board)])
    answer(request, lead)
    request = answer(request, cfo, "rejected")
    assert (request.status, request.stage) == ("rejected", 2)
    assert asked_now(request) == set()
    assert waiting_for(board).count() == 0


def test_one_of_two_sets_is_enough():
    boss, one, two = UserFactory(), UserFactory(), UserFactory()
    sets = [{"approvers": [boss], "rule": "any"}, {"approvers": [one, two], "rule": "all"}]
    request = make_approval_request(stages=[{"sets": sets}])
    answer(request, one)
    assert fresh(request).status == "requested"
    assert answer(request, two).status == "approved"
    assert statuses(request)[boss] == "not_required"
    other = make_approval_request(stages=[{"sets": sets}])
    answer(other, boss, "rejected")
    assert fresh(other).status == "requested"
    assert answer(other, two, "rejected").status == "rejected"


def test_a_person_in_two_sets_has_one_row_that_counts_in_both():
    person, other = UserFactory(), UserFactory()
    sets = [{"approvers": [person, other], "rule": "all"}, {"approvers": [person], "rule": "all"}]
    request = make_approval_request(stages=[{"sets": sets}])
    assert row_of(request, person).seats == [f"1/user:{person.pk}", f"2/user:{person.pk}"]
    assert row_of(request, person).sets == [1, 2]
    assert answer(request, person).status == "approved"


def test_who_shares_a_taken_seat_is_asked_for_the_rest_only():
    board = GroupFactory()
    member, other = UserFactory(groups=[board]), UserFactory(groups=[board])
    sets = [{"approvers": [board], "rule": "all"}, {"approvers": [member, board], "rule": "all"}]
    request = make_approval_request(stages=[{"sets": sets, "reject_rule": "count:2"}])
    answer(request, member, "rejected")
    assert row_of(request, other).seats == [f"2/group:{board.pk}"]
    assert fresh(request).status == "rejected"


def test_two_noes_are_two_though_their_seats_belong_to_one_group():
    board, rescue = GroupFactory(), UserFactory()
    member, other = UserFactory(groups=[board]), UserFactory(groups=[board])
    sets = [
        {"approvers": [board], "rule": "all"},
        {"approvers": [member, board], "rule": "all"},
        {"approvers": [rescue]},
    ]
    request = make_approval_request(stages=[{"sets": sets, "reject_rule": "count:2"}])
    answer(request, member, "rejected")
    assert fresh(request).status == "requested"
    assert answer(request, other, "rejected").status == "rejected"


def test_members_of_a_group_count_singly_when_the_set_says_so():
    board = GroupFactory()
    people = [UserFactory(groups=[board]) for _ in range(3)]
    request = make_approval_request(board, rule="count:2", members="each")
    answer(request, people[0])
    assert fresh(request).status == "requested"
    assert statuses(request)[people[1]] == "requested"
    assert answer(request, people[2]).status == "approved"
    with pytest.raises(services.NoApproverError):
        make_approval_request(board, rule="count:2", members="once")


def test_everybody_responds_before_one_yes_is_enough():
    people = [UserFactory() for _ in range(3)]
    request = make_approval_request(*people, rule="all_responded_any")
    answer(request, people[0])
    answer(request, people[1], "rejected")
    assert fresh(request).status == "requested"
    assert answer(request, people[2], "rejected").status == "approved"


def test_a_reject_rule_ends_a_stage_that_could_still_be_approved():
    people = [UserFactory() for _ in range(4)]
    request = make_approval_request(stages=[stage(*people, rule="any", reject_rule="count:2")])
    answer(request, people[0], "rejected")
    assert fresh(request).status == "requested"
    assert answer(request, people[1], "rejected").status == "rejected"


@pytest.mark.parametrize("carry", [True, False])
def test_an_earlier_yes_counts_again_only_when_the_stage_says_so(carry):
    boss, cfo = UserFactory(), UserFactory()
    stages = [stage(boss), stage(boss, cfo, rule="all", carry_decision=carry)]
    request = make_approval_request(stages=stages)
    answer(request, boss)
    row = Approval.objects.get(request=request, stage=2, approver=boss)
    first = Approval.objects.get(request=request, stage=1)
    if not carry:
        assert asked_now(request) == {(2, boss), (2, cfo)}
        return
    assert asked_now(request) == {(2, cfo)}
    assert (row.status, row.why, row.channel, row.decided_by, row.decided_at) == (
        "approved", "carried", "carried", boss, first.decided_at,
    )  # fmt: skip
    assert events()[-1][1]["approval_ids"] == [row_of(request, cfo).pk]
    assert answer(request, cfo).status == "approved"


def test_stages_that_carried_answers_meet_are_passed_without_asking():
    boss, board = UserFactory(), GroupFactory()
    boss_in_board = UserFactory(groups=[board])
    UserFactory(groups=[board])
    stages = [
        stage(boss, boss_in_board, rule="all"),
        stage(board, carry_decision=True),
        stage(boss, carry_decision=True),
    ]
    request = make_approval_request(stages=stages)
    answer(request, boss)
    request = answer(request, boss_in_board)
    assert (request.status, request.stage) == ("approved", 3)
    assert Approval.objects.filter(request=request).count() == 4
    assert names().count("approval.requested") == 1


def test_what_the_delegate_approved_is_carried_as_the_approvers_answer():
    boss, stand_in, cfo = UserFactory(), UserFactory(), UserFactory()
    make_delegation(boss, stand_in)
    request = make_approval_request(stages=[stage(boss), stage(boss, cfo, rule="all", carry_decision=True)])
    services.decide(row_of(request, boss).pk, actor=stand_in, decision="approved")
    row = row_of(request, boss)
    assert (row.stage, row.approver, row.decided_by, row.why) == (2, boss, stand_in, "carried")


def test_delegation_activity_and_membership_are_looked_at_when_the_stage_begins():
    lead, boss, stand_in, board = UserFactory(), UserFactory(), UserFactory(), GroupFactory()
    leaver, newcomer = UserFactory(groups=[board]), UserFactory()
    cfo = UserFactory(manager=boss)
    request = make_approval_request(stages=[stage(lead), stage(cfo, board, rule="all")])
    type(cfo).objects.filter(pk=cfo.pk).update(is_active=False)
    leaver.memberships.all().delete()
    newcomer.memberships.create(group=board)
    make_delegation(newcomer, stand_in)
    answer(request, lead)
    rows = {row.approver: row for row in Approval.objects.filter(request=request, stage=2)}
    assert set(rows) == {boss, newcomer}
    assert (rows[boss].instead_of, rows[boss].why, rows[newcomer].delegate) == (cfo, "inactive", stand_in)


@pytest.mark.parametrize(
    ("on_empty", "status", "reason"),
    [("approve", "approved", "empty"), ("reject", "rejected", "empty"), ("fail", "cancelled", "empty")],
)
def test_a_later_stage_with_nobody_to_ask_follows_on_empty(on_empty, status, reason):
    lead = UserFactory()
    request = make_approval_request(stages=[stage(lead), stage(GroupFactory())], on_empty=on_empty)
    request = answer(request, lead)
    assert (request.status, request.reason, request.stage, request.decided_by) == (status, reason, 2, None)
    assert row_of(request, lead).status == "approved"
    assert names()[-1] == "approval.decided"


def test_a_later_stage_with_nobody_to_ask_asks_the_fallback_group_or_passes_on():
    lead, last, board = UserFactory(), UserFactory(), GroupFactory(key="it-approvers")
    member = UserFactory(groups=[board])
    stages = [stage(lead), stage(GroupFactory()), stage(last)]
    request = make_approval_request(stages=stages, on_empty={"group": "it-approvers"})
    answer(request, lead)
    assert asked_now(request) == {(2, member)}
    passing = make_approval_request(stages=stages, on_empty="approve")
    answer(passing, lead)
    assert asked_now(passing) == {(3, last)}
    short = make_approval_request(stages=[stage(lead), stage(last, rule="count:2")])
    assert answer(short, lead).reason == "empty"


def test_each_stage_has_its_own_due_time_and_actions():
    lead, cfo = UserFactory(), UserFactory()
    stages = [
        stage(lead, due={"after": "P1D"}, on_due=["remind", "approve"]),
        stage(cfo, due={"after": "P3D"}, on_due="reject"),
    ]
    request = make_approval_request(stages=stages)
    for _turn in range(2):
        make_overdue(request)
        assert services.fire_due(limit=10) == 1
    request = fresh(request)
    assert (request.stage, request.fired, request.status) == (2, 0, "requested")
    assert request.next_fire_at == request.due_at
    assert request.due_at - request.created_at > dt.timedelta(days=2)
    assert statuses(request) == {lead: "not_required", cfo: "requested"}
    make_overdue(request)
    services.fire_due(limit=10)
    assert (fresh(request).status, fresh(request).reason) == ("rejected", "due")


def test_an_escalated_manager_counts_once_in_each_set():
    boss = UserFactory()
    one, two = UserFactory(manager=boss), UserFactory(manager=boss)
    sets = [{"approvers": [one, two], "rule": "all"}, {"approvers": [two], "rule": "all"}]
    stages = [{"sets": sets, "due": {"after": "P1D"}, "on_due": "escalate_manager"}]
    request = make_approval_request(stages=stages)
    make_overdue(request)
    services.fire_due(limit=10)
    assert row_of(request, boss).seats == [f"1/user:{one.pk}", f"2/user:{two.pk}"]
    assert answer(request, boss).status == "approved"


def test_the_answer_of_an_earlier_stage_is_closed():
    lead, other, cfo = UserFactory(), UserFactory(), UserFactory()
    request = make_approval_request(stages=[stage(lead, other), stage(cfo)])
    answer(request, lead)
    row = row_of(request, other)
    assert row.status == "not_required"
    with pytest.raises(AlreadyDecidedError):
        services.decide(row.pk, actor=other, decision="approved")


@pytest.mark.parametrize(
    ("policy", "field"),
    [
        ({"stages": []}, "stages"), ({"stages": "x"}, "stages"), ({"stages": [[]]}, "stages"),
        ({"stages": [{}]}, "stages.0.sets"), ({"stages": [{"sets": []}]}, "stages.0.sets"),
        ({"stages": [{"sets": [{"approvers": []}], "rule": "any"}]}, "stages.0"),
        ({"stages": [{"sets": [{"approvers": [], "who": 1}]}]}, "stages.0.sets.0"),
        ({"stages": [{"sets": [{"approvers": ["me"]}]}]}, "stages.0.sets.0.approvers"),
        ({"stages": [{"sets": [{"approvers": [], "members": "some"}]}]}, "stages.0.sets.0.members"),
        ({"stages": [{"sets": [{"approvers": [], "rule": 5}]}]}, "stages.0.sets.0.rule"),
        ({"stages": [{"sets": [{"approvers": []}], "carry_decision": "yes"}]}, "stages.0.carry_decision"),
        ({"stages": [{"sets": [{"approvers": []}]}], "rule": "all"}, "stages"),
        ({"stages": [{"sets": [{"approvers": []}]}], "due": {"after": "P1D"}}, "stages"),
        ({"stages": [{"sets": [{"approvers": []}]}] * 11}, "stages"),
        ({"watch": ["state"]}, "watch"), ({"watch": "title"}, "watch"), ({"watch": ["a b"]}, "watch"),
        ({"watch": ["title.x"]}, "watch"), ({"on_change": "maybe"}, "on_change"),
        ({"members": "some"}, "stages.0.sets.0.members"),
    ],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_asks_nobody_and_names_the_place(policy, field):
    ticket = make_incident()
    with pytest.raises(RuleRefusedError) as refusal:
        make_approval_request(ticket=ticket, **policy)
    assert refusal.value.errors[0].field == field
    assert not ApprovalRequest.objects.exists()
    assert names() == []
