"""The live process as it really runs: granian on a port of its own, the test database, the test broker."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import connection
from django.test import Client, TransactionTestCase

from core import dispatch
from itsm.environment import BASE_DIR

ORIGIN = "http://127.0.0.1:8000"


def work_off() -> None:
    """What a worker does: relay and run handlers."""
    while dispatch.relay(limit=100) + dispatch.run_handlers(limit=100):
        pass


class Stream:
    """One open stream; events arrive in ``next``."""

    def __init__(self, port: int, path: str, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.headers = {name.lower(): value for name, value in self.answer.getheaders()}
        self.events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.comments: list[str] = []
        if self.status == 200:
            threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        fields: dict[str, str] = {}
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
            while line := self.answer.readline():
                text = line.decode().rstrip("\n")
                if text.startswith(":"):
                    self.comments.append(text)
                elif text:
                    name, _colon, value = text.partition(": ")
                    fields[name] = value
                elif "event" in fields:
                    self.events.put(fields | {"data": json.loads(fields["data"])})
                    fields = {}
                else:
                    fields = {}
        self.events.put(None)

    def next(self, seconds: float = 5.0) -> dict[str, Any] | None:
        """The next event; None when the stream ended. Raises queue.Empty."""
        return self.events.get(timeout=seconds)

    def quiet(self, seconds: float = 0.7) -> bool:
        """Whether nothing arrives for that long."""
        try:
            self.events.get(timeout=seconds)
        except queue.Empty:
            return True
        return False

    def ended(self, seconds: float) -> bool:
        """Whether the server ends the stream within that time, whatever it says before."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(queue.Empty):
                if self.events.get(timeout=0.2) is None:
                    return True
        return False

    def body(self) -> dict[str, Any]:
        """The JSON of a refusal."""
        return json.loads(self.answer.read())

    def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(OSError):
            if self.connection.sock:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
        self.connection.close()


class Live:
    """The running process."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port
        self.streams: list[Stream] = []

    def open(self, topics: str, *, cookie: str = "", **headers: str) -> Stream:
        """A stream, opened as a browser does: with cookie and origin."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if cookie:
            named = {"Cookie": cookie, "Origin": ORIGIN} | named
        stream = Stream(self.port, f"/api/v1/stream/?topics={topics}", named)
        self.streams.append(stream)
        if stream.status == 200:
            while not stream.comments:
                time.sleep(0.01)
        return stream

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], Any]:
        """Status, headers and JSON of one answer."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request(method, path, headers=named)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return (
            answer.status,
            {n.lower(): v for n, v in answer.getheaders()},
            json.loads(text) if text else None,
        )

    def until(self, seconds: float = 15.0, **expected: Any) -> None:
        """Wait until the health page says so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError, http.client.HTTPException):
                health = self.get("/healthz")[2]
                if expected.items() <= health.items():
                    return
            time.sleep(0.05)
        raise AssertionError(f"not {expected} within {seconds} s")

    def memory(self) -> int:
        """Resident bytes of the process that serves."""
        with open(f"/proc/{self._server()}/status", encoding="ascii") as status:
            line = next(line for line in status if line.startswith("VmRSS"))
        return int(line.split()[1]) * 1024

    def work(self) -> float:
        """Processor seconds the process that serves has used: the same on a busy machine."""
        with open(f"/proc/{self._server()}/stat", encoding="utf-8") as stat:
            fields = stat.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def _server(self) -> str:
        return next(p for p in os.listdir("/proc") if p.isdigit() and self._parent(p) == self.process.pid)

    @staticmethod
    def _parent(pid: str) -> int:
        try:
            with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
                return int(stat.read().rpartition(")")[2].split()[1])
        except OSError:
            return 0


def _start(redis_url: str) -> Live:
    """Start the process on the test database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    given = connection.settings_dict
    environment = os.environ | {
        "DATABASE_URL": f"postgres://{given['USER']}@/{given['NAME']}?host={given['HOST']}",
        "REDIS_URL": redis_url,
        "ITSM_TESTING": "1",
        "ITSM_ROLE": "live",
        "ITSM_BASE_URL": ORIGIN,
    }
    options = ["--interface", "asgi", "--workers", "1", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    process = subprocess.Popen(
        [sys.executable, "-m", "granian", *options, "--workers-kill-timeout", "1", "itsm.live:application"],
        env=environment,
        cwd=BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    running = Live(process, port)
    try:
        running.until(30, status="ok")
    except AssertionError:
        process.kill()
        raise
    return running


def _stop(running: Live) -> None:
    """End it as the launcher does."""
    running.process.terminate()
    running.process.wait(10)


def _hang_up(running: Live) -> None:
    for stream in running.streams:
        stream.close()
    running.streams.clear()
    running.until(streams=0)


@pytest.fixture(scope="module")
def _with_broker(django_db_setup: None, django_db_blocker: Any) -> Iterator[Live]:
    with django_db_blocker.unblock():
        running = _start(settings.REDIS_URL)
    running.until(broker="ok")
    yield running
    _stop(running)


@pytest.fixture(scope="module")
def _without_broker(django_db_setup: None, django_db_blocker: Any) -> Iterator[Live]:
    with django_db_blocker.unblock():
        running = _start("unix:///tmp/no-such-broker.sock?db=0")
    yield running
    _stop(running)


@pytest.fixture(autouse=True)
def _patient_flush(monkeypatch: pytest.MonkeyPatch) -> None:
    """Emptying the tables may meet a question of the living process: then it is done again."""
    flush = TransactionTestCase._fixture_teardown

    def again(case: TransactionTestCase) -> None:
        for turn in range(5):
            try:
                return flush(case)
            except CommandError as error:
                if turn == 4 or "deadlock" not in str(error.__cause__):
                    raise
        return None

    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", again)


@pytest.fixture
def live(transactional_db: None, _with_broker: Live) -> Iterator[Live]:
    """The live process, with the broker of the test run."""
    yield _with_broker
    _hang_up(_with_broker)


@pytest.fixture
def live_without_broker(transactional_db: None, _without_broker: Live) -> Iterator[Live]:
    """The live process when the broker is away."""
    yield _without_broker
    _hang_up(_without_broker)


@pytest.fixture
def cookie() -> Callable[[Any], str]:
    """The cookie of a person who signed in."""

    def sign_in(person: Any) -> str:
        client = Client()
        client.force_login(person)
        return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"

    return sign_in
