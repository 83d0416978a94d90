"""Who else has a ticket open, and who is writing (UI section 5)."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from core import live
from desk import presence
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(group: Any) -> Any:
    return AgentFactory(groups=[group], name_ko="한서진", name_en="Seojin Han", language="en")


@pytest.fixture
def agent(group: Any) -> Any:
    """The reader of these tests."""
    return AgentFactory(groups=[group], name_ko="오지우", name_en="Jiwoo Oh", language="ko")


@pytest.fixture(autouse=True)
def _nobody() -> Any:
    """The broker outlives a test's transaction, and the next test may get the same key."""
    yield
    presence._broker.ask(lambda pipeline: pipeline.flushdb())


def told(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr(
        live, "push", lambda topic, event, data, **how: heard.append(f"{topic} {event} {how}")
    )
    return heard


def place(incident: Any) -> str:
    return f"/w/incidents/{incident.number}/presence/"


def test_each_sees_the_other_and_nobody_themselves(
    desk: Client, agent: Any, other: Any, client_of: Any
) -> None:
    incident = make_incident()
    beside = client_of(other)
    assert desk.post(place(incident), {"doing": "viewing"}).content.strip() == b""
    page = beside.post(place(incident), {"doing": "typing"}).content.decode()
    assert "Jiwoo Oh has this open" in page
    seen = desk.get(place(incident)).content.decode()
    assert "한서진 님이 쓰고 있어요" in seen
    assert "오지우" not in seen


def test_pages_hear_of_what_is_new_and_of_nothing_else(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    incident = make_incident()
    heard = told(monkeypatch)
    for doing in ("viewing", "viewing", "typing", "typing", "viewing", "gone", "gone"):
        assert desk.post(place(incident), {"doing": doing}).status_code == 200
    assert heard == [f"tickets/{incident.number} presence {{'internal': True}}"] * 4


def test_who_leaves_or_says_nothing_for_45_seconds_is_gone(
    desk: Client, other: Any, client_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    incident, beside = make_incident(), client_of(other)
    beside.post(place(incident), {"doing": "viewing"})
    assert "한서진" in desk.get(place(incident)).content.decode()
    beside.post(place(incident), {"doing": "gone"})
    assert "한서진" not in desk.get(place(incident)).content.decode()
    beside.post(place(incident), {"doing": "viewing"})
    now = presence.time.time()
    monkeypatch.setattr(presence.time, "time", lambda: now + 46)
    assert "한서진" not in desk.get(place(incident)).content.decode()


def test_looking_says_nothing(desk: Client, other: Any, client_of: Any) -> None:
    incident = make_incident()
    desk.get(f"/w/incidents/{incident.number}/")
    desk.get(place(incident))
    assert client_of(other).get(place(incident)).content.strip() == b""


def test_a_row_of_the_list_shows_who_has_it_open(desk: Client, other: Any, client_of: Any) -> None:
    incident = make_incident()
    client_of(other).post(place(incident), {"doing": "viewing"})
    page = desk.get("/w/incidents/").content.decode()
    assert "다른 곳에서 열려 있어요: 한서진" in page
    assert "Open elsewhere" not in client_of(other).get("/w/incidents/").content.decode()


@pytest.mark.parametrize("doing", ["", "dancing", "<b>"])
def test_anything_else_is_refused(desk: Client, doing: str) -> None:
    incident = make_incident()
    assert desk.post(place(incident), {"doing": doing}).status_code == 400


def test_it_is_for_agents_who_may_see_the_ticket(desk: Client, client_of: Any) -> None:
    hidden = make_incident(group=GroupFactory(is_restricted=True))
    assert desk.post(place(hidden), {"doing": "viewing"}).status_code == 404
    own = make_incident()
    assert client_of(own.requester).post(place(own), {"doing": "viewing"}).status_code == 403
    assert client_of(UserFactory()).get(place(own)).status_code == 403


def test_without_a_broker_nobody_is_shown_and_nothing_breaks(
    desk: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(presence._broker, "ask", lambda question: None)
    incident = make_incident()
    assert desk.post(place(incident), {"doing": "viewing"}).status_code == 200
    assert desk.get("/w/incidents/").status_code == 200
