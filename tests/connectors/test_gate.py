"""The breaker per destination, the slots per connector, and how long calls are kept."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now

from connectors.models import Breaker, CallSlot, ConnectorCall
from connectors.selectors import open_breakers
from connectors.services import CallError, call, gate, purge_calls, try_out
from core import housekeeping
from core.time import db_now
from tests.factories.connectors import make_connector

pytestmark = pytest.mark.django_db(transaction=True)


def code_of(key: str, **more: Any) -> str:
    try:
        call(key, method="GET", **more)
    except CallError as error:
        return error.code
    return ""


def let_it_be_over(origin: str) -> None:
    Breaker.objects.filter(origin=origin).update(open_until=Now())


def test_five_failures_in_a_row_close_the_way_for_a_minute(sink):
    row = make_connector(sink.url)
    codes = [code_of(row.key, path="/status/500") for _turn in range(7)]
    assert codes == ["http_500"] * 5 + ["breaker_open"] * 2
    assert len(sink.requests) == 5
    with pytest.raises(CallError) as caught:
        call(row.key, method="GET")
    error = caught.value
    assert (error.retryable, error.was_sent) == (True, False)
    assert error.retry_after is not None
    assert 50 < error.retry_after <= 60
    assert ConnectorCall.objects.count() == 5, "what was not sent is no call"
    assert list(open_breakers([row])) == [row.key]


@pytest.mark.parametrize(
    ("path", "counts"),
    [("/status/500", True), ("/status/408", True), ("/cut", True), ("/big", True), ("/redirect/file:", True),
     ("/status/404", False), ("/status/429", False), ("/ok", False)],
)  # fmt: skip
def test_what_counts_as_a_failure(sink, path, counts):
    row = make_connector(sink.url)
    code_of(row.key, path=path)
    assert Breaker.objects.exists() is counts


def test_our_own_refusals_do_not_count(sink, settings):
    settings.OUTBOUND_ALLOW = []
    row = make_connector(sink.url)
    assert code_of(row.key) == "blocked_address"
    assert not Breaker.objects.exists()


def test_a_success_in_between_begins_the_count_anew(sink):
    row = make_connector(sink.url)
    for path in ["/status/500"] * 4 + ["/ok"] + ["/status/500"] * 4:
        code_of(row.key, path=path)
    assert code_of(row.key, path="/ok") == ""
    assert not Breaker.objects.exists()


def test_after_the_minute_one_call_tries_and_its_failure_waits_again(sink):
    row = make_connector(sink.url)
    for _turn in range(5):
        code_of(row.key, path="/status/500")
    let_it_be_over(sink.url)
    assert [code_of(row.key, path="/status/500") for _turn in range(2)] == ["http_500", "breaker_open"]
    let_it_be_over(sink.url)
    assert [code_of(row.key, path="/ok") for _turn in range(2)] == ["", ""]


def test_of_many_only_one_tries():
    origin = "https://erp.example:443"
    Breaker.objects.create(origin=origin, failures=5, open_until=db_now() - dt.timedelta(seconds=1))
    waits: list[float] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        barrier.wait()
        waits.append(gate.wait_of(origin))
        connection.close()

    threads = [threading.Thread(target=ask) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert waits.count(0.0) == 1
    assert min(wait for wait in waits if wait) > 50


def test_destinations_are_judged_apart(sink, settings):
    from tests.sinks import Sink

    with Sink() as other:
        settings.OUTBOUND_ALLOW = [sink.place, other.place]
        bad, good = make_connector(sink.url), make_connector(other.url)
        for _turn in range(6):
            code_of(bad.key, path="/status/500")
        assert code_of(good.key) == ""


def test_a_trial_passes_an_open_breaker_and_closes_it(sink):
    row = make_connector(sink.url)
    for _turn in range(5):
        code_of(row.key, path="/status/500")
    assert try_out(row.key, actor=None, path="/ok").status == 200
    assert code_of(row.key, path="/ok") == ""


def test_no_more_calls_at_a_time_than_allowed(sink):
    row = make_connector(sink.url, concurrency=3, timeout_seconds=2)
    codes: list[str] = []

    def one() -> None:
        codes.append(code_of(row.key, path="/hang"))
        connection.close()

    threads = [threading.Thread(target=one) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["busy"] * 5 + ["timeout"] * 3
    assert sink.connections == 3
    assert not CallSlot.objects.exists()


def test_a_busy_connector_can_be_tried_again_soon(sink):
    row = make_connector(sink.url, concurrency=1)
    gate.take_slot(row.pk, 1, 10)
    with pytest.raises(CallError) as caught:
        call(row.key, method="GET")
    assert (caught.value.code, caught.value.retryable, caught.value.retry_after) == ("busy", True, 2.0)


def test_the_slot_of_a_dead_process_is_free_again():
    row = make_connector()
    CallSlot.objects.create(connector=row, token=uuid.uuid4(), until=Now())
    token = gate.take_slot(row.pk, 1, 10)
    assert token is not None
    assert gate.take_slot(row.pk, 1, 10) is None
    gate.give_back(token)
    assert gate.take_slot(row.pk, 1, 10) is not None


def test_old_calls_go_when_their_time_is_over():
    short, long = make_connector(retention_days=1), make_connector(retention_days=90)
    for row in (short, long):
        for days in (0, 2, 100):
            kept = ConnectorCall.objects.create(connector=row, method="GET", url="x")
            ConnectorCall.objects.filter(pk=kept.pk).update(at=F("at") - dt.timedelta(days=days))
    assert purge_calls() == 3
    assert purge_calls() == 0
    assert (short.calls.count(), long.calls.count()) == (1, 2)


def test_housekeeping_removes_old_calls():
    row = make_connector(retention_days=1)
    kept = ConnectorCall.objects.create(connector=row, method="GET", url="x")
    ConnectorCall.objects.filter(pk=kept.pk).update(at=F("at") - dt.timedelta(days=2))
    assert housekeeping.hourly(limit=1) == 1
    assert not ConnectorCall.objects.exists()
