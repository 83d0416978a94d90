"""Keeps the children running, and stops them in order."""

from __future__ import annotations

import time
from collections.abc import Callable

from itsm.launcher.children import Child, Spec
from itsm.launcher.errors import StartError
from itsm.launcher.output import Console
from itsm.launcher.waiting import Signals

IDLE_SECONDS = 5.0
# Senders of work before its receivers, receivers before the stores.
STOP_ORDER = ("beat", "worker", "live", "web", "mail", "valkey", "postgres")


class Supervisor:
    """All children of one launcher. ``changed`` is called whenever a pid changes."""

    def __init__(
        self, console: Console, signals: Signals, *, changed: Callable[[], None], at_once: bool
    ) -> None:
        self.children: dict[str, Child] = {}
        self._console = console
        self._signals = signals
        self._changed = changed
        self._at_once = at_once

    def start(self, spec: Spec) -> Child:
        """Start a child for the first time."""
        child = self.children[spec.name] = Child(spec)
        child.start()
        self._changed()
        return child

    def expect_all_alive(self) -> None:
        """While starting: a dead child ends the start, and its last words are shown."""
        for child in self.children.values():
            code = child.has_died()
            if code is not None:
                raise StartError(
                    f"{child.spec.name} ended with code {code} while starting. "
                    f"The end of {child.spec.log}:\n{child.log_tail()}"
                )

    def watch(self) -> int:
        """Restart what dies until somebody asks to stop; the exit code."""
        while not self._signals.stops:
            for child in self.children.values():
                if not self._revive(child):
                    return 1
            self._signals.sleep(self._next_deadline())
        return 0

    def _revive(self, child: Child) -> bool:
        code = child.has_died()
        if code is not None:
            self._console.error(f"{child.spec.name} ended with code {code}; see {child.spec.log}")
            if not child.plan_restart(at_once=self._at_once):
                self._console.error(
                    f"{child.spec.name} died five times in a minute. Stopping. "
                    f"Its last lines:\n{child.log_tail()}"
                )
                return False
            self._changed()
        if child.next_start is not None and time.monotonic() >= child.next_start:
            child.start()
            self._changed()
        return True

    def _next_deadline(self) -> float:
        planned = [child.next_start for child in self.children.values() if child.next_start is not None]
        return min(planned) - time.monotonic() if planned else IDLE_SECONDS

    def stop_all(self) -> None:
        """Stop in order, each with its time; a further Ctrl-C skips the waiting."""
        patience = self._signals.stops + 1
        for name in STOP_ORDER:
            child = self.children.get(name)
            if child is not None and child.process is not None:
                self._stop(child, patience)
        self._changed()

    def _stop(self, child: Child, patience: int) -> None:
        child.signal(child.spec.stop_signal)
        limit = time.monotonic() + child.spec.grace_seconds
        while child.has_died() is None:
            if self._signals.stops >= patience or time.monotonic() > limit:
                child.kill()
                # KILL of a postmaster is safe for the data: the next start recovers.
                while child.has_died() is None:
                    time.sleep(0.01)
                break
            self._signals.sleep(0.05)
        child.process = None
