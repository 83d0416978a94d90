"""Lists and sheets: what they show, and that their cost does not grow with the rows."""

from __future__ import annotations

import pytest
from django.utils import translation

from approvals import services
from approvals.selectors import (
    approval_for,
    count_waiting,
    delegations_for,
    history_for,
    recipients,
    sheet_for,
    waiting_for,
)
from tests.factories.accounts import DepartmentFactory, GroupFactory, UserFactory
from tests.factories.approvals import answer, make_approval_request, make_delegation, row_of
from tests.factories.incidents import make_incident

SUMMARY = {
    "what": {"ko": "노트북 14인치", "en": "Laptop 14 inch"},
    "why": "The old one is broken",
    "cost": {"ko": "2,400,000원", "en": "₩2,400,000"},
    "rows": [{"label": {"ko": "색상", "en": "Colour"}, "value": "Silver"}],
}


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [2, 20])
def test_lists_cost_the_same_for_any_number_of_rows(rows, django_assert_num_queries):
    manager, away = UserFactory(), UserFactory()
    make_delegation(away, manager)
    requester = UserFactory(department=DepartmentFactory())
    for _ in range(rows // 2):
        make_approval_request(manager, ticket=make_incident(requester=requester))
        make_approval_request(away, ticket=make_incident(requester=requester))
        answer(make_approval_request(manager), manager)
    with django_assert_num_queries(1):
        for row in waiting_for(manager):
            assert row.request.ticket.requester.department
            assert row.approver.display_name
    with django_assert_num_queries(1):
        assert count_waiting(manager) == rows
    with django_assert_num_queries(1):
        assert len([row.request.ticket.number for row in history_for(manager)]) == rows // 2


@pytest.mark.django_db
@pytest.mark.parametrize("people", [2, 20])
def test_a_sheet_costs_the_same_for_any_number_of_approvers(people, django_assert_num_queries):
    board, manager = GroupFactory(), UserFactory()
    for _ in range(people):
        UserFactory(groups=[board])
    ticket = make_incident()
    answer(make_approval_request(manager, ticket=ticket), manager)
    request = make_approval_request(manager, board, ticket=ticket, rule="all")
    row = approval_for(manager, str(row_of(request, manager).public_id))
    with django_assert_num_queries(5):
        sheet = sheet_for(manager, row)
    assert len(sheet["chain"]) == people + 1


@pytest.mark.django_db
def test_the_sheet_tells_all_without_rights_on_the_ticket():
    requester, first, board = (
        UserFactory(name_en="Minseo Park"),
        UserFactory(name_en="Hana Lee"),
        GroupFactory(),
    )
    member = UserFactory(groups=[board])
    ticket = make_incident(requester=requester, title="Laptop", description="A long story")
    answer(make_approval_request(first, ticket=ticket), first)
    request = make_approval_request(board, ticket=ticket, summary=SUMMARY)
    with translation.override("en"):
        sheet = sheet_for(member, row_of(request, member))
    assert sheet["can_decide"] is True
    assert (sheet["what"], sheet["why"], sheet["cost"]) == (
        "Laptop 14 inch",
        "The old one is broken",
        "₩2,400,000",
    )
    assert sheet["rows"] == [{"label": "Colour", "value": "Silver"}]
    assert sheet["requester"] == requester
    assert sheet["ticket"] == {"number": ticket.number, "title": "Laptop", "kind": "Problem report"}
    [voice] = sheet["chain"]
    assert (voice.group, voice.status) == ("Service desk", "requested")
    [earlier] = sheet["earlier"]
    assert (earlier["status"], earlier["chain"][0].name) == ("approved", "Hana Lee")
    with translation.override("ko"):
        assert sheet_for(member, row_of(request, member))["what"] == "노트북 14인치"


@pytest.mark.django_db
def test_a_sheet_without_a_summary_shows_the_ticket():
    person = UserFactory()
    request = make_approval_request(person, ticket=make_incident(title="VPN", description="Needs a new line"))
    sheet = sheet_for(person, row_of(request, person))
    assert (sheet["what"], sheet["why"], sheet["cost"], sheet["rows"]) == (
        "VPN",
        "Needs a new line",
        None,
        [],
    )


@pytest.mark.django_db
def test_the_sheet_says_for_whom_one_decides_and_who_did():
    manager, stand_in = UserFactory(name_en="Hana Lee"), UserFactory(name_en="Jun Choi")
    make_delegation(manager, stand_in)
    request = make_approval_request(manager)
    with translation.override("en"):
        assert sheet_for(stand_in, row_of(request, manager))["acting_for"] == "Hana Lee"
        services.decide(row_of(request, manager).pk, actor=stand_in, decision="approved")
        [voice] = sheet_for(manager, row_of(request, manager))["chain"]
    assert (voice.name, voice.decided_by, voice.delegate) == ("Hana Lee", "Jun Choi", "Jun Choi")
    assert [row.pk for row in history_for(manager)] == [row.pk for row in history_for(stand_in)]


@pytest.mark.django_db
def test_approvers_and_their_stand_ins_are_told_while_it_is_open():
    manager, stand_in, other = UserFactory(), UserFactory(), UserFactory()
    make_delegation(manager, stand_in)
    request = make_approval_request(manager, other)
    ids = list(request.approvals.values_list("pk", flat=True))
    told = recipients(ids)
    assert {(row.approver, person) for row, person in told} == {
        (manager, manager),
        (manager, stand_in),
        (other, other),
    }
    answer(request, other)
    assert recipients(ids) == []


@pytest.mark.django_db
def test_own_requests_do_not_wait_for_a_stand_in():
    manager, requester = UserFactory(), UserFactory()
    make_delegation(manager, requester)
    make_approval_request(manager, ticket=make_incident(requester=requester))
    assert list(waiting_for(requester)) == []
    assert waiting_for(manager).count() == 1


@pytest.mark.django_db
def test_delegations_are_read_by_both_people_and_by_who_edits_people():
    row = make_delegation(UserFactory(), UserFactory())
    assert list(delegations_for(row.user)) == [row]
    assert list(delegations_for(row.delegate)) == [row]
    assert list(delegations_for(UserFactory(roles=["administrator"]))) == [row]
    assert list(delegations_for(UserFactory())) == []
