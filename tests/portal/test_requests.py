"""My requests: what one sees and what one may do."""

from __future__ import annotations

import uuid

import pytest

from incidents.models import Incident
from tests.factories.accounts import UserFactory
from tests.factories.catalog import make_item, make_order
from tests.factories.incidents import make_incident
from tests.portal.test_pages import page_queries
from tickets.choices import LinkType
from tickets.models import Activity, Draft, TicketLink
from tickets.services import add_comment, add_work_note

pytestmark = pytest.mark.django_db


def key():
    return {"once_key": str(uuid.uuid4())}


def comments():
    return list(Activity.objects.filter(kind="comment").values_list("body", "is_public"))


def test_the_list_shows_open_and_finished_ones_apart(own, employee):
    make_incident(requester=employee, title="Open one")
    make_incident("closed", requester=employee, title="Closed one")
    make_incident(title="Somebody else's")
    still_open, done = own.get("/my/").content.decode(), own.get("/my/?tab=done").content.decode()
    assert "Open one" in still_open
    assert "Closed one" not in still_open
    assert "Closed one" in done
    assert "Open one" not in done
    assert "Somebody else" not in still_open + done


def test_the_list_pages_without_gap_or_repeat(own, employee):
    made = [make_incident(requester=employee, title=f"Problem {n}").number for n in range(23)]
    first = own.get("/my/")
    link = (
        first.content.decode()
        .split('class="pager"')[1]
        .split('href="')[1]
        .split('"')[0]
        .replace("&amp;", "&")
    )
    second = own.get(link)
    shown = [n for page in (first, second) for n in made if n in page.content.decode()]
    assert sorted(shown) == sorted(made)
    assert 'class="pager"' not in second.content.decode()


@pytest.mark.parametrize("after", ["x", "2026-01-01_1", "2026-01-01T00:00:00+00:00_-1", "_", "a_b_c"])
def test_a_broken_page_address_is_a_bad_request(own, after):
    assert own.get("/my/", {"after": after}).status_code == 400


def test_an_agents_own_list_holds_no_work_of_others(browser, agent):
    make_incident(title="Assigned work", agent=agent, state="in_progress")
    assert "Assigned work" not in browser(agent).get("/my/").content.decode()


def test_internal_notes_and_words_never_reach_the_page(own, browser, employee, agent):
    incident = make_incident("in_progress", requester=employee, agent=agent)
    add_work_note(incident.pk, actor=agent, body="Secret suspicion")
    add_comment(incident.pk, actor=agent, body="We are on it.")
    for reader in (own, browser(agent)):
        text = reader.get(f"/my/{incident.number}/").content.decode()
        assert "We are on it." in text
        assert "Secret suspicion" not in text


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/my/{number}/", "get"),
        ("/my/{number}/", "head"),
        ("/my/{number}/reply/", "post"),
        ("/my/{number}/draft/", "post"),
        ("/my/{number}/move/cancel/", "post"),
    ],
)
def test_a_stranger_finds_nothing(browser, path, method):
    number = make_incident().number
    stranger = browser(UserFactory())
    hidden = getattr(stranger, method)(path.format(number=number), {"body": "x", "reason_text": "x"})
    absent = getattr(stranger, method)(path.format(number="INC9999999"), {"body": "x", "reason_text": "x"})
    assert hidden.status_code == absent.status_code == 404
    assert not Draft.objects.exists()
    assert comments() == []


def test_a_reply_is_public_and_removes_the_draft(own, employee):
    incident = make_incident(requester=employee)
    own.post(f"/my/{incident.number}/draft/", {"body": "Room 3"})
    answer = own.post(f"/my/{incident.number}/reply/", {"body": "Room 301"} | key())
    assert answer["Location"] == f"/my/{incident.number}/#conversation"
    assert comments() == [("Room 301", True)]
    assert not Draft.objects.exists()


def test_a_reply_by_htmx_brings_an_empty_composer_and_asks_for_the_news(own, employee):
    incident = make_incident(requester=employee)
    answer = own.post(
        f"/my/{incident.number}/reply/", {"body": "Room 301"} | key(), headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "Room 301" not in answer.content.decode()
    assert "maru:ticket-changed" in answer["HX-Trigger"]


@pytest.mark.parametrize("body", ["", "  ", "x" * 20_001])
def test_an_empty_or_endless_reply_is_refused(own, employee, body):
    incident = make_incident(requester=employee)
    answer = own.post(f"/my/{incident.number}/reply/", {"body": body} | key())
    assert answer.status_code == 422
    assert 'id="composer-error"' in answer.content.decode()
    assert comments() == []


def test_a_reply_sent_twice_is_said_once(own, employee):
    incident = make_incident(requester=employee)
    sent = {"body": "Hello"} | key()
    own.post(f"/my/{incident.number}/reply/", sent)
    own.post(f"/my/{incident.number}/reply/", sent)
    assert comments() == [("Hello", True)]


def test_a_reply_to_a_closed_report_opens_a_follow_up(own, employee):
    old = make_incident("closed", requester=employee)
    answer = own.post(f"/my/{old.number}/reply/", {"body": "It is back."} | key())
    new = Incident.objects.exclude(pk=old.pk).get()
    assert answer["Location"] == f"/my/{new.number}/#conversation"
    assert TicketLink.objects.filter(source=new, target=old, type=LinkType.FOLLOW_UP_OF).exists()


def test_a_draft_is_kept_shown_and_emptied(own, employee):
    incident = make_incident(requester=employee)
    assert own.post(f"/my/{incident.number}/draft/", {"body": "half a sen"}).status_code == 204
    assert "half a sen" in own.get(f"/my/{incident.number}/").content.decode()
    own.post(f"/my/{incident.number}/draft/", {"body": ""})
    assert not Draft.objects.exists()


def test_a_resolved_report_is_accepted(own, employee):
    incident = make_incident("resolved", requester=employee)
    assert "It works" in own.get(f"/my/{incident.number}/").content.decode()
    own.post(f"/my/{incident.number}/move/close/", key())
    incident.refresh_from_db()
    assert incident.state == "closed"
    assert incident.closed_by == employee


def test_reopening_asks_what_is_wrong(own, employee):
    incident = make_incident("resolved", requester=employee)
    refused = own.post(f"/my/{incident.number}/move/reopen/", key())
    assert refused.status_code == 422
    assert 'id="move-reopen-error"' in refused.content.decode()
    incident.refresh_from_db()
    assert incident.state == "resolved"
    own.post(f"/my/{incident.number}/move/reopen/", {"comment": "Still black."} | key())
    incident.refresh_from_db()
    assert incident.state == "in_progress"
    assert comments() == [("Still black.", True)]


def test_a_new_report_is_withdrawn_with_a_reason(own, employee):
    incident = make_incident(requester=employee)
    own.post(f"/my/{incident.number}/move/cancel/", {"reason_text": "My mistake"} | key())
    incident.refresh_from_db()
    assert (incident.state, incident.close_notes) == ("cancelled", "My mistake")


def test_moves_of_agents_are_not_offered_nor_taken(browser, agent):
    incident = make_incident(requester=agent)
    page = browser(agent).get(f"/my/{incident.number}/").content.decode()
    assert "/move/hold/" not in page
    assert "/move/start/" not in page
    assert browser(agent).post(f"/my/{incident.number}/move/start/", key()).status_code == 404


def test_an_illegal_move_is_a_conflict(own, employee):
    incident = make_incident(requester=employee)
    assert own.post(f"/my/{incident.number}/move/reopen/", {"comment": "x"} | key()).status_code == 409


def test_a_request_leads_to_its_one_item(own, employee):
    request = make_order(person=employee)
    item = request.items.get()
    answer = own.get(f"/my/{request.number}/")
    assert answer["Location"] == f"/my/{item.number}/"
    page = own.get(f"/my/{item.number}/").content.decode()
    assert "Small" in page
    assert "₩ 150,000" in page


def test_a_delivered_item_is_accepted_or_complained_about(own, employee):
    item = make_item("delivered", person=employee)
    assert own.post(f"/my/{item.number}/move/complain/", key()).status_code == 422
    own.post(f"/my/{item.number}/move/complain/", {"comment": "A leg is missing."} | key())
    item.refresh_from_db()
    assert item.state == "work_in_progress"
    other = make_item("delivered", person=employee)
    own.post(f"/my/{other.number}/move/accept/", key())
    other.refresh_from_db()
    assert other.state == "closed_complete"


def test_htmx_gets_only_what_changes(own, employee):
    incident = make_incident(requester=employee)
    text = own.get(f"/my/{incident.number}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in text
    assert 'id="live"' in text
    assert "<draft-keeper" not in text


def test_going_back_in_history_gets_the_whole_page(own, employee):
    incident = make_incident(requester=employee)
    headers = {"HX-Request": "true", "HX-History-Restore-Request": "true"}
    assert "<html" in own.get(f"/my/{incident.number}/", headers=headers).content.decode()


def test_the_list_costs_the_same_for_any_number_of_rows(own, employee):
    counts = []
    for more in (2, 18):
        for number in range(more):
            make_incident(requester=employee, title=f"Problem {number}")
        counts.append(len(page_queries(own, "/my/")))
    assert counts[0] == counts[1] <= MOST_QUERIES_OF_THE_LIST


MOST_QUERIES_OF_THE_LIST = 6
