"""The decision sheet and the API of questions with stages and rounds (APR-01, APR-06, APR-15)."""

from __future__ import annotations

import pytest
from django.utils import translation

from approvals.selectors import approval_for, sheet_for
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.approvals import answer, make_approval_request, row_of, stage
from tests.factories.incidents import make_incident
from tickets.services import update_ticket

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("people", [2, 20])
def test_a_sheet_with_stages_costs_the_same_for_any_number(people, django_assert_num_queries):
    board, lead = GroupFactory(), UserFactory()
    for _ in range(people):
        UserFactory(groups=[board])
    stages = [stage(lead), stage(board), stage(*[UserFactory() for _ in range(people)], GroupFactory())]
    request = make_approval_request(stages=stages)
    answer(request, lead)
    row = approval_for(lead, str(row_of(request, lead).public_id))
    with django_assert_num_queries(7):
        sheet = sheet_for(lead, row)
    assert [len(each.chain) + len(each.ahead) for each in sheet["stages"]] == [1, people, people + 1]


def test_the_sheet_shows_what_was_what_is_and_what_comes():
    lead, cfo = UserFactory(name_en="Hana Lee"), UserFactory(name_en="Jun Choi")
    board = GroupFactory(name_en="Board")
    request = make_approval_request(stages=[stage(lead), stage(cfo), stage(board, cfo)])
    answer(request, lead)
    with translation.override("en"):
        sheet = sheet_for(cfo, row_of(request, cfo))
    told = [
        (each.label, each.state, [voice.name for voice in each.chain], each.ahead) for each in sheet["stages"]
    ]
    assert told == [
        ("Stage 1 of 3", "done", ["Hana Lee"], []),
        ("Stage 2 of 3", "now", ["Jun Choi"], []),
        ("Stage 3 of 3", "todo", [], ["Board", "Jun Choi"]),
    ]
    assert (sheet["stage"], sheet["round"], sheet["is_replaced"]) == (2, 1, False)
    answer(request, cfo, "rejected")
    states = [each.state for each in sheet_for(cfo, row_of(request, cfo))["stages"]]
    assert states == ["done", "failed", "skipped"]


def test_the_sheet_of_a_replaced_question_says_so_and_the_new_one_shows_the_old():
    boss, ticket = UserFactory(), make_incident()
    old = answer(make_approval_request(boss, ticket=ticket, watch=["impact"], watch_after=True), boss)
    update_ticket(ticket.pk, actor=AgentFactory(), impact=1)
    assert sheet_for(boss, row_of(old, boss))["is_replaced"] is True
    sheet = sheet_for(boss, row_of(old.successor, boss))
    assert (sheet["round"], sheet["is_replaced"]) == (2, False)
    assert [(each["round"], each["status"]) for each in sheet["earlier"]] == [(1, "approved")]


def test_the_api_tells_stage_sets_and_round():
    lead, cfo = Caller(UserFactory()), Caller(UserFactory())
    person = Caller(UserFactory())
    ticket = make_incident(requester=person.user)
    second = {"sets": [{"approvers": [cfo.user]}, {"approvers": [cfo.user], "rule": "all"}]}
    request = make_approval_request(ticket=ticket, stages=[stage(lead.user), second], watch=["impact"])
    answer(request, lead.user)
    [listed] = cfo.get("approvals/?mine=pending").json()["results"]
    assert (listed["round"], listed["stage"], listed["stage_count"], listed["sets"]) == (1, 2, 2, [1, 2])
    sheet = cfo.get(f"approvals/{listed['id']}/").json()
    assert [(each["number"], each["state"]) for each in sheet["stages"]] == [(1, "done"), (2, "now")]
    assert (sheet["chain"][1]["stage"], sheet["chain"][1]["sets"]) == (2, [1, 2])
    update_ticket(ticket.pk, actor=AgentFactory(), impact=1)
    new, old = person.get(f"incidents/{ticket.number}/approvals/").json()["results"]
    assert (new["round"], new["stage"], new["stage_count"], new["reason"]) == (2, 1, 2, "")
    assert (old["round"], old["stage"], old["reason"], old["status"]) == (1, 2, "changed", "cancelled")
    assert [(each["stage"], each["sets"]) for each in old["approvals"]] == [(1, [1]), (2, [1, 2])]


def test_the_page_shows_the_stages_and_earlier_rounds(client):
    lead, cfo = UserFactory(name_en="Hana Lee"), UserFactory(name_en="Jun Choi")
    ticket = make_incident()
    request = make_approval_request(ticket=ticket, stages=[stage(lead), stage(cfo)], watch=["impact"])
    update_ticket(ticket.pk, actor=AgentFactory(), impact=1)
    client.force_login(lead)
    html = client.get(f"/approvals/{row_of(request.successor, lead).public_id}/").content.decode()
    for words in ("Stage 1 of 2", "Stage 2 of 2", "Jun Choi", "What was asked has changed"):
        assert words in html
    short = make_approval_request(lead)
    assert "Stage 1" not in client.get(f"/approvals/{row_of(short, lead).public_id}/").content.decode()
