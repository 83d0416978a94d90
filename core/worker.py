"""What runs beside the Celery pool: the sweep thread of every worker, heartbeats of worker and beat."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from pathlib import Path
from typing import Any

import structlog
from celery import bootsteps, signals
from django.db import close_old_connections, connection, connections

from core import sweep

log = structlog.get_logger(__name__)
# Looked at twice a second, so that due work waits 2 s at most when neither broker nor beat wakes it: with
# the 2 s of RL-27 and one look a second it was 3 s, and DB-1 allows 2.5 s from an event to its flow.
LOOK_SECONDS = 0.5
QUIET_SECONDS = 1.5
BUSY_SECONDS = 0.5  # after a sweep that found work, as long as nobody else sweeps
# When the processors are all busy, whoever waits for a page goes before mail and notices. Inside the worker
# the sweep thread of the main process goes first: timers are not to be late. Not more than this: at 10 the
# flows of a drill on a machine that others kept busy did not end in time.
CHILD_NICENESS = 5


def beat_heart(role: str) -> None:
    """Write that this process is alive."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_processheartbeat (role, host, pid) VALUES (%s, %s, %s)"
            " ON CONFLICT (role, host, pid) DO UPDATE SET beat_at = clock_timestamp()",
            [role, socket.gethostname()[:100], os.getpid()],
        )


class SweepThread(bootsteps.StartStopStep):  # type: ignore[misc] # celery has no types
    """Sweeps from the worker's main process when nobody else did for a while, broker or not (RL-28)."""

    requires = {"celery.worker.components:Pool"}

    def __init__(self, worker: Any, **kwargs: Any) -> None:
        super().__init__(worker, **kwargs)
        self.stopping = threading.Event()

    def start(self, worker: Any) -> None:
        """Start the thread once the pool has forked."""
        threading.Thread(target=self.loop, name="sweep", daemon=True).start()

    def stop(self, worker: Any) -> None:
        """Let the thread end at its next turn."""
        self.stopping.set()

    def loop(self) -> None:
        """Twice a second: heartbeat, and the sweep if nobody else does it."""
        found = 0
        while not self.stopping.wait(LOOK_SECONDS):
            try:
                close_old_connections()
                beat_heart("worker")
                quiet = BUSY_SECONDS if found else QUIET_SECONDS
                found = sweep.run(seconds=5) if sweep.last_age_seconds() > quiet else 0
            except Exception as error:  # noqa: BLE001 - a database that is away comes back
                log.warning("sweep_thread", error=repr(error)[:200])
                connections.close_all()


@signals.worker_process_init.connect
def drop_inherited_connections(**_kwargs: Any) -> None:
    """A forked pool child must not share its parent's sockets."""
    for each in connections.all(initialized_only=True):
        each.connection = None


@signals.worker_process_init.connect
def yield_to_people(**_kwargs: Any) -> None:
    """A pool child takes the processor after those that answer people.

    Where Linux schedules by session (autogroup), niceness counts inside a session only: it gets it as well.
    """
    with contextlib.suppress(OSError):  # a container may forbid it; then all are equal
        os.nice(CHILD_NICENESS)
        if os.getsid(0) == os.getppid():  # the worker's own session, not that of somebody's shell
            Path("/proc/self/autogroup").write_text(str(CHILD_NICENESS), encoding="ascii")


@signals.beat_init.connect
def start_beat_heart(**_kwargs: Any) -> None:
    """Beat shows that it lives, from a thread of its own."""

    def loop() -> None:
        while True:
            try:
                close_old_connections()
                beat_heart("beat")
            except Exception as error:  # noqa: BLE001
                log.warning("beat_heartbeat", error=repr(error)[:200])
                connections.close_all()
            time.sleep(2)

    threading.Thread(target=loop, name="heartbeat", daemon=True).start()
