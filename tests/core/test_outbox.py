"""The outbox loses nothing and hands over each fact at least once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.db.models.functions import Now

from core import dispatch, outbox, sweep
from core.cause import caused_by, current_chain
from core.errors import LoopStoppedError
from core.models import Delivery, OutboxEvent
from core.time import clock_now


@pytest.fixture
def receivers(monkeypatch):
    """An empty registry and an empty outbox; the registry is put back afterwards."""
    OutboxEvent.objects.update(relayed_at=Now())
    Delivery.objects.update(done_at=Now())
    monkeypatch.setattr(outbox, "_handlers", [])
    monkeypatch.setattr(outbox, "_channels", {})


@pytest.mark.django_db(transaction=True)
def test_publish_outside_a_transaction_is_refused():
    with pytest.raises(RuntimeError):
        outbox.publish("test.opened", {"ticket_id": 1})
    assert not OutboxEvent.objects.filter(name="test.opened").exists()


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_change_leaves_no_fact():
    with transaction.atomic():
        outbox.publish("test.opened", {"ticket_id": 1})
        transaction.set_rollback(True)
    assert not OutboxEvent.objects.filter(name="test.opened").exists()


@pytest.mark.django_db
def test_every_matching_handler_gets_the_event_once(receivers):
    seen = []
    outbox.subscribe("incident.*")(lambda event: seen.append(("a", event.payload["n"])))
    outbox._handlers[0] = outbox.Handler("first", "incident.*", outbox._handlers[0].run)
    outbox._handlers.append(
        outbox.Handler("second", "*.opened", lambda event: seen.append(("b", event.payload["n"])))
    )
    outbox._handlers.append(
        outbox.Handler("other", "change.*", lambda event: seen.append(("c", event.payload["n"])))
    )
    outbox.publish("incident.opened", {"n": 7})
    sweep.run(limit=50)
    dispatch.relay(limit=50)
    sweep.run(limit=50)
    assert sorted(seen) == [("a", 7), ("b", 7)]
    assert Delivery.objects.filter(done_at=None).count() == 0


@pytest.mark.django_db
def test_a_failing_handler_is_tried_again_and_its_effects_are_undone(receivers):
    def fail(event):
        OutboxEvent.objects.filter(pk=event.pk).update(name="changed")
        raise ValueError("no")

    outbox._handlers.append(outbox.Handler("fails", "*", fail))
    event = outbox.publish("incident.opened", {})
    sweep.run(limit=50)
    delivery = Delivery.objects.get(event=event)
    event.refresh_from_db()
    assert event.name == "incident.opened"
    assert (delivery.attempts, delivery.done_at, delivery.dead_at) == (1, None, None)
    assert "ValueError" in delivery.last_error
    for _ in range(7):
        Delivery.objects.filter(pk=delivery.pk).update(not_before=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        dispatch.run_handlers(limit=50)
    delivery.refresh_from_db()
    assert delivery.attempts == 8
    assert delivery.dead_at is not None


@pytest.mark.django_db
def test_a_channel_sends_once_per_key_and_backs_off(receivers):
    sent = []

    @outbox.channel("sms", lease_seconds=5)
    def send(delivery):
        sent.append(delivery.idem_key)
        if len(sent) == 1:
            raise outbox.RetryLater("busy")

    outbox.queue("sms", "notice:1:2:sms", {"to": 2})
    outbox.queue("sms", "notice:1:2:sms", {"to": 2})
    sweep.run(limit=50)
    assert sent == ["notice:1:2:sms"]
    assert dispatch.send_due(limit=50) == 0
    Delivery.objects.update(not_before=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    sweep.run(limit=50)
    sweep.run(limit=50)
    assert sent == ["notice:1:2:sms"] * 2
    assert Delivery.objects.get(idem_key="notice:1:2:sms").done_at is not None


@pytest.mark.django_db
def test_a_lost_lease_cannot_record_its_result(receivers):
    @outbox.channel("sms", lease_seconds=5)
    def send(delivery):
        Delivery.objects.filter(pk=delivery.pk).update(lease_token="00000000-0000-0000-0000-000000000001")

    outbox.queue("sms", "k", {})
    dispatch.send_due(limit=5)
    assert Delivery.objects.get(idem_key="k").done_at is None


@pytest.mark.django_db
def test_done_is_final_in_the_database():
    delivery = Delivery.objects.create(
        channel="x", idem_key="k", done_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    )
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE core_delivery SET done_at = NULL WHERE id = %s", [delivery.pk])


def test_a_chain_of_causes_stops_at_eight_and_at_a_repeat():
    with caused_by("rule:1"), pytest.raises(LoopStoppedError), caused_by("rule:1"):
        pass
    with pytest.raises(LoopStoppedError):
        nest(9)
    assert current_chain() == []


def nest(depth: int) -> None:
    """Cause upon cause."""
    if depth:
        with caused_by(f"rule:{depth}"):
            nest(depth - 1)


@pytest.mark.django_db
def test_a_destination_that_is_down_is_not_asked_for_each_delivery(receivers):
    tried = []

    @outbox.channel("sms", lease_seconds=5)
    def send(delivery):
        tried.append(delivery.idem_key)
        raise outbox.RetryLater("down")

    for number in range(5):
        outbox.queue("sms", f"k{number}", {})
    dispatch.send_due(limit=50)
    dispatch.send_due(limit=50)
    assert tried == ["k0"]
    left = Delivery.objects.filter(channel="sms").exclude(idem_key="k0")
    assert set(left.values_list("attempts", "claimed_until")) == {(0, None)}


@pytest.mark.django_db
def test_a_killed_sender_keeps_one_delivery_for_the_time_of_its_lease(receivers):
    @outbox.channel("sms", lease_seconds=5)
    def send(delivery):
        raise KeyboardInterrupt

    for number in range(3):
        outbox.queue("sms", f"k{number}", {})
    with pytest.raises(KeyboardInterrupt):
        dispatch.send_due(limit=50)
    held = Delivery.objects.filter(claimed_until__isnull=False)
    assert [row.idem_key for row in held] == ["k0"]
    assert held[0].claimed_until - clock_now() <= dt.timedelta(seconds=5)
