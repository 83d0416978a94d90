"""Hand-overs in the workspace: writing one without scripts, My day, the list, the page for paper."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Group
from desk.selectors.day import day_of
from handovers.models import HandOver
from incidents.models import Incident
from tests.factories.accounts import AgentFactory, GroupFactory
from tests.factories.handovers import make_hand_over
from tests.factories.incidents import make_incident
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
LIST, NEW = "/w/hand-overs/", "/w/hand-overs/new/"


def text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


@pytest.fixture
def colleague(group: Any) -> Any:
    return AgentFactory(groups=[group])


def test_a_shift_is_handed_over_by_a_plain_form(desk: Any, agent: Any, group: Any):
    major, touched = make_incident(group=group), make_incident(group=group)
    Incident.objects.filter(pk=major.pk).update(priority=1)
    other = make_incident(group=GroupFactory())
    page = text(desk.get(NEW))
    assert re.search(f'name="pick_{major.number}"[^>]*checked', page)
    assert re.search(f'name="pick_{touched.number}"', page)
    assert not re.search(f'name="pick_{touched.number}"[^>]*checked', page)
    since = re.search(r'name="since" value="([^"]+)"', page)
    assert since is not None
    sent = {
        "group": group.key,
        "since": since[1],
        "text": "A quiet night.",
        f"pick_{major.number}": "on",
        f"note_{major.number}": "The supplier calls at ten.",
        f"note_{touched.number}": "A note without its tick is kept.",
        "further_1": other.number.lower(),
        "further_note_1": "Belongs to the network team.",
    }
    row_page = text(desk.post(NEW, sent, follow=True))
    row = HandOver.objects.get()
    assert row.notes.count() == 3
    for words in (
        "A quiet night.",
        "The supplier calls at ten.",
        "A note without its tick is kept.",
        "network team",
    ):
        assert words in row_page
    assert "Nobody has it yet" in row_page
    assert "I have it" not in row_page


def test_a_refused_form_keeps_every_word_also_of_tickets_that_are_over(desk: Any, agent: Any, group: Any):
    incident = make_incident(group=group)
    Incident.objects.filter(pk=incident.pk).update(priority=1)
    sent = {
        "group": group.key,
        f"note_{incident.number}": "Typed before it was solved.",
        "further_note_2": "On which?",
        "further_1": "INC9999999",
    }
    Ticket.objects.filter(pk=incident.pk).update(active=False)
    page = text(desk.post(NEW, sent), 422)
    assert "Typed before it was solved." in page
    assert "Say which ticket the note is on." in page
    assert "There is no ticket INC9999999." in page
    assert not HandOver.objects.exists()
    assert "Write what the next shift should know" in text(desk.post(NEW, {"group": group.key}), 422)
    hidden = make_incident(group=GroupFactory(is_restricted=True), title="Layoffs")
    page = text(desk.post(NEW, {"group": group.key, f"note_{hidden.number}": "x", "text": ""}), 422)
    assert "Layoffs" not in page


def test_sent_twice_it_is_written_once(desk: Any, group: Any):
    key = re.search(r'name="once_key" value="([^"]+)"', text(desk.get(NEW)))
    assert key is not None
    sent = {"group": group.key, "text": "x", "once_key": key[1]}
    places = {desk.post(NEW, sent)["Location"] for _time in range(2)}
    assert HandOver.objects.count() == len(places) == 1


def test_another_team_is_chosen_by_its_address(desk: Any, agent: Any, group: Any):
    second = GroupFactory(name_en="Network")
    second.memberships.create(user=agent)
    assert f"?group={second.key}" in text(desk.get(NEW))
    assert "Hand over the shift of Network" in text(desk.get(f"{NEW}?group={second.key}"))
    assert desk.get(f"{NEW}?group={GroupFactory().key}").status_code == 403
    assert desk.post(NEW, {"group": GroupFactory().key, "text": "x"}).status_code == 403
    assert not HandOver.objects.exists()


def test_it_stands_first_on_my_day_until_somebody_has_it(
    desk: Any, agent: Any, group: Any, colleague: Any, client_of: Any
):
    incident = make_incident(group=group)
    row = make_hand_over(colleague, group, incident)
    own = make_hand_over(agent, group)
    make_hand_over(AgentFactory(groups=[other := GroupFactory()]), other)
    page = text(desk.get("/w/"))
    assert [each.pk for each in day_of(agent).hand_overs] == [row.pk]
    assert page.index(f"hand-over-{row.public_id}") < page.index("day-mine")
    assert f"Look at {incident.number}." in page
    assert str(own.public_id) not in page
    answer = desk.post(f"{LIST}{row.public_id}/accept/", {"next": "/w/"}, follow=True)
    assert answer.redirect_chain[-1][0] == "/w/"
    assert "You have it now." in text(answer)
    assert list(day_of(agent).hand_overs) == []
    third = client_of(AgentFactory(groups=[group]))
    late = third.post(f"{LIST}{row.public_id}/accept/", {"next": "https://evil.example/"}, follow=True)
    assert late.redirect_chain[-1][0] == f"{LIST}{row.public_id}/"
    assert f"{agent.display_name} has taken this over already." in text(late)


def test_who_leads_the_team_reads_and_is_not_asked(group: Any, colleague: Any, client_of: Any):
    lead = AgentFactory()
    Group.objects.filter(pk=group.pk).update(manager=lead)
    row = make_hand_over(colleague, group)
    browser = client_of(lead)
    assert list(day_of(lead).hand_overs) == []
    page = text(browser.get(f"{LIST}{row.public_id}/"))
    assert "A quiet night." in page
    assert "I have it" not in page
    assert str(row.public_id) in text(browser.get(LIST))
    assert browser.get(NEW).status_code == 403
    assert browser.post(f"{LIST}{row.public_id}/accept/").status_code == 403
    assert client_of(AgentFactory(groups=[GroupFactory()])).get(f"{LIST}{row.public_id}/").status_code == 404


def test_a_hidden_ticket_is_on_no_page(desk: Any, agent: Any, group: Any, colleague: Any):
    kept = make_incident(group=group, title="Layoffs in spring")
    row = make_hand_over(colleague, group, kept)
    own = make_hand_over(agent, group, kept)
    pages = [
        "/w/",
        LIST,
        f"{LIST}{row.public_id}/",
        f"{LIST}{own.public_id}/",
        f"/w/history/hand-over/{row.public_id}/",
    ]
    assert "Layoffs" in text(desk.get("/w/"))
    Ticket.objects.filter(pk=kept.pk).update(group=GroupFactory(is_restricted=True))
    for page in pages:
        shown = text(desk.get(page))
        assert "Layoffs" not in shown, page
        assert kept.number not in shown, page


def test_earlier_ones_are_found_by_team_and_day(desk: Any, agent: Any, group: Any, colleague: Any):
    second = GroupFactory()
    second.memberships.create(user=agent)
    first, other = make_hand_over(colleague, group), make_hand_over(agent, second)
    desk.post(f"{LIST}{first.public_id}/accept/")

    def found(query: str) -> set[Any]:
        page = text(desk.get(f"{LIST}?{query}"))
        return {row.pk for row in (first, other) if str(row.public_id) in page}

    assert found("") == {first.pk, other.pk}
    assert found(f"group={group.key}") == {first.pk}
    assert found("waiting=on") == {other.pk}
    assert found("since=2099-01-01") == set()
    assert found("until=2099-01-01") == {first.pk, other.pk}
    assert "Nothing matches" in text(desk.get(f"{LIST}?until=2000-01-01"))
    assert desk.get(f"{LIST}?since=yesterday").status_code == 422
    assert desk.get(f"{LIST}?group=nobodys").status_code == 422


def test_its_history_tells_who_has_it(desk: Any, agent: Any, group: Any, colleague: Any):
    row = make_hand_over(colleague, group)
    desk.post(f"{LIST}{row.public_id}/accept/")
    page = text(desk.get(f"/w/history/hand-over/{row.public_id}/"))
    assert "Taken over by" in page
    assert agent.display_name in page
    assert desk.get("/w/history/hand-over/x/").status_code == 404


@pytest.mark.parametrize("url", [LIST, "/w/"])
def test_pages_cost_the_same_for_any_number(warm: Any, url: str, group: Any, colleague: Any):
    tickets = [make_incident(group=group) for _place in range(2)]
    costs = []
    for more in (2, 6):
        for _place in range(more):
            make_hand_over(colleague, group, *tickets)
        with CaptureQueriesContext(connection) as asked:
            text(warm.get(url))
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_there_is_a_way_to_it(desk: Any, group: Any):
    assert f'href="{LIST}"' in text(desk.get("/w/all/"))
    assert NEW in text(desk.get("/w/palette?q=hand+over", HTTP_HX_REQUEST="true"))
