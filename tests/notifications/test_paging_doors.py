"""Where a page is answered: on the ticket, from the notice, over REST; and where its minutes are set."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import User
from core import dispatch, outbox
from notifications import paging
from notifications.models import Notification, OnCallPage
from schedules.models import Rota
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, GroupFactory, administrator
from tests.factories.incidents import make_incident
from tests.factories.schedules import make_rota
from tickets.escalations import Mark

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent() -> User:
    return AgentFactory(groups=[GroupFactory()], name_en="Seojin")


@pytest.fixture
def incident(agent: User) -> Any:
    """With a page to the agent that waits for an answer."""
    group = agent.member_of.get()
    make_rota(group, [agent])
    row = make_incident(group=group)
    with transaction.atomic():
        event = outbox.publish("sla.warned", {})
        event.refresh_from_db()
        paging.start(Mark(event, 0, row, "Fix", 75), "desk")
    return row


def signed_in(person: User) -> Client:
    client = Client(headers={"Accept-Language": person.language})
    client.force_login(person)
    return client


def end() -> str:
    return OnCallPage.objects.get().end


def test_the_ticket_shows_whose_answer_is_awaited_and_takes_it(agent, incident):
    client, place = signed_in(agent), f"/w/incidents/{incident.number}/"
    page = client.get(place).content.decode()
    assert "Seojin was paged (On call) and has not answered yet." in page
    assert "Answer the page" in page
    answer = client.post(f"{place}acknowledge/", follow=True)
    text = answer.content.decode()
    assert (answer.status_code, end()) == (200, "acknowledged")
    assert "You have answered the page." in text
    assert "has not answered yet" not in text
    assert "Answered the page" in text  # in the timeline
    late = client.post(f"{place}acknowledge/", follow=True).content.decode()
    assert "No page of this ticket waits for an answer any more." in late


def test_htmx_gets_the_parts_anew_also_when_somebody_was_faster(agent, incident):
    client = signed_in(agent)
    for _round in range(2):
        answer = client.post(f"/w/incidents/{incident.number}/acknowledge/", headers={"HX-Request": "true"})
        text = answer.content.decode()
        assert (answer.status_code, end()) == (200, "acknowledged")
        assert 'id="ticket-awaited" hx-swap-oob="true" hidden' in text


def test_it_is_said_in_korean(agent, incident):
    agent.language = "ko"
    agent.save(update_fields=["language"])
    page = signed_in(agent).get(f"/w/incidents/{incident.number}/").content.decode()
    assert "아직 응답이 없습니다" in page
    assert "호출에 응답" in page


def test_the_notice_has_a_button_while_the_page_waits(agent, incident):
    while dispatch.relay(limit=100) + dispatch.run_handlers(limit=100):
        pass
    notice = Notification.objects.get(template="sla_paged", channel="inapp", user=agent)
    client, place = signed_in(agent), f"/notifications/{notice.public_id}/acknowledge/"
    assert place in client.get("/notifications/").content.decode()
    answer = client.post(place)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/w/incidents/{incident.number}/")
    notice.refresh_from_db()
    assert (end(), notice.read_at is not None) == ("acknowledged", True)
    assert place not in client.get("/notifications/").content.decode()
    assert "any more" in client.post(place, follow=True).content.decode()
    assert signed_in(AgentFactory()).post(place).status_code == 404


def test_rest_lists_pages_and_answers_them(agent, incident):
    caller, place = Caller(agent), f"tickets/{incident.number}/pages/"
    [row] = caller.get(place).json()["results"]
    assert (row["rota"], row["percent"], row["end"], row["acknowledged_by"]) == ("desk", 75, "", None)
    assert row["next_at"]
    assert [(call["level"], call["person"]["username"]) for call in row["calls"]] == [(1, agent.username)]
    [row] = caller.post(f"{place}acknowledge/").json()["results"]
    assert (row["end"], row["acknowledged_by"]["username"]) == ("acknowledged", agent.username)
    assert (row["next_at"], bool(row["ended_at"])) == (None, True)
    problem(caller.post(f"{place}acknowledge/"), 409, "wrong_state")
    for method in ("get", "post"):
        path = place if method == "get" else f"{place}acknowledge/"
        assert getattr(Caller(incident.requester), method)(path).status_code == 404


@pytest.mark.parametrize(
    ("given", "status", "kept"), [("30", 302, 30), ("0", 422, 15), ("1441", 422, 15), ("", 422, 15)]
)
def test_the_minutes_are_set_on_the_rotas_page(agent, incident, given, status, kept):
    rota = Rota.objects.get()
    data = {
        "name_ko": rota.name_ko, "name_en": rota.name_en, "group": rota.group.key, "tz": rota.tz,
        "is_active": "on", "climb_minutes": given, "lock_version": rota.lock_version,
    }  # fmt: skip
    client = signed_in(administrator())
    assert 'value="15"' in client.get("/design/on-call/desk/").content.decode()
    assert client.post("/design/on-call/desk/", data).status_code == status
    rota.refresh_from_db()
    assert rota.climb_minutes == kept
