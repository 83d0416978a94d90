"""One program of the installation: how it is started, how it died, when it may start again."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from itsm.launcher.spawn import Identity, spawn

BACK_OFF = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0)
STEADY_SECONDS = 60.0
CRASH_LIMIT = 5
LOG_BYTES = 10 * 1024 * 1024
TAIL_LINES = 25


@dataclass(frozen=True)
class Spec:
    """What to start and how to end it."""

    name: str
    argv: list[str]
    env: Mapping[str, str]
    cwd: Path
    log: Path
    stop_signal: int = signal.SIGTERM
    identity: Identity = field(default_factory=Identity)
    grace_seconds: float = 20.0
    # The processes of a database have sessions of their own and clean up by themselves.
    has_group: bool = True


class Child:
    """A running or died program."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.restarts = 0
        self.next_start: float | None = None
        self._deaths: deque[float] = deque(maxlen=CRASH_LIMIT)
        self._failures = 0

    @property
    def pid(self) -> int | None:
        return self.process.pid if self.process else None

    def start(self) -> None:
        """Start it; its output goes to the end of its log file."""
        rotate(self.spec.log)
        with self.spec.log.open("ab") as log:
            self.process = spawn(
                self.spec.argv,
                output=log,
                env=self.spec.env,
                cwd=self.spec.cwd,
                death_signal=self.spec.stop_signal,
                identity=self.spec.identity,
            )
        self.started = time.monotonic()
        self.next_start = None

    def has_died(self) -> int | None:
        """The exit code when it is no longer there; takes with it what it started itself."""
        if self.process is None:
            return None
        with suppress(ChildProcessError):
            if os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
                return None
        # Before it is reaped nobody else can get its group number.
        self.kill_group()
        return self.process.wait()

    def plan_restart(self, *, at_once: bool) -> bool:
        """After a death: set when to start again, or answer ``False`` when it dies too often."""
        now = time.monotonic()
        if now - self.started >= STEADY_SECONDS:
            self._failures = 0
        self.process = None
        self.restarts += 1
        self._deaths.append(now)
        self.next_start = now if at_once else now + BACK_OFF[min(self._failures, len(BACK_OFF) - 1)]
        self._failures += 1
        crowded = len(self._deaths) == CRASH_LIMIT and now - self._deaths[0] < STEADY_SECONDS
        return at_once or not crowded

    def signal(self, number: int) -> None:
        """Send it a signal; nothing happens when it is gone."""
        if self.process is not None and self.process.returncode is None:
            with suppress(ProcessLookupError):
                os.kill(self.process.pid, number)

    def kill(self) -> None:
        """End it and all it started, now."""
        self.signal(signal.SIGKILL)
        self.kill_group()

    def kill_group(self) -> None:
        if self.process is not None and self.spec.has_group:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)

    def log_tail(self) -> str:
        """The last lines it wrote."""
        return tail(self.spec.log)


def rotate(log: Path) -> None:
    """Keep one older file of a log that has grown."""
    with suppress(FileNotFoundError):
        if log.stat().st_size > LOG_BYTES:
            log.rename(log.with_name(f"{log.name}.1"))


def tail(log: Path) -> str:
    """The last lines of a log file, indented for the terminal."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return ""
    return "\n".join(f"    {line}" for line in lines[-TAIL_LINES:])
