"""Stopping: in order, with patience, and without when somebody insists."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from itsm.launcher.children import Child, Spec
from itsm.launcher.errors import StartError
from itsm.launcher.output import Console
from itsm.launcher.supervisor import Supervisor
from itsm.launcher.waiting import Signals, wait_for

OBEDIENT = "import sys,time; print('up', flush=True); time.sleep(60)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {OBEDIENT}"


class Stage:
    """A supervisor with children that say ``up`` in their logs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.signals = Signals()
        self.changes = 0
        self.supervisor = Supervisor(Console(quiet=True), self.signals, changed=self.changed, at_once=False)

    def changed(self) -> None:
        self.changes += 1

    def start(self, name: str, code: str, grace: float = 20.0) -> Child:
        spec = Spec(
            name,
            [sys.executable, "-c", code],
            dict(os.environ),
            self.folder,
            self.folder / f"{name}.log",
            grace_seconds=grace,
        )
        child = self.supervisor.start(spec)
        up = lambda: True if "up" in spec.log.read_text(encoding="utf-8") else None  # noqa: E731 - read once
        wait_for(up, what=name, seconds=20, signals=self.signals, watch=lambda: None)
        return child


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_receivers_of_work_stop_after_its_senders_and_stores_last(stage, monkeypatch):
    asked: list[str] = []
    original = Child.signal
    monkeypatch.setattr(Child, "signal", lambda self, n: (asked.append(self.spec.name), original(self, n)))
    for name in ("postgres", "valkey", "web", "worker", "beat"):
        stage.start(name, OBEDIENT)
    stage.supervisor.stop_all()
    assert asked == ["beat", "worker", "web", "valkey", "postgres"]
    assert all(child.process is None for child in stage.supervisor.children.values())


def test_a_child_that_ignores_its_signal_is_killed_after_its_time(stage):
    child = stage.start("worker", STUBBORN, grace=0.3)
    began = time.monotonic()
    stage.supervisor.stop_all()
    assert 0.3 <= time.monotonic() - began < 10
    assert child.process is None


def test_a_second_ctrl_c_skips_the_waiting(stage):
    stage.start("worker", STUBBORN, grace=60)
    stage.signals.stops = 1
    insist = threading.Timer(0.2, lambda: setattr(stage.signals, "stops", 2))
    insist.start()
    began = time.monotonic()
    stage.supervisor.stop_all()
    insist.join()
    assert time.monotonic() - began < 10


def test_a_child_that_dies_while_starting_ends_the_start_with_its_last_words(stage):
    stage.start("web", "print('up: the port is taken', flush=True)")
    with pytest.raises(
        StartError, match=r"(?s)web ended with code 0 while starting.*the port is taken"
    ) as problem:
        wait_for(
            lambda: None,
            what="web",
            seconds=20,
            signals=stage.signals,
            watch=stage.supervisor.expect_all_alive,
        )
    assert "web.log" in str(problem.value)


def test_what_dies_is_started_again_and_the_state_file_follows(stage, monkeypatch):
    monkeypatch.setattr("itsm.launcher.children.BACK_OFF", (0.05,))
    child = stage.start("web", OBEDIENT)
    first, changes = child.pid, stage.changes
    child.signal(signal.SIGKILL)
    stop = threading.Timer(3, lambda: setattr(stage.signals, "stops", 1))
    stage.supervisor._console.error = lambda _text: stop.start()  # type: ignore[method-assign]
    monkeypatch.setattr("itsm.launcher.supervisor.IDLE_SECONDS", 0.05)
    assert stage.supervisor.watch() == 0
    stop.join()
    assert child.pid not in {None, first}
    assert child.restarts == 1
    assert stage.changes >= changes + 2
    stage.supervisor.stop_all()
