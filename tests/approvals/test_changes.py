"""Watched fields: a change withdraws the question and asks anew, as a new round (APR-06, APR-14, DA-9)."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections, transaction

from approvals import services
from approvals.models import Approval, ApprovalRequest
from approvals.selectors import newest_round, requests_of, waiting_for
from approvals.services import reasking
from core.errors import AlreadyDecidedError
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.approvals import (
    answer,
    events,
    make_approval_request,
    make_delegation,
    names,
    row_of,
    stage,
    statuses,
)
from tests.factories.incidents import make_incident
from tickets.hooks import Change
from tickets.models import Activity
from tickets.services import update_ticket, writing


def rounds_of(ticket):
    """Round, status, reason and stage of every question about the ticket, oldest first."""
    rows = ApprovalRequest.objects.filter(ticket=ticket.pk).order_by("pk")
    return list(rows.values_list("round", "status", "reason", "stage"))


def newest(request):
    return newest_round(str(request.public_id))


@pytest.mark.django_db
def test_a_watched_change_withdraws_the_question_and_asks_anew():
    ticket, boss, agent = make_incident(), UserFactory(), AgentFactory()
    request = make_approval_request(
        boss, ticket=ticket, watch=["impact"], due={"after": "P1D"}, on_due="remind"
    )
    update_ticket(ticket.pk, actor=agent, impact=1)
    assert rounds_of(ticket) == [(1, "cancelled", "changed", 1), (2, "requested", "", 1)]
    new = newest(request)
    assert (new.previous, new.policy, new.title, new.due_at is not None) == (
        request, request.policy, request.title, True,
    )  # fmt: skip
    assert statuses(request) == {boss: "cancelled"}
    assert statuses(new) == {boss: "requested"}
    assert [row.request for row in waiting_for(boss)] == [new]
    assert names()[1:] == ["approval.decided", "approval.reasked", "approval.requested"]
    _decided, reasked, asked = (payload for _name, payload in events()[1:])
    assert (reasked["previous_id"], reasked["request_id"], reasked["changed"], reasked["round"]) == (
        request.pk, new.pk, ["impact"], 2,
    )  # fmt: skip
    assert asked["why"] == "changed"
    assert Activity.objects.get(verb="approval_reasked").changes == {"round": [1, 2]}
    with pytest.raises(AlreadyDecidedError):
        answer(request, boss)
    assert answer(new, boss).status == "approved"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("policy", "fields"),
    [
        ({"watch": ["impact"]}, {"title": "Another title"}),
        ({"watch": ["impact"]}, {"impact": 3}),
        ({"watch": ["impact"], "on_change": "keep"}, {"impact": 1}),
        ({}, {"impact": 1}),
    ],
)
def test_other_changes_and_keep_leave_the_question_alone(policy, fields):
    ticket = make_incident(impact=3)
    make_approval_request(ticket=ticket, **policy)
    update_ticket(ticket.pk, actor=AgentFactory(), **fields)
    assert rounds_of(ticket) == [(1, "requested", "", 1)]
    assert names() == ["approval.requested"]


@pytest.mark.django_db
def test_a_new_round_begins_at_the_first_stage_and_forgets_old_answers():
    ticket, lead, cfo = make_incident(), UserFactory(), UserFactory()
    stages = [stage(lead), stage(lead, cfo, rule="all", carry_decision=True)]
    request = make_approval_request(ticket=ticket, stages=stages, watch=["impact"])
    answer(request, lead)
    update_ticket(ticket.pk, actor=AgentFactory(), impact=1)
    assert rounds_of(ticket) == [(1, "cancelled", "changed", 2), (2, "requested", "", 1)]
    new = newest(request)
    assert statuses(new) == {lead: "requested"}
    assert answer(new, lead, "rejected").status == "rejected"
    assert [row.round for row in requests_of(ticket)] == [2, 1]
    assert Approval.objects.get(request=request, stage=1).status == "approved"


@pytest.mark.django_db
@pytest.mark.pitfall("P-14")
@pytest.mark.parametrize(("first", "second"), [("approved", "rejected"), ("rejected", "approved")])
def test_of_two_rounds_only_the_latest_counts_and_both_are_readable(first, second):
    ticket, people = make_incident(), [UserFactory() for _ in range(3)]
    request = make_approval_request(*people, ticket=ticket, rule="count:2", watch=["impact"])
    answer(request, people[0], first)
    update_ticket(ticket.pk, actor=AgentFactory(), impact=1)
    new = newest(request)
    answer(new, people[0], second)
    assert newest(request).status == "requested"
    assert answer(new, people[1], second).status == second
    old, latest = reversed(requests_of(ticket))
    assert {row.approver: row.status for row in old.approvals.all()}[people[0]] == first
    assert {row.approver: row.status for row in latest.approvals.all()}[people[0]] == second


@pytest.mark.django_db
def test_an_approved_question_is_asked_anew_only_when_told_so():
    ticket, boss, agent = make_incident(), UserFactory(), AgentFactory()
    answer(make_approval_request(boss, ticket=ticket, watch=["impact"]), boss)
    lasting = answer(make_approval_request(boss, ticket=ticket, watch=["impact"], watch_after=True), boss)
    refused = make_approval_request(boss, ticket=ticket, watch=["impact"], watch_after=True)
    answer(refused, boss, "rejected")
    update_ticket(ticket.pk, actor=agent, impact=1)
    assert rounds_of(ticket) == [
        (1, "approved", "answers", 1),
        (1, "approved", "answers", 1),
        (1, "rejected", "answers", 1),
        (2, "requested", "", 1),
    ]
    assert newest(lasting).round == 2
    update_ticket(ticket.pk, actor=agent, impact=2)
    assert rounds_of(ticket)[-2:] == [(2, "cancelled", "changed", 1), (3, "requested", "", 1)]
    assert newest(lasting).previous.previous == lasting


@pytest.mark.django_db
def test_who_is_asked_anew_is_looked_up_anew():
    board, boss = GroupFactory(), UserFactory()
    leaver, stand_in = UserFactory(groups=[board]), UserFactory()
    request = make_approval_request(board, boss, ticket=make_incident(), rule="all", watch=["impact"])
    leaver.memberships.all().delete()
    newcomer = UserFactory(groups=[board])
    make_delegation(boss, stand_in)
    update_ticket(request.ticket_id, actor=AgentFactory(), impact=1)
    rows = {row.approver: row.delegate for row in Approval.objects.filter(request=newest(request))}
    assert rows == {newcomer: None, boss: stand_in}


@pytest.mark.django_db
def test_the_edit_stands_though_nobody_is_left_to_ask():
    board, ticket = GroupFactory(), make_incident()
    member = UserFactory(groups=[board])
    request = make_approval_request(board, ticket=ticket, watch=["impact"])
    member.memberships.all().delete()
    update_ticket(ticket.pk, actor=AgentFactory(), impact=1)
    ticket.refresh_from_db()
    assert ticket.impact == 1
    assert rounds_of(ticket) == [(1, "cancelled", "changed", 1), (2, "cancelled", "empty", 1)]
    assert newest(request).approvals.count() == 0


@pytest.mark.django_db
def test_a_matter_kept_in_rows_of_its_own_is_told_by_its_kind():
    ticket = make_incident()
    request = make_approval_request(ticket=ticket, watch=["cis", "custom.amount"])
    assert services.fields_changed(ticket, ["watchers"], actor=None) == []
    [new] = services.fields_changed(ticket, ["cis"], actor=None)
    assert (new.previous, new.round) == (request, 2)
    [newer] = services.fields_changed(ticket, ["custom.amount"], actor=None)
    assert newer.previous == new


@pytest.mark.django_db
def test_nothing_is_asked_anew_about_a_closed_ticket():
    ticket = make_incident("closed")
    open_one = make_incident()
    request = make_approval_request(ticket=open_one, watch=["cis"])
    ApprovalRequest.objects.filter(pk=request.pk).update(ticket=ticket)
    assert services.fields_changed(ticket, ["cis"], actor=None) == []
    assert rounds_of(ticket) == [(1, "requested", "", 1)]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new", "rounds"),
    [
        ({"amount": 1}, {"amount": 2}, 2),
        ({"x": 1}, {"x": 2}, 1),
        ({}, {"amount": 5}, 2),
        ({"amount": 1}, {}, 2),
    ],
)
def test_a_company_field_is_watched_by_its_name(old, new, rounds):
    ticket = make_incident()
    type(ticket).objects.filter(pk=ticket.pk).update(custom=old)
    make_approval_request(ticket=ticket, watch=["custom.amount"])
    update_custom(ticket, new)
    assert len(rounds_of(ticket)) == rounds


def update_custom(ticket, values):
    """As a kind's form writes company fields: through the shared record, hooks included."""
    with transaction.atomic():
        row = writing.child_locked(ticket.pk, actor=None)
        before = writing.snapshot(row)
        row.custom = values
        writing.save_changed(row, before, at=row.opened_at)
        writing.record(
            row, before=before, actor=None, verb="updated", event="incident.updated", at=row.opened_at
        )


@pytest.mark.django_db
def test_an_edit_of_a_ticket_without_questions_costs_one_query_and_a_move_none(django_assert_num_queries):
    ticket = make_incident()
    edit = Change(ticket, {}, {}, {"title": ["a", "b"]}, None, "updated", ticket.opened_at)
    move = Change(
        ticket, {}, {}, {"state": ["a", "b"], "assignee": [1, 2]}, None, "started", ticket.opened_at
    )
    with transaction.atomic(), django_assert_num_queries(1):
        reasking.react(edit)
    with django_assert_num_queries(0):
        reasking.react(move)


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_an_answer_at_once_leave_one_truth():
    """Whoever gets the request's lock first: an answer before the edit is void, one after it is refused."""
    for _round in range(6):
        ticket, boss, agent = make_incident(), UserFactory(), AgentFactory()
        request = make_approval_request(boss, ticket=ticket, watch=["impact"], watch_after=True)
        row, barrier, said = row_of(request, boss).pk, threading.Barrier(2), []

        def edit(ticket=ticket, agent=agent, barrier=barrier):
            try:
                barrier.wait(30)
                update_ticket(ticket.pk, actor=agent, impact=1)
            finally:
                connections.close_all()

        def decide(row=row, boss=boss, barrier=barrier, said=said):
            try:
                barrier.wait(30)
                services.decide(row, actor=boss, decision="approved")
                said.append("taken")
            except AlreadyDecidedError:
                said.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=edit), threading.Thread(target=decide)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        old, new = ApprovalRequest.objects.filter(ticket=ticket.pk).order_by("pk")
        assert (new.round, new.status, new.previous_id) == (2, "requested", old.pk)
        assert (said, old.status) in [(["taken"], "approved"), (["refused"], "cancelled")]
