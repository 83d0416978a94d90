"""The board: columns, cards within bounds, the ways on from each card, and its gate."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import QueryDict

from desk.board import selectors
from desk.board.selectors import board_of
from desk.filters import filters_from
from desk.saved.services import checked_state
from tests.desk.test_lists import LIST_QUERIES
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.desk import make_view
from tests.factories.incidents import make_incident
from tickets.services import update_ticket


def cards(page: str) -> dict[str, list[str]]:
    """The cards of a board by column."""
    parts = re.split(r'data-column="([^"]*)"', page)[1:]
    return {
        key: re.findall(r'class="board-card"[^>]*data-number="([A-Z0-9]+)"', text)
        for key, text in zip(parts[::2], parts[1::2], strict=True)
    }


def counts(page: str) -> list[int]:
    """The numbers in the heads of the columns."""
    return [int(each) for each in re.findall(r'<h2 id="column-\d+">.*?<span class="num">(\d+)</span>', page)]


@pytest.mark.parametrize("rows", [2, 20])
@pytest.mark.parametrize("by", ["state", "assignee"])
def test_a_board_costs_the_same_for_any_number_of_cards(
    rows: int, by: str, warm: Any, group: Any, django_assert_num_queries: Any
):
    for _ in range(rows):
        make_incident(group=group, requester=UserFactory())
    with django_assert_num_queries(LIST_QUERIES - 1):  # no page of rows by key
        page = warm.get(f"/w/board/incidents/?by={by}").content.decode()
    assert sum(map(len, cards(page).values())) == rows


def test_each_ticket_stands_in_the_column_of_its_state(desk: Any, agent: Any, group: Any):
    new = make_incident(group=group, title="<i>New</i>")
    running = make_incident("in_progress", group=group, agent=agent)
    waiting = make_incident("on_hold", group=group, agent=agent)
    page = desk.get("/w/board/incidents/?view=open").content.decode()
    shown = cards(page)
    assert (shown["new"], shown["in_progress"], shown["on_hold"]) == (
        [new.number], [running.number], [waiting.number],
    )  # fmt: skip
    assert shown["resolved"] == []  # a place to drag to
    assert "&lt;i&gt;New&lt;/i&gt;" in page
    assert "<i>New</i>" not in page


def test_a_column_shows_twenty_and_says_how_many_more(desk: Any, group: Any, monkeypatch: Any):
    monkeypatch.setattr(selectors, "CARDS", 2)
    for _ in range(5):
        make_incident(group=group)
    page = desk.get("/w/board/incidents/").content.decode()
    assert len(cards(page)["new"]) == 2
    assert counts(page)[0] == 5
    assert ">3 more<" in page
    more = re.search(r'href="([^"]*more=new)"', page)
    assert more
    assert len(cards(desk.get(more.group(1).replace("&amp;", "&")).content.decode())["new"]) == 5


def test_a_list_of_more_than_a_thousand_is_cut_and_says_so(
    agent: Any, desk: Any, group: Any, monkeypatch: Any
):
    monkeypatch.setattr(selectors, "MOST_COUNTED", 3)
    for _ in range(4):
        make_incident(group=group)
    board = board_of(agent, filters_from(QueryDict(""), path="incidents"), "state")
    assert (board.count, board.is_cut) == (3, True)
    assert "The first 1,000 tickets are on the board." in desk.get("/w/board/incidents/").content.decode()


def test_by_assignee_each_person_has_a_column(desk: Any, agent: Any, group: Any):
    nobodys, mine = make_incident(group=group), make_incident(group=group)
    update_ticket(mine.pk, actor=agent, assignee=agent)
    page = desk.get("/w/board/incidents/?by=assignee").content.decode()
    assert cards(page) == {"nobody": [nobodys.number], agent.username: [mine.number]}


def test_a_card_offers_the_moves_of_its_state_as_links_to_their_forms(
    desk: Any, agent: Any, group: Any, hx: Any
):
    incident = make_incident("in_progress", group=group, agent=agent)
    page = desk.get("/w/board/incidents/").content.decode()
    found = re.search(rf'href="(/w/incidents/{incident.number}/move/resolve/)" data-target="resolved"', page)
    assert found
    form = desk.get(found.group(1), **hx("dialog-body")).content.decode()
    assert 'name="close_code"' in form
    answer = desk.post(found.group(1), {"lock_version": incident.lock_version}, **hx("dialog-body"))
    assert answer.status_code == 422
    incident.refresh_from_db()
    assert incident.state == "in_progress"


def test_a_move_that_is_closed_says_why_in_the_dialog(client_of: Any, agent: Any, group: Any, hx: Any):
    incident = make_incident("closed", group=group, agent=agent)
    answer = client_of(agent).get(f"/w/incidents/{incident.number}/move/resolve/", **hx("dialog-body"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "<html" not in page
    assert "Not possible any more" in page


def test_a_move_made_on_the_board_sends_no_row(desk: Any, group: Any, hx: Any):
    incident = make_incident(group=group)
    answer = desk.post(
        f"/w/incidents/{incident.number}/move/start/",
        {"lock_version": incident.lock_version},
        HTTP_HX_CURRENT_URL="http://testserver/w/board/incidents/?view=open",
        **hx("dialog-body"),
    )
    assert (answer.status_code, answer.content, answer["HX-Trigger"]) == (200, b"", "desk:done")
    incident.refresh_from_db()
    assert incident.state == "in_progress"


def test_the_board_of_a_saved_view_and_its_gate(client_of: Any, agent: Any, group: Any):
    urgent = make_incident(group=group, impact=1, urgency=1)
    make_incident(group=group)
    hidden = make_incident(group=GroupFactory(is_restricted=True), impact=1, urgency=1)
    view = make_view(agent, filters={"priority": [1]})
    page = client_of(agent).get(f"/w/board/{view.public_id}/").content.decode()
    assert [number for numbers in cards(page).values() for number in numbers] == [urgent.number]
    assert hidden.number not in page
    assert client_of(AgentFactory(groups=[group])).get(f"/w/board/{view.public_id}/").status_code == 404
    assert client_of(UserFactory()).get("/w/board/incidents/").status_code == 403


def test_another_companys_tickets_are_on_no_board(desk: Any, group: Any):
    foreign = UserFactory(company=CompanyFactory())
    incident = make_incident(requester=foreign)
    type(incident).objects.filter(pk=incident.pk).update(company=foreign.company)
    assert incident.number not in desk.get("/w/board/all/?view=open").content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/w/board/nothing/", 404),
        ("/w/board/incidents/?by=secret", 400),
        ("/w/board/incidents/?sort=secret", 400),
        ("/w/board/incidents/?view=nothing", 400),
        ("/w/board/0191d0c8-0000-7000-8000-000000000000/", 404),
        ("/w/board/incidents/?more=" + "x" * 5000, 200),
    ],
)
def test_hostile_addresses(address: str, status: int, desk: Any):
    assert desk.get(address).status_code == status


def test_a_view_of_the_board_keeps_its_columns(agent: Any):
    state = checked_state("incidents", {"columns": ["assignee"]})
    assert state["columns"] == ["assignee"]
