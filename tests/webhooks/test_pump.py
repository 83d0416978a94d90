"""Threads and processes at once: a target that hangs delays no other, nothing is sent twice."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from tests.factories.webhooks import make_delivery, make_webhook, send_all
from tests.sinks import Sink, wait_until
from webhooks import pump
from webhooks.models import WebhookDelivery
from webhooks.services import sending

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _idle_at_the_end():
    yield
    assert pump.wait_until_idle(20)


def test_a_target_that_hangs_delays_no_other(sink, settings, monkeypatch):
    monkeypatch.setattr(sending, "SECONDS", 3.0)
    with Sink() as good:
        settings.OUTBOUND_ALLOW = [sink.place, good.place]
        hanging = [make_webhook(sink.url + "/hang") for _number in range(3)]
        for webhook in hanging:
            for _number in range(5):
                make_delivery(webhook)
        fine = make_webhook(good.url + "/ok")
        rows = [make_delivery(fine) for _number in range(8)]
        began = time.monotonic()
        assert pump.send_due(limit=50) >= 13, "it does not wait for what it started"
        assert time.monotonic() - began < sending.SECONDS
        assert wait_until(lambda: len(good.requests) == len(rows), 10.0)
        assert wait_until(
            lambda: WebhookDelivery.objects.filter(webhook=fine, state="sent").count() == len(rows), 10.0
        )
        assert WebhookDelivery.objects.filter(webhook__in=hanging, state="sent").count() == 0
        # 12 calls hang, then each of the three is tried alone: let them end.
        WebhookDelivery.objects.filter(webhook__in=hanging, attempts=0).delete()


def test_processes_at_once_send_each_message_once(sink):
    webhook = make_webhook(sink.url + "/ok")
    rows = [make_delivery(webhook) for _number in range(24)]

    def work() -> None:
        try:
            while send_all():
                pass
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    send_all()
    ids = [headers["webhook-id"] for _m, _p, headers, _b in sink.requests]
    assert sorted(ids) == sorted(str(row.message_id) for row in rows)
    assert WebhookDelivery.objects.filter(state="sent").count() == 24


def test_a_thread_that_fails_gives_its_place_back(sink, monkeypatch):
    make_delivery(make_webhook(sink.url))

    def fail(*_args: object, **_more: object) -> None:
        raise ValueError("a defect")

    monkeypatch.setattr(pump, "send", fail)
    assert pump.send_due(limit=10) == 1
    assert pump.wait_until_idle(5)


def test_nothing_due_starts_nothing(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert pump.send_due(limit=10) == 0
