"""Threads that send what is due, beside the sweep that finds it: a target that hangs keeps nobody waiting.

The sweep itself must not wait for a target (API A-50), and a process may have to wait for many at once. A
thread goes on with the next delivery until nothing is due, so a process has as many as targets keep busy.
"""

from __future__ import annotations

import os
import threading
import time

import structlog
from django.db import connections

from webhooks.models import WebhookDelivery
from webhooks.services import claim, send

MOST_THREADS = 24
log = structlog.get_logger(__name__)


class _Places:
    """How many threads of this process send. A forked child has none of its parent's threads or locks."""

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Begin at none."""
        self._lock, self.taken = threading.Lock(), 0

    def take(self) -> bool:
        """Whether there was room for one more."""
        with self._lock:
            if self.taken >= MOST_THREADS:
                return False
            self.taken += 1
            return True

    def give_back(self) -> None:
        """One thread less."""
        with self._lock:
            self.taken -= 1


_places = _Places()
os.register_at_fork(after_in_child=_places.renew)


def send_due(*, limit: int) -> int:
    """Start threads for what is due, at most ``limit`` and 24 per process; how many were started.

    It returns at once, so it is no step of those that may be slow: a mail server that is away delays nothing.
    """
    started = 0
    while started < limit and _places.take():
        delivery = None
        try:
            delivery = claim()
        finally:
            if delivery is None:
                _places.give_back()
        if delivery is None:
            break
        threading.Thread(target=_work, args=(delivery,), name="webhook", daemon=True).start()
        started += 1
    return started


def wait_until_idle(seconds: float) -> bool:
    """Whether no thread of this process sends any more, after at most that time."""
    until = time.monotonic() + seconds
    while _places.taken:
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def _work(delivery: WebhookDelivery) -> None:
    """Send it, then what is due next. A call in progress holds no connection to the database."""
    try:
        found: WebhookDelivery | None = delivery
        while found is not None:
            send(found, before_call=connections.close_all)
            found = claim()
    except Exception:
        log.exception("webhook_thread")  # the lease of what it held runs out, then it is tried again
    finally:
        connections.close_all()
        _places.give_back()
