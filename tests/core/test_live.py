"""Messages to open pages: after the commit, never waited for, through a real broker."""

from __future__ import annotations

import time

import pytest
import redis
from django.db import transaction

from core import live
from core.live import Envelope, Message, Publisher


@pytest.fixture
def listener(settings):
    """A subscription to this installation's channel on the broker of the test run."""
    assert settings.REDIS_URL, "These tests need the broker of the test run (REDIS_URL)."
    client = redis.Redis.from_url(settings.REDIS_URL)
    subscription = client.pubsub()
    subscription.subscribe(live.channel())
    confirmed = subscription.get_message(timeout=5)
    assert confirmed is not None
    assert confirmed["type"] == "subscribe"
    yield subscription
    subscription.close()
    client.close()


def heard(listener, seconds: float) -> list[Envelope]:
    found, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        message = listener.get_message(timeout=0.05)
        if message:
            found.append(Envelope.from_json(message["data"]))
            break
    return found


def test_an_envelope_survives_the_broker():
    message = Message("tickets/INC0001", "ticket.changed", {"version": 3}, internal=True)
    envelope = Envelope("e7", (message,))
    assert Envelope.from_json(envelope.to_json()) == envelope


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"id":1}', '{"id":1,"messages":[1]}', '{"id":1,"messages":[{"x":1}]}']
)
def test_anything_else_is_no_envelope(text):
    with pytest.raises(ValueError):  # noqa: PT011 - JSON errors are ValueErrors of their own
        Envelope.from_json(text)


@pytest.mark.django_db(transaction=True)
def test_a_message_goes_out_after_the_commit_and_not_before(listener):
    with transaction.atomic():
        live.push("users/1", "notification", {"event": 5}, id="n5.1")
        assert heard(listener, 0.3) == []
    (envelope,) = heard(listener, 3)
    assert envelope == Envelope("n5.1", (Message("users/1", "notification", {"event": 5}),))


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_tells_nobody(listener):
    with transaction.atomic():
        live.push("users/1", "notification", {})
        transaction.set_rollback(True)
    assert heard(listener, 0.3) == []


def test_two_installations_on_one_broker_do_not_hear_each_other(settings):
    own = live.channel()
    settings.REDIS_URL = settings.REDIS_URL + "7"
    assert live.channel() != own


def test_a_broker_that_is_away_costs_nothing_and_is_left_alone_for_a_while(settings):
    settings.REDIS_URL = "unix:///tmp/no-such-socket?db=0"
    publisher = Publisher()
    envelope = Envelope("e1", (Message("users/1", "notification"),))
    started = time.monotonic()
    assert [publisher.send([envelope]) for _ in range(1000)] == [False] * 1000
    assert time.monotonic() - started < 1
    assert publisher._open_until > time.monotonic()


@pytest.mark.django_db(transaction=True)
def test_push_never_waits_for_a_broker_that_does_not_answer(settings):
    import socket

    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        settings.REDIS_URL = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        started = time.monotonic()
        for _ in range(50):
            live.push("users/1", "notification", {})
        assert time.monotonic() - started < 0.2
