"""Sending: what goes out, when it is tried again, when it is given up, and what stops a webhook."""

from __future__ import annotations

import datetime as dt
import json
import logging
import socket
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from core.models import AuditLog, OutboxEvent
from core.time import clock_now
from tests.factories.webhooks import make_delivery, make_due, make_webhook, send_all
from tests.webhooks.test_signing import verified
from webhooks import services
from webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookPulse
from webhooks.services import outcomes, sending

pytestmark = pytest.mark.django_db(transaction=True)
# API A-49, in seconds.
SCHEDULE = [5, 30, 120, 600, 1800, 3600, 7200, 18000, 36000, 86400]


def close_circuit() -> None:
    WebhookPulse.objects.update(open_until=None)


def seconds_left(row: WebhookDelivery) -> float:
    row.refresh_from_db()
    return (row.due_at - clock_now()).total_seconds()


def test_a_message_is_posted_signed_and_kept(sink):
    webhook = make_webhook(sink.url + "/ok")
    row = make_delivery(webhook)
    assert send_all() == 1
    method, path, headers, body = sink.requests[0]
    assert (method, path, headers["content-type"]) == ("POST", "/ok", "application/json")
    assert headers["webhook-id"] == str(row.event.public_id)
    assert abs(int(headers["webhook-timestamp"]) - clock_now().timestamp()) < 60
    assert verified(webhook.plain, headers, body)
    told = json.loads(body)
    assert set(told) == {"type", "timestamp", "data"}
    assert (told["type"], told["data"]["sequence"]) == ("incident.opened", row.event.pk)
    assert told["data"]["number"] == row.event.payload["number"]
    row.refresh_from_db()
    assert (row.state, row.status, row.error, row.attempts, row.lease_until) == ("sent", 200, "", 1, None)
    kept = WebhookAttempt.objects.get()
    assert (kept.status, kept.response_body, kept.error) == (200, '{"ok": true}', "")
    assert "webhook-signature" not in kept.request_headers
    assert kept.request_headers["webhook-id"] == str(row.message_id)
    webhook.pulse.refresh_from_db()
    assert webhook.pulse.last_success_at is not None
    assert "authorization" not in headers
    assert "cookie" not in headers


@pytest.mark.parametrize("attempt", range(1, len(SCHEDULE) + 1))
def test_the_wait_after_each_try_is_that_of_the_schedule(attempt):
    waits = [outcomes.wait_after(attempt).total_seconds() for _time in range(50)]
    wanted = SCHEDULE[attempt - 1]
    assert min(waits) >= wanted * 0.8
    assert max(waits) <= wanted * 1.2
    assert max(waits) > min(waits)


def test_a_failing_target_is_tried_11_times_then_given_up_and_the_owner_told(sink):
    webhook = make_webhook(sink.url + "/x")
    sink.answers["/x"] = (500, {}, b"no")
    row = make_delivery(webhook)
    for wanted in SCHEDULE:
        assert send_all() == 1
        assert wanted * 0.8 - 5 <= seconds_left(row) <= wanted * 1.2
        assert row.state == "waiting"
        assert send_all() == 0, "it is not due yet"
        make_due(row)
        close_circuit()
    assert send_all() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error, row.status) == ("dead", 11, "http_500", 500)
    assert {headers["webhook-id"] for _m, _p, headers, _b in sink.requests} == {str(row.message_id)}
    assert len(sink.requests) == WebhookAttempt.objects.count() == 11
    event = OutboxEvent.objects.get(name="webhook.dead")
    assert event.payload == {"webhook": str(webhook.public_id)}


def test_the_owner_hears_once_of_many_given_up(sink):
    webhook = make_webhook(sink.url + "/status/500")
    rows = [make_delivery(webhook, attempts=10) for _number in range(3)]
    for _row in rows:
        send_all(1)
        close_circuit()
    assert WebhookDelivery.objects.filter(state="dead").count() == 3
    assert OutboxEvent.objects.filter(name="webhook.dead").count() == 1


@pytest.mark.parametrize(
    ("status", "given", "least", "most"),
    [(503, "50", 49, 51), (429, "7", 6.5, 8), (503, "1", 3, 6.5), (429, "999999", 86390, 86401),
     (503, "nonsense", 3, 6.5)],
)  # fmt: skip
def test_retry_after_is_respected_up_to_a_day(sink, status, given, least, most):
    sink.answers["/x"] = (status, {"Retry-After": given}, b"")
    row = make_delivery(make_webhook(sink.url + "/x"))
    send_all()
    assert least <= seconds_left(row) <= most


def test_410_switches_it_off_and_the_owner_is_told(sink):
    webhook = make_webhook(sink.url + "/status/410")
    rows = [make_delivery(webhook), make_delivery(webhook)]
    assert send_all() == 1, "the second one waits until somebody switches it on"
    webhook.refresh_from_db()
    assert (webhook.enabled, webhook.off_reason) == (False, "gone")
    rows[0].refresh_from_db()
    rows[1].refresh_from_db()
    assert (rows[0].state, rows[1].state, rows[1].attempts) == ("dead", "waiting", 0)
    event = OutboxEvent.objects.get(name="webhook.switched_off")
    assert event.payload == {"webhook": str(webhook.public_id), "reason": "gone"}
    assert not OutboxEvent.objects.filter(name="webhook.dead").exists(), "one notice says it"
    assert AuditLog.objects.filter(action="switched_off").count() == 1


@pytest.mark.parametrize(("days", "is_on"), [(4.9, True), (5.1, False)])
def test_five_days_without_a_success_switch_it_off(sink, days, is_on):
    webhook = make_webhook(sink.url + "/status/500")
    WebhookPulse.objects.update(failing_since=Now() - dt.timedelta(days=days), failures=3)
    make_delivery(webhook)
    send_all()
    webhook.refresh_from_db()
    assert webhook.enabled is is_on
    assert webhook.off_reason == ("" if is_on else "failing")


def test_a_success_forgets_the_failures(sink):
    webhook = make_webhook(sink.url + "/ok")
    WebhookPulse.objects.update(failing_since=Now() - dt.timedelta(days=4), failures=4, told_at=Now())
    make_delivery(webhook)
    send_all()
    pulse = WebhookPulse.objects.get()
    assert (pulse.failures, pulse.failing_since, pulse.told_at, pulse.open_until) == (0, None, None, None)


@pytest.mark.parametrize(
    ("path", "error"),
    [("/hang", "timeout"), ("/drip", "timeout"), ("/drip-head", "timeout"), ("/cut", "protocol"),
     ("/redirect/http%3A%2F%2F169.254.169.254%2F", "redirect"), ("/status/302", "http_302"),
     ("/status/404", "http_404")],
)  # fmt: skip
def test_what_is_no_2xx_in_time_is_a_failure(sink, monkeypatch, path, error):
    monkeypatch.setattr(sending, "SECONDS", 0.5)
    row = make_delivery(make_webhook(sink.url + path))
    send_all()
    row.refresh_from_db()
    assert (row.state, row.error) == ("waiting", error)
    assert sink.connections == 1, "no redirect is followed"


@pytest.mark.parametrize("path", ["/big", "/endless", "/bomb"])
def test_a_2xx_counts_whatever_comes_after_it_and_little_of_it_is_read(sink, path):
    row = make_delivery(make_webhook(sink.url + path))
    send_all()
    row.refresh_from_db()
    assert (row.state, row.status) == ("sent", 200)
    assert sink.sent < 16 * 1024 * 1024, "what the system's buffers take; it was not read"
    assert WebhookAttempt.objects.get().response_body == ""


def test_4_kib_of_the_answer_are_kept(sink):
    sink.answers["/x"] = (500, {}, b"a\x00" + b"x" * 9000)
    make_delivery(make_webhook(sink.url + "/x"))
    send_all()
    assert WebhookAttempt.objects.get().response_body == "a\ufffd" + "x" * 4094


# The circuit and the number of calls at a time


def test_five_failures_in_a_row_open_the_circuit_for_60_seconds(sink):
    webhook = make_webhook(sink.url + "/status/500")
    for _number in range(7):
        make_delivery(webhook)
    assert send_all() == 5
    pulse = WebhookPulse.objects.get()
    assert 50 < (pulse.open_until - clock_now()).total_seconds() <= 60
    assert services.claim() is None
    WebhookPulse.objects.update(open_until=Now() - dt.timedelta(seconds=1))
    trial = services.claim()
    assert trial is not None
    assert services.claim() is None, "one trial, until it is known how it went"
    services.send(trial)
    assert services.claim() is None, "it failed: closed for another minute"


def test_a_webhook_has_at_most_four_calls_at_a_time(sink):
    first, second = make_webhook(sink.url + "/a"), make_webhook(sink.url + "/b")
    for _number in range(6):
        make_delivery(first)
    make_delivery(second)
    claimed = [services.claim() for _number in range(6)]
    by_webhook = [each.webhook_id for each in claimed if each is not None]
    assert by_webhook.count(first.pk) == 4
    assert by_webhook.count(second.pk) == 1
    assert by_webhook[:2] == [first.pk, second.pk], "the less busy one goes first"
    assert claimed[5] is None


def test_one_that_failed_last_time_has_a_single_call(sink):
    webhook = make_webhook(sink.url)
    WebhookPulse.objects.update(failures=1)
    make_delivery(webhook)
    make_delivery(webhook)
    assert services.claim() is not None
    assert services.claim() is None


# Crashes


def test_a_process_killed_between_call_and_record_sends_the_same_message_again(sink, monkeypatch):
    webhook = make_webhook(sink.url + "/ok")
    row = make_delivery(webhook)

    def die(*_args: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(outcomes, "record", die)
        with pytest.raises(SystemExit):
            send_all()
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("waiting", 1)
    assert 30 < (row.lease_until - clock_now()).total_seconds() <= 40
    assert services.claim() is None, "its lease lasts"
    make_due(row)
    assert send_all() == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)
    assert [each[2]["webhook-id"] for each in sink.requests] == [str(row.message_id)] * 2
    assert sink.requests[0][3] == sink.requests[1][3]


def test_a_process_killed_before_the_call_loses_nothing(sink):
    row = make_delivery(make_webhook(sink.url + "/ok"))
    assert services.claim() is not None
    assert sink.connections == 0
    make_due(row)
    assert send_all() == 1
    assert len(sink.requests) == 1


def test_who_lost_the_lease_records_nothing(sink):
    webhook = make_webhook(sink.url + "/status/500")
    row = make_delivery(webhook)
    late = services.claim()
    make_due(row)
    assert services.claim() is not None, "another process has it now"
    services.send(late)
    row.refresh_from_db()
    assert (row.attempts, row.error, row.lease_until is None) == (2, "", False)
    assert not WebhookAttempt.objects.exists()
    assert WebhookPulse.objects.get().failures == 0


def test_a_message_that_kills_each_process_is_given_up(sink):
    row = make_delivery(make_webhook(sink.url), attempts=11)
    assert send_all() == 0
    row.refresh_from_db()
    assert (row.state, row.error) == ("dead", "lost")
    assert OutboxEvent.objects.filter(name="webhook.dead").count() == 1
    assert sink.connections == 0


def test_what_is_over_stays_over_in_the_database(sink):
    row = make_delivery(make_webhook(sink.url), state="sent")
    with pytest.raises(Exception, match="Cannot update"):
        WebhookDelivery.objects.filter(pk=row.pk).update(state="waiting", done_at=None)
    WebhookDelivery.objects.filter(pk=row.pk).update(state="waiting", done_at=None, replays=F("replays") + 1)


# Where it may not go


def test_an_address_inside_is_refused_when_sending(sink, settings):
    row = make_delivery(make_webhook(sink.url))
    settings.OUTBOUND_ALLOW = []
    send_all()
    row.refresh_from_db()
    assert (row.state, row.error) == ("waiting", "blocked_address")
    assert sink.connections == 0


def test_a_name_that_leads_inside_by_the_time_of_sending_is_refused(sink, settings, monkeypatch):
    settings.OUTBOUND_ALLOW = []
    webhook = make_webhook("https://rebound.example/hook")
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda _host, port, *_a, **_m: [(0, 0, 0, "", ("127.0.0.1", port))]
    )
    row = make_delivery(webhook)
    send_all()
    row.refresh_from_db()
    assert row.error == "blocked_address"
    assert sink.connections == 0


def test_nothing_is_sent_inside_a_transaction(sink):
    webhook = make_webhook(sink.url)
    make_delivery(webhook)
    delivery = services.claim()
    with transaction.atomic(), pytest.raises(RuntimeError):
        services.send(delivery)
    with transaction.atomic(), pytest.raises(RuntimeError):
        services.try_out(webhook.public_id, actor=None)
    assert sink.connections == 0


# Secrets


def test_another_installations_key_sends_nothing(sink, settings):
    row = make_delivery(make_webhook(sink.url))
    settings.FIELD_KEYS = ["another key of forty letters, or more...."]
    send_all()
    row.refresh_from_db()
    assert (row.state, row.error) == ("waiting", "secret_key")
    assert sink.connections == 0


def test_both_secrets_sign_until_the_former_one_ends(sink):
    webhook = make_webhook(sink.url + "/ok")
    _row, fresh = services.rotate(webhook.public_id, actor=None, overlap_hours=24)
    make_delivery(webhook)
    send_all()
    webhook.secrets.exclude(ends_at=None).update(ends_at=Now())
    make_delivery(webhook)
    send_all()
    during, after = ((headers, body) for _m, _p, headers, body in sink.requests)
    assert verified(webhook.plain, *during)
    assert verified(fresh, *during)
    assert not verified(webhook.plain, *after)
    assert verified(fresh, *after)


def test_a_secret_is_in_no_row_and_no_log(sink, caplog):
    caplog.set_level(logging.DEBUG)
    webhook = make_webhook(sink.url + "/echo")
    make_delivery(webhook)
    send_all()
    core = webhook.plain.removeprefix("whsec_").rstrip("=")
    tables = [AuditLog, OutboxEvent, Webhook, WebhookDelivery, WebhookAttempt]
    texts = [str(row) for table in tables for row in table.objects.values()]
    texts += [f"{each.getMessage()} {each.args}" for each in caplog.records]
    assert not [text for text in texts if core in text]
