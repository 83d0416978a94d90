"""What asking, answering, escalating and delegating write, and that a refusal writes nothing."""

from __future__ import annotations

import pytest

from approvals import services
from approvals.models import Approval, ApprovalRequest
from approvals.selectors import requests_of, waiting_for
from core.errors import (
    AlreadyDecidedError,
    NotAllowedError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from core.models import AuditLog
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.approvals import (
    answer,
    events,
    make_approval_request,
    make_delegation,
    names,
    row_of,
    statuses,
)
from tests.factories.incidents import make_incident
from tickets.models import Activity


@pytest.mark.django_db
def test_asking_makes_a_row_per_person_and_tells_of_it():
    one, two = UserFactory(), UserFactory()
    request = make_approval_request(one, two, rule="all")
    assert statuses(request) == {one: "requested", two: "requested"}
    [(name, payload)] = events()
    ids = list(Approval.objects.order_by("pk").values_list("pk", flat=True))
    assert name == "approval.requested"
    assert payload["approval_ids"] == ids
    assert payload["ticket_id"] == request.ticket_id
    row = Activity.objects.get(kind="approval")
    assert (row.verb, row.is_public, row.changes) == (
        "approval_requested",
        True,
        {"approvers": [None, sorted([one.username, two.username])]},
    )
    assert (
        AuditLog.objects.filter(table="approvals_approvalrequest", action="approval_requested").count() == 1
    )


@pytest.mark.django_db
@pytest.mark.pitfall("P-15")
def test_one_yes_of_any_decides_and_empties_the_lists_of_the_others():
    people = [UserFactory() for _ in range(3)]
    request = make_approval_request(*people)
    request = answer(request, people[1])
    assert (request.status, request.reason, request.decided_by) == ("approved", "answers", people[1])
    assert statuses(request) == {
        people[0]: "not_required",
        people[1]: "approved",
        people[2]: "not_required",
    }
    assert [list(waiting_for(person)) for person in people] == [[], [], []]
    assert names() == ["approval.requested", "approval.answered", "approval.decided"]
    assert events()[-1][1] | {"request_public_id": ""} == {
        "request_id": request.pk,
        "request_public_id": "",
        "ticket_id": request.ticket_id,
        "outcome": "approved",
        "reason": "answers",
    }


@pytest.mark.django_db
def test_a_no_that_puts_approval_out_of_reach_rejects_at_once():
    people = [UserFactory() for _ in range(3)]
    request = make_approval_request(*people, rule="count:2")
    answer(request, people[0], "rejected")
    request.refresh_from_db()
    assert request.status == "requested"
    request = answer(request, people[1], "rejected")
    assert request.status == "rejected"
    assert statuses(request)[people[2]] == "not_required"
    row = Activity.objects.filter(verb="approval_rejected").last()
    assert (row.body, row.is_public, row.actor) == ("Too expensive", True, people[1])


@pytest.mark.django_db
def test_declining_needs_a_reason_and_changes_nothing_without():
    person = UserFactory()
    request = make_approval_request(person)
    before = (names(), Activity.objects.count(), AuditLog.objects.count())
    for bad in ({"decision": "rejected"}, {"decision": "maybe"}, {"decision": "approved", "comment": "\0"},
                {"decision": "approved", "comment": "x" * 2001}):  # fmt: skip
        with pytest.raises(RuleRefusedError) as refusal:
            services.decide(row_of(request, person).pk, actor=person, **bad)
        assert refusal.value.errors[0].field in {"comment", "decision"}
    assert (names(), Activity.objects.count(), AuditLog.objects.count()) == before
    assert statuses(request) == {person: "requested"}


@pytest.mark.django_db
def test_the_second_answer_hears_who_decided_and_when():
    one, two = UserFactory(name_en="Hana Lee"), UserFactory()
    request = make_approval_request(one, two)
    mine = row_of(request, two).pk
    answer(request, one)
    with pytest.raises(AlreadyDecidedError) as refusal:
        services.decide(mine, actor=two, decision="rejected", comment="No")
    decided_at = row_of(request, one).decided_at
    assert refusal.value.extra == {
        "decided_by": one.display_name,
        "decided_at": decided_at.isoformat(),
        "decision": "approved",
    }
    assert names().count("approval.decided") == 1


@pytest.mark.django_db
def test_a_stale_version_is_refused():
    person = UserFactory()
    request = make_approval_request(person)
    with pytest.raises(StaleVersionError):
        services.decide(row_of(request, person).pk, actor=person, decision="approved", expected_version=7)


@pytest.mark.django_db
@pytest.mark.pitfall("P-14")
@pytest.mark.parametrize("rounds", [("approved", "rejected"), ("rejected", "approved")])
def test_an_old_round_never_counts_and_stays_readable(rounds):
    ticket, people = make_incident(), [UserFactory(), UserFactory()]
    first = make_approval_request(*people, ticket=ticket, rule="all")
    answer(first, people[0], rounds[0])
    if rounds[0] == "approved":
        services.cancel_request(first.pk, actor=None, reason="The amount changed.")
    second = make_approval_request(*people, ticket=ticket, rule="all")
    answer(second, people[0], "approved")
    second.refresh_from_db()
    assert second.status == "requested"
    assert answer(second, people[1], rounds[1]).status == rounds[1]
    assert [row.pk for row in requests_of(ticket)] == [second.pk, first.pk]
    first.refresh_from_db()
    assert first.status == ("cancelled" if rounds[0] == "approved" else "rejected")


@pytest.mark.django_db
def test_a_group_counts_once_and_its_others_are_let_go():
    board, cfo = GroupFactory(), UserFactory()
    members = [UserFactory(groups=[board]) for _ in range(3)]
    request = make_approval_request(board, cfo, rule="all")
    answer(request, members[0])
    request.refresh_from_db()
    assert request.status == "requested"
    assert statuses(request) == {
        members[0]: "approved",
        members[1]: "not_required",
        members[2]: "not_required",
        cfo: "requested",
    }
    with pytest.raises(AlreadyDecidedError) as refusal:
        services.decide(row_of(request, members[1]).pk, actor=members[1], decision="approved")
    assert refusal.value.extra["decision"] == "approved"
    assert answer(request, cfo).status == "approved"


@pytest.mark.django_db
def test_a_person_named_and_in_a_group_has_one_row():
    board = GroupFactory()
    person = UserFactory(groups=[board])
    request = make_approval_request(board, person, person, rule="all")
    row = Approval.objects.get(request=request)
    assert (row.approver, row.via_group) == (person, None)
    assert answer(request, person).status == "approved"


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["requester", "opened_by"])
def test_nobody_is_asked_about_an_own_request_but_their_manager(role):
    boss = UserFactory()
    manager = UserFactory(manager=boss)
    agent = AgentFactory()
    people = {"requester": manager, "opened_by": manager}
    ticket = make_incident(requester=people["requester"] if role == "requester" else UserFactory())
    if role == "opened_by":
        type(ticket).objects.filter(pk=ticket.pk).update(opened_by=manager)
    request = make_approval_request(manager, ticket=ticket)
    row = Approval.objects.get(request=request)
    assert (row.approver, row.instead_of, row.why) == (boss, manager, "own_request")
    assert agent not in statuses(request)


@pytest.mark.django_db
def test_the_line_is_climbed_past_people_who_cannot_decide():
    top = UserFactory()
    middle = UserFactory(manager=top, is_active=False)
    lead = UserFactory(manager=middle)
    request = make_approval_request(lead, ticket=make_incident(requester=lead))
    assert list(statuses(request)) == [top]


@pytest.mark.django_db
def test_an_inactive_approver_is_replaced_by_delegate_manager_or_fallback_group():
    boss, stand_in, board = UserFactory(), UserFactory(), GroupFactory(key="it-approvers")
    member = UserFactory(groups=[board])
    away = UserFactory(manager=boss, is_active=False)
    lone = UserFactory(is_active=False)
    make_delegation(away, stand_in)
    request = make_approval_request(away, lone, rule="all", on_empty={"group": "it-approvers"})
    rows = {row.approver: (row.instead_of, row.why) for row in Approval.objects.filter(request=request)}
    assert rows == {stand_in: (away, "inactive"), member: (lone, "fallback")}
    services.end_delegation(away.delegations.get().pk, actor=None)
    other = make_approval_request(away)
    assert list(statuses(other)) == [boss]


@pytest.mark.django_db
@pytest.mark.parametrize(("on_empty", "outcome"), [("approve", "approved"), ("reject", "rejected")])
def test_with_nobody_to_ask_the_policy_decides(on_empty, outcome):
    request = make_approval_request(GroupFactory(), on_empty=on_empty)
    assert (request.status, request.reason, request.decided_by) == (outcome, "empty", None)
    assert names() == ["approval.decided"]
    assert Activity.objects.get(verb="approval_empty").changes == {"approval": [None, outcome]}


@pytest.mark.django_db
def test_with_nobody_to_ask_the_fallback_group_is_asked_or_it_fails():
    board = GroupFactory(key="it-approvers")
    member = UserFactory(groups=[board])
    request = make_approval_request(GroupFactory(), on_empty={"group": "it-approvers"})
    assert list(statuses(request)) == [member]
    for policy in ("fail", {"group": "nowhere"}):
        with pytest.raises(services.NoApproverError):
            make_approval_request(GroupFactory(), on_empty=policy)
    with pytest.raises(services.NoApproverError):
        make_approval_request(UserFactory(), rule="count:2")
    assert ApprovalRequest.objects.count() == 1


@pytest.mark.django_db
def test_people_of_another_company_are_never_asked():
    stranger = UserFactory(company=CompanyFactory(), manager=UserFactory())
    with pytest.raises(services.NoApproverError):
        make_approval_request(stranger)


@pytest.mark.django_db
def test_a_closed_ticket_asks_nothing_and_only_agents_ask():
    with pytest.raises(WrongStateError):
        make_approval_request(ticket=make_incident("closed"))
    ticket, requester = make_incident(), UserFactory()
    with pytest.raises(NotAllowedError):
        services.request_approval(ticket.pk, actor=requester, approvers=[UserFactory()])
    assert not ApprovalRequest.objects.exists()


@pytest.mark.django_db
def test_a_question_without_a_ticket_is_its_askers_own():
    agent, other = AgentFactory(), UserFactory()
    request = services.request_approval(None, actor=agent, approvers=[agent, other], title="New vendor")
    assert list(statuses(request)) == [other]
    assert answer(request, other).status == "approved"
    assert not Activity.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "policy",
    [
        {"due": {"after": "two days"}}, {"due": {"after": "P1D", "business": "P1D"}}, {"due": "P1D"},
        {"on_due": "remind"}, {"due": {"after": "P1D"}, "on_due": "shout"}, {"due": {"after": "-P1D"}},
        {"due": {"after": "P1D"}, "on_due": ["approve", "remind"]}, {"on_empty": "shrug"}, {"rule": "most"},
        {"on_empty": {"group": "x", "more": 1}}, {"reject_rule": "most"}, {"title": "x" * 161},
        {"due": {"after": "P1D"}, "on_due": "remind:99"}, {"due": {"after": "P9999D"}},
    ],
)  # fmt: skip
def test_a_policy_that_makes_no_sense_asks_nobody(policy):
    with pytest.raises(RuleRefusedError):
        make_approval_request(**policy)
    assert not ApprovalRequest.objects.exists()
    assert names() == []


@pytest.mark.django_db
def test_withdrawing_empties_the_lists_and_a_decided_request_stays():
    person = UserFactory()
    request = make_approval_request(person)
    services.cancel_request(request.pk, actor=None)
    services.cancel_request(request.pk, actor=None)
    assert statuses(request) == {person: "cancelled"}
    assert names().count("approval.decided") == 1
    decided = answer(make_approval_request(person), person)
    with pytest.raises(WrongStateError):
        services.cancel_request(decided.pk, actor=None)
    with pytest.raises(NotAllowedError):
        services.cancel_request(make_approval_request(person).pk, actor=person)
