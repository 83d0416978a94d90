"""A closed-loop HTTP client: threads with kept-alive connections, bounded by count and seconds."""

from __future__ import annotations

import http.client
import json
import statistics
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

Request = tuple[str, str, dict[str, str], bytes | None]
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass
class Result:
    """What one run of ``clients`` clients measured; times in milliseconds."""

    name: str
    clients: int
    seconds: float
    times: list[float] = field(default_factory=list)
    wrong: int = 0

    @property
    def per_second(self) -> float:
        """Right answers per second."""
        return len(self.times) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """The time that ``share`` of the answers did not exceed, in ms."""
        ordered = sorted(self.times) or [0.0]
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def line(self) -> str:
        """One line for people."""
        return (
            f"{self.name:<28} clients={self.clients} n={len(self.times)} wrong={self.wrong} "
            f"p50={self.percentile(0.5):.1f} p95={self.percentile(0.95):.1f} "
            f"p99={self.percentile(0.99):.1f} ms max={max(self.times, default=0):.1f} {self.per_second:.1f}/s"
        )


@dataclass
class Load:
    """``count`` units of work from ``clients`` threads, each waiting for its answer before the next.

    ``make(number)`` gives the request of a unit, or all of them one after the other: method, path, headers
    and body; ``good(status, body)`` judges every answer. Three units per connection warm up and are not
    counted: their numbers are negative.
    """

    name: str
    base: str
    make: Callable[[int], Request | list[Request]]
    good: Callable[[int, bytes], bool]
    clients: int
    count: int
    seconds: float = 60.0

    def run(self) -> Result:
        """Send them all; what is not answered in 30 seconds is wrong.

        Raises ValueError for a host other than loopback, RuntimeError when nothing answers the warm-up.
        """
        if urlsplit(self.base).hostname not in LOOPBACK:
            raise ValueError("Benchmarks run against loopback only.")
        self.numbers = iter(range(self.count))
        self.lock = threading.Lock()
        self.result = Result(self.name, self.clients, 0.0)
        self.ready = threading.Barrier(self.clients + 1)
        threads = [
            threading.Thread(target=self._work, args=(slot,), daemon=True) for slot in range(self.clients)
        ]
        for thread in threads:
            thread.start()
        try:
            self.ready.wait()
        except threading.BrokenBarrierError:
            raise RuntimeError(f"{self.name}: the server did not answer the warm-up.") from None
        began = time.perf_counter()
        for thread in threads:
            thread.join()
        self.result.seconds = time.perf_counter() - began
        return self.result

    def _following(self) -> int | None:
        with self.lock:
            return next(self.numbers, None)

    def _work(self, slot: int) -> None:
        parts = urlsplit(self.base)
        connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
        try:
            for warm in range(3):
                for request in listed(self.make(-1 - slot * 3 - warm)):
                    ask(connection, request)
            self.ready.wait()
        except (OSError, http.client.HTTPException, threading.BrokenBarrierError):
            self.ready.abort()  # nobody waits for one that does not come
            return
        except BaseException:
            self.ready.abort()
            raise
        end = time.monotonic() + self.seconds
        while time.monotonic() < end and (number := self._following()) is not None:
            requests = listed(self.make(number))
            began = time.perf_counter()
            try:
                answers = [ask(connection, request) for request in requests]
            except (OSError, http.client.HTTPException):
                connection.close()  # the next unit opens another one
                answers = [(0, b"")]
            self._count(answers, (time.perf_counter() - began) * 1000)

    def _count(self, answers: list[tuple[int, bytes]], took: float) -> None:
        right = all(self.good(status, body) for status, body in answers)
        with self.lock:
            if right:
                self.result.times.append(took)
            else:
                self.result.wrong += 1


def listed(unit: Request | list[Request]) -> list[Request]:
    """The requests of one unit."""
    return unit if isinstance(unit, list) else [unit]


def ask(connection: http.client.HTTPConnection, request: Request) -> tuple[int, bytes]:
    """One request on a kept-alive connection; status and body."""
    method, path, headers, body = request
    connection.request(method, path, body=body, headers=headers)
    answer = connection.getresponse()
    return answer.status, answer.read()


def post(path: str, token: str, body: dict[str, Any]) -> Request:
    """A JSON POST with a bearer token."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return "POST", path, headers, json.dumps(body).encode()


def get(path: str, token: str) -> Request:
    """A GET with a bearer token."""
    return "GET", path, {"Authorization": f"Bearer {token}"}, None


def median_of(runs: list[Result], value: Callable[[Result], float]) -> tuple[float, float, float]:
    """Median, least and greatest of one figure over repetitions."""
    values = [value(run) for run in runs]
    return statistics.median(values), min(values), max(values)
