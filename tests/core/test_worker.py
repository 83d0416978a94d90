"""What runs beside the Celery pool when the broker is away (RELIABILITY RL-27, RL-28)."""

from __future__ import annotations

import kombu.connection
import pytest

from core import sweep, worker
from itsm.celery import app


def sweeps(monkeypatch, seconds_since_last, work):
    """In which turns of its loop the thread sweeps, told how long ago anybody did and what it finds then."""
    turns = iter([*[False] * len(seconds_since_last), True])
    ages, found, swept = iter(seconds_since_last), iter(work), []
    turn = -1

    def wait(_seconds):
        nonlocal turn
        turn += 1
        return next(turns)

    def run(*, seconds):
        assert seconds == 5
        swept.append(turn)
        return next(found)

    monkeypatch.setattr(worker, "close_old_connections", lambda: None)
    monkeypatch.setattr(worker, "beat_heart", lambda role: None)
    monkeypatch.setattr(sweep, "last_age_seconds", lambda: next(ages))
    monkeypatch.setattr(sweep, "run", run)
    thread = worker.SweepThread(None)
    monkeypatch.setattr(thread.stopping, "wait", wait)
    thread.loop()
    return swept


@pytest.mark.parametrize(
    ("seconds_since_last", "work", "swept"),
    [
        ([0.1, 1.4, 0.5], [], []),  # others sweep
        ([1.6, 0.6, 1.1, 1.6], [0, 0], [0, 3]),  # nothing to do: every two seconds is enough
        ([1.6, 0.6, 0.6, 0.6], [7, 3, 0], [0, 1, 2]),  # alone with work: at every look
        ([1.6, 0.4, 1.0], [7], [0]),  # others are back
    ],
)
def test_the_thread_sweeps_when_nobody_else_does(monkeypatch, seconds_since_last, work, swept):
    assert sweeps(monkeypatch, seconds_since_last, work) == swept


def test_a_broker_that_is_away_is_looked_for_every_few_seconds(monkeypatch):
    asked = []

    def retry_over_time(fun, catch, args, kwargs, errback, max_retries, start, step, most, *_more, **_named):
        asked.append((start, step, most))

    monkeypatch.setattr(kombu.connection, "retry_over_time", retry_over_time)
    app.connection_for_read("redis+socket:///tmp/nowhere.sock").ensure_connection()
    app.connection_for_read("redis+socket:///tmp/nowhere.sock").clone().ensure_connection()
    assert asked == [(2, 2, 4), (2, 2, 4)]
