"""Positions are given after the commit: whoever goes on behind the last one he saw misses nothing, ever."""

from __future__ import annotations

import datetime as dt
import random
import threading
import time
from typing import Any

import pytest
from django.db import connections, transaction
from django.db.models.functions import Now

from core import eventlog, outbox, sweep
from core.models import Delivery, OutboxEvent
from tests.sessions import beside


def all_of(_name: str) -> bool:
    return True


def names_after(position: int) -> list[str]:
    return [event.name for event in eventlog.stretch_after(position, all_of).events]


def number_all() -> None:
    while eventlog.number_events(limit=1000):
        pass


@pytest.fixture
def start(transactional_db: None) -> int:
    """The end of the log as the migrations left it."""
    number_all()
    return eventlog.newest()


def in_thread(act: Any) -> threading.Thread:
    def run() -> None:
        try:
            act()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_a_transaction_that_commits_late_is_told_late_and_not_skipped(start):
    has_written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            outbox.publish("test.first", {})
            has_written.set()
            assert may_commit.wait(10)

    thread = in_thread(slow)
    assert has_written.wait(10)
    with transaction.atomic():
        outbox.publish("test.second", {})
    number_all()
    first = eventlog.stretch_after(start, all_of)
    assert [event.name for event in first.events] == ["test.second"]
    may_commit.set()
    thread.join()
    number_all()
    assert names_after(first.last) == ["test.first"]
    assert names_after(start) == ["test.second", "test.first"]


WRITERS, EACH = 6, 25


def write(writer: int) -> None:
    """Events one after the other; some commit late, some not at all."""
    chance = random.Random(writer)
    for n in range(EACH):
        with transaction.atomic():
            outbox.publish("test.seen", {"writer": writer, "n": n})
            if chance.random() < 0.3:
                time.sleep(chance.random() * 0.03)
            transaction.set_rollback(chance.random() < 0.1)


def poll(position: int, over: threading.Event, seen: list[int]) -> None:
    """Go on behind what was seen, until the end of the log after ``over``."""
    while True:
        last = over.is_set()
        found = eventlog.stretch_after(position, all_of)
        seen.extend(event.pk for event in found.events)
        position = found.last
        if last and not found.events:
            return


def number_until(over: threading.Event) -> None:
    while not over.is_set():
        eventlog.number_events(limit=7)


def test_writers_of_any_speed_and_many_numberers_never_make_a_poller_skip(start):
    over, seen = threading.Event(), []
    threads = [in_thread(lambda: number_until(over)) for _ in range(2)]
    threads.append(in_thread(lambda: poll(start, over, seen)))
    for thread in [in_thread(lambda writer=writer: write(writer)) for writer in range(WRITERS)]:
        thread.join(60)
    deadline = time.monotonic() + 30
    while OutboxEvent.objects.filter(position=None).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    over.set()
    for thread in threads:
        thread.join(30)
    stored = OutboxEvent.objects.filter(name="test.seen").order_by("pk")
    assert sorted(seen) == [event.pk for event in stored]
    told = {pk: place for place, pk in enumerate(seen)}
    for writer in range(WRITERS):  # one writer's events follow from each other
        places = [told[event.pk] for event in stored if event.payload["writer"] == writer]
        assert places == sorted(places)


def test_a_row_that_the_relay_holds_ends_the_list(start):
    with transaction.atomic():
        for name in ("test.a", "test.b", "test.c"):
            outbox.publish(name, {})
    with beside() as cursor:
        cursor.execute("SELECT id FROM core_outboxevent WHERE name = 'test.b' FOR NO KEY UPDATE")
        assert eventlog.number_events(limit=100) == 1
        assert names_after(start) == ["test.a"]
    number_all()
    assert names_after(start) == ["test.a", "test.b", "test.c"]


def test_while_one_numbers_the_others_do_nothing(start):
    with transaction.atomic():
        outbox.publish("test.a", {})
    with beside() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [eventlog._LOCK])
        assert eventlog.number_events(limit=100) == 0
    assert eventlog.number_events(limit=100) == 1


@pytest.mark.django_db
def test_the_sweep_numbers_and_an_idle_one_asks_once(django_assert_num_queries):
    outbox.publish("test.a", {})
    sweep.run(limit=50)
    assert not OutboxEvent.objects.filter(position=None).exists()
    with django_assert_num_queries(1):
        assert eventlog.number_events(limit=50) == 0


@pytest.mark.django_db
def test_publishing_takes_one_statement_as_before(django_assert_num_queries):
    with django_assert_num_queries(1):
        outbox.publish("test.a", {})
    with django_assert_num_queries(1):
        outbox.publish_many([("test.a", {}), ("test.b", {})])


@pytest.mark.django_db
def test_a_stretch_is_bounded_and_says_that_the_log_goes_on(monkeypatch):
    number_all()
    position = eventlog.newest()
    monkeypatch.setattr(eventlog, "LOOKED_AT", 3)
    outbox.publish_many([(f"test.{'a' if n == 4 else 'b'}", {}) for n in range(5)])
    number_all()
    first = eventlog.stretch_after(position, "test.a".__eq__)
    assert (first.events, first.more) == ([], True)
    second = eventlog.stretch_after(first.last, "test.a".__eq__)
    assert ([event.name for event in second.events], second.more) == (["test.a"], False)
    assert eventlog.stretch_after(second.last, all_of) == eventlog.Stretch([], second.last, more=False)


@pytest.mark.django_db
def test_events_are_told_for_thirty_days_and_then_removed():
    number_all()
    position = eventlog.newest()
    outbox.publish_many([("test.old", {}), ("test.young", {}), ("test.dead", {})])
    number_all()
    OutboxEvent.objects.update(relayed_at=Now())
    old = OutboxEvent.objects.filter(name__in=["test.old", "test.dead"])
    old.update(created_at=Now() - dt.timedelta(days=30, minutes=1))
    assert names_after(position) == ["test.young"]
    handled, dead = (OutboxEvent.objects.get(name=name) for name in ("test.old", "test.dead"))
    Delivery.objects.create(event=handled, channel="handler", idem_key="1", done_at=Now())
    Delivery.objects.create(event=dead, channel="handler", idem_key="2", dead_at=Now())
    Delivery.objects.exclude(idem_key__in=["1", "2"]).update(done_at=Now())
    assert eventlog.forget_old() == 1
    names = set(OutboxEvent.objects.filter(name__startswith="test.").values_list("name", flat=True))
    assert names == {"test.young", "test.dead"}  # a dead letter waits for somebody to look at it
    assert not Delivery.objects.filter(idem_key="1").exists()
