"""Signals, and waiting that a signal or a dead child ends."""

from __future__ import annotations

import os
import select
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import TypeVar

from itsm.launcher.errors import NoAnswerError, StopRequestedError

POLL_SECONDS = 0.03
T = TypeVar("T")


class Signals:
    """Counts requests to stop, and wakes a waiting launcher when a signal or a child's death arrives."""

    def __init__(self) -> None:
        self.stops = 0
        self._read, self._write = os.pipe()
        for end in (self._read, self._write):
            os.set_blocking(end, False)

    def install(self) -> None:
        """Take over INT, TERM, HUP and CHLD."""
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._count)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)

    def _count(self, _number: int, _frame: FrameType | None) -> None:
        self.stops += 1

    def sleep(self, seconds: float) -> None:
        """Wait this long, or until any signal."""
        select.select([self._read], [], [], max(0.0, seconds))
        with suppress(BlockingIOError):
            os.read(self._read, 4096)

    def check(self) -> None:
        """Raise StopRequestedError when somebody asked to stop."""
        if self.stops:
            raise StopRequestedError


def wait_for(
    probe: Callable[[], T | None], *, what: str, seconds: float, signals: Signals, watch: Callable[[], None]
) -> T:
    """The first answer of ``probe`` that is not ``None``.

    ``watch`` runs between two probes and raises when waiting is pointless. NoAnswerError after ``seconds``;
    StopRequestedError when a signal came.
    """
    limit = time.monotonic() + seconds
    while True:
        signals.check()
        answer = probe()
        if answer is not None:
            return answer
        watch()
        if time.monotonic() > limit:
            raise NoAnswerError(f"{what} did not answer within {seconds:.0f} seconds.")
        signals.sleep(POLL_SECONDS)
