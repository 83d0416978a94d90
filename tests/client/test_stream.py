"""The live stream: nothing missed over a break, nothing sent to a stranger, an end when it is wanted."""

from __future__ import annotations

import threading
import time
from urllib.parse import parse_qs, urlsplit

import pytest

from maru_client import AnswerError, ConnectionLostError, Maru, NotAllowedError, NotSignedInError, stream
from tests.client.conftest import TOKEN
from tests.client.fake import Fake, eventually


def frame(number: int, *, mark: str = "", kind: str = "ticket.changed") -> str:
    """One event as the server writes it."""
    told = f"id: {mark}\n" if mark else ""
    return f'{told}event: {kind}\ndata: {{"number":"INC{number}","topic":"queue/all"}}\n\n'


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LONGEST_PAUSE", 0.02)


def test_events_come_as_they_happen_and_resume_after_the_last(fake, maru):
    fake.says({}).streams(frame(1, mark="e1"), ": beat\n\n", frame(2), frame(3, mark="e2"))
    fake.streams(frame(4, mark="e3"), stays=True)
    with maru.events("queue/all", "users/me") as events:
        found = [event for _turn, event in zip(range(4), events, strict=False)]
    assert [event.data["number"] for event in found] == ["INC1", "INC2", "INC3", "INC4"]
    assert [event.id for event in found] == ["e1", "", "e2", "e3"]
    root, first, second = fake.asked
    assert root.path == "/api/v1/"
    assert first.path.startswith("/api/v1/stream/?topics=queue/all,users/me")
    assert first.headers["authorization"] == f"Bearer {TOKEN}"
    assert "last-event-id" not in first.headers
    assert second.headers["last-event-id"] == "e2"
    assert "age" not in second.path


def test_before_the_first_event_a_break_is_bridged_by_its_age(fake, maru):
    fake.says({}).streams(": beat\n\n", 0.3, ": beat\n\n").streams(frame(1, mark="e1"), stays=True)
    with maru.events("queue/all") as events:
        time.sleep(0.2)
        assert next(iter(events)).data["number"] == "INC1"
    ages = [int(parse_qs(urlsplit(path).query)["age"][0]) for path in fake.paths[1:]]
    assert ages[0] < 150
    assert 1 <= ages[1] < 2000


def test_the_stream_is_open_before_the_block_begins(fake, maru):
    fake.says({}).streams(stays=True)
    with maru.events("queue/all"):
        assert len(fake.asked) == 2


def test_a_reset_forgets_the_position(fake, maru):
    fake.says({}).streams("event: reset\ndata: {}\n\n").streams(frame(1, mark="e9"), stays=True)
    with maru.events("queue/all", last_id="e1") as events:
        first, second = (event for _turn, event in zip(range(2), events, strict=False))
    assert (first.type, second.type) == ("reset", "ticket.changed")
    assert fake.asked[1].headers["last-event-id"] == "e1"
    assert "last-event-id" not in fake.asked[2].headers


def test_a_server_that_is_away_is_waited_for(fake, maru):
    fake.says({}).refuses(503, "busy").cuts().streams(frame(1, mark="e1"), stays=True)
    with maru.events("queue/all") as events:
        assert next(iter(events)).id == "e1"
    assert len(fake.asked) == 4


@pytest.mark.parametrize(("status", "kind"), [(401, NotSignedInError), (403, NotAllowedError)])
def test_a_token_that_ended_ends_the_stream(fake, maru, status, kind):
    fake.says({}).streams(frame(1, mark="e1")).refuses(status, "no")
    events = iter(maru.events("queue/all"))
    assert next(events).id == "e1"
    with pytest.raises(kind):
        next(events)


def test_without_reconnecting_a_break_is_an_error(fake, maru):
    fake.says({}).streams(frame(1))
    events = iter(maru.events("queue/all", reconnect=False))
    next(events)
    with pytest.raises(ConnectionLostError):
        next(events)


def test_a_stream_that_says_nothing_for_too_long_is_opened_again(fake, maru, monkeypatch):
    monkeypatch.setattr(stream, "SILENCE_SECONDS", 0.2)
    fake.says({}).streams(frame(1, mark="e1"), stays=True).streams(frame(2, mark="e2"), stays=True)
    with maru.events("queue/all") as events:
        assert [event.id for _turn, event in zip(range(2), events, strict=False)] == ["e1", "e2"]


def test_another_thread_can_end_it(fake, maru):
    fake.says({}).streams(frame(1), stays=True)
    events = maru.events("queue/all")
    seen: list[str] = []
    reader = threading.Thread(target=lambda: seen.extend(event.type for event in events))
    reader.start()
    assert eventually(lambda: seen)
    began = time.monotonic()
    events.close()
    reader.join(5)
    assert not reader.is_alive()
    assert time.monotonic() - began < 2
    assert seen == ["ticket.changed"]


def test_the_stream_is_where_the_server_says_on_the_same_host(fake, maru):
    with Fake() as live:
        fake.says({"stream": f"{live.url}/api/v1/stream/"})
        live.streams(frame(1), stays=True)
        with maru.events("queue/all") as events:
            assert next(iter(events)).data["number"] == "INC1"
        assert live.asked[0].path.startswith("/api/v1/stream/?topics=queue/all")


def test_the_token_goes_to_another_host_only_when_the_caller_says_so(fake, maru):
    with Fake() as live:
        other = live.url.replace("127.0.0.1", "localhost")
        fake.says({"stream": f"{other}/api/v1/stream/"})
        with pytest.raises(AnswerError, match="stream_url"):
            next(iter(maru.events("queue/all")))
        assert live.asked == []
        live.streams(frame(1), stays=True)
        told = Maru(fake.url, TOKEN, stream_url=f"{other}/api/v1/stream/")
        with told, told.events("queue/all") as events:
            assert next(iter(events)).type == "ticket.changed"


def test_a_ticket_has_a_stream_of_its_own(fake, maru):
    fake.says({"number": "INC7", "kind": "incident"}).says({}).streams(frame(7), stays=True)
    with maru.tickets.get("INC7").events() as events:
        next(iter(events))
    assert "topics=tickets/INC7" in fake.paths[2]
    with pytest.raises(ValueError, match="topic"):
        maru.events()
