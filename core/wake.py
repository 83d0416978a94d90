"""Waking the workers: a lossy hint that due work exists. The only place that publishes to Celery (CEL-11).

The caller never waits for the broker: hints go into a small queue that one daemon thread empties (RL-5).
"""

from __future__ import annotations

import os
import queue
import threading
import time

import structlog
from celery import current_app
from django.conf import settings

log = structlog.get_logger(__name__)
GATHER_SECONDS = 0.02  # commits that follow each other closely share one hint
_hints: queue.Queue[str] = queue.Queue(maxsize=1)
_state = {"pid": 0, "dropped": 0}
_lock = threading.Lock()


def nudge() -> None:
    """Tell the workers that something is due; returns at once, whatever the broker does."""
    if settings.TESTING and not settings.REDIS_URL:
        return
    _start_thread()
    try:
        _hints.put_nowait("due")
    except queue.Full:
        _state["dropped"] += 1  # one hint is already waiting: it will do for both


def dropped() -> int:
    """How many hints were left out because one was already waiting."""
    return _state["dropped"]


def _start_thread() -> None:
    if _state["pid"] == os.getpid():
        return
    with _lock:
        if _state["pid"] != os.getpid():
            threading.Thread(target=_empty_queue, name="wake", daemon=True).start()
            _state["pid"] = os.getpid()


def _empty_queue() -> None:
    while True:
        _hints.get()
        time.sleep(GATHER_SECONDS)
        try:
            current_app.send_task("core.tasks.wake", expires=5, ignore_result=True)
        except Exception as error:  # noqa: BLE001 - the sweep finds the work without the hint
            log.info("wake_hint_lost", error=repr(error)[:200])
