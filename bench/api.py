"""``./run bench api``: list, one ticket, create, transition over REST beside DRF views (BENCH W1–W5).

The tables grow from 10 000 tickets by appending; at each step all four are measured in turn with views over
one table of that size, under the same server with the same workers and threads: a bare one, with six columns
for nobody in particular, and one with a column for each value that ours shows, for who has a token.
"""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bench import api_paths as paths
from bench.client import Load, Request, Result, ask, get, median_of, post
from bench.reference import Reference, append_things, bare_drf
from bench.report import NOISE_CORES, NOISE_SPREAD, Report, cpu_seconds, header, tree_cpu_seconds
from bench.smoke import BODY, CLIENTS, is_incident, mint, pids, settle
from itsm.environment import BASE_DIR
from itsm.launcher.embedded import SUPERUSER, address
from itsm.launcher.status import family
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED

SIZES = (10_000, 100_000, 1_000_000)
FAR = 20  # the page of a list that is far from its beginning
SECONDS = 60.0  # at most, of one work in one repetition
ALONE = 300  # requests of one process for the processor time of one
WARMED = 3 * CLIENTS
FLAT = 1.3
BESIDE = {"bare": "/things/", "wide": "/entries/"}
LIMITS = {"list": 2.0, "create": 3.0}
STATEMENTS = {"list": 8, "detail": 14, "create": 15, "transition": 15}


@dataclass
class Asked:
    """What a server is asked in one of the works, who judges the answers, and what was measured."""

    make: Callable[[int], Request | list[Request]]
    good: Callable[[int, bytes], bool]
    results: list[Result] = field(default_factory=list)

    def p50(self) -> float:
        """The median of the repetitions, in ms."""
        return median_of(self.results, lambda result: result.percentile(0.5))[0]

    def rate(self) -> float:
        """Answers per second, the median of the repetitions."""
        return median_of(self.results, lambda result: result.per_second)[0]


@dataclass
class Work:
    """One of the measured works: ours, and the like of the references by name."""

    name: str
    ours: Asked
    beside: dict[str, Asked]
    count: int
    clients: int = CLIENTS
    is_noisy: bool = False


class Known:
    """Judges answers that may come again: one that is known to be right is right again, and costs nothing."""

    def __init__(self, good: Callable[[Any], bool]) -> None:
        self._good, self._right = good, set[bytes]()

    def __call__(self, status: int, body: bytes) -> bool:
        """Whether it is a 200 with the right content; addresses of neighbouring pages differ each time."""
        content = body.partition(b',"next":')[0]
        if status == 200 and content not in self._right and self._good(json.loads(body)):
            self._right.add(content)
        return status == 200 and content in self._right


def run(*, reps: int, count: int, size: int, kind: Callable[..., Bench] | None = None) -> int:
    """Measure at each size up to ``size`` on a private stack with production settings; the exit code.

    ``kind`` is what to measure; the API unless told.
    """
    report = Report()
    report.say(header())
    stack = PrivateStack(options=(), env=UNLIMITED)
    try:
        stack.start()
        with bare_drf(stack.dsn) as floor:
            bench = (kind or Bench)(stack, report, floor, mint(stack), reps, count)
            for before, last in zip((0, *SIZES), SIZES, strict=False):
                if last <= size:
                    bench.grow(before + 1, last)
                    bench.prepare(before + 1, last)
                    bench.measure(last)
            bench.compare_sizes()
    finally:
        stack.remove()
    return report.end()


@dataclass
class Bench:
    """The stack, the bare view beside it, and what was measured so far: p95 by work and size."""

    stack: PrivateStack
    report: Report
    floor: Reference
    token: str
    reps: int
    count: int
    p95: dict[str, dict[int, float]] = field(default_factory=dict)
    is_noisy: bool = False

    def grow(self, first: int, last: int) -> None:
        """Append tickets, and rows to the bare table."""
        owner = address(SUPERUSER, Path(self.stack.state["sockets"]))
        with self.stack.frozen("worker", "beat"):
            found = self.work("load", str(first), str(last), owner)
        append_things(self.stack.dsn, first, last)
        self.report.say(f"{last:,} tickets: {last - first + 1:,} loaded by COPY in {found['seconds']:.0f} s")

    def prepare(self, first: int, last: int) -> None:
        """What a kind of bench needs beside the tickets ``first`` to ``last``; nothing here."""

    def measure(self, size: int) -> None:
        """All works at this size, ours and the bare view in turn."""
        self.new = [
            row[0]
            for row in self.stack.sql(
                "SELECT number FROM tickets_ticket WHERE kind = 'incident' AND state = 'new'"
                " AND number LIKE 'BEN%%' ORDER BY id LIMIT %s",
                (self.reps * (self.count + WARMED) + 200,),
            )
        ]
        self.alone()
        works = self.works(size, most_moves=len(self.new) // self.reps - WARMED)
        for _ in range(self.reps):
            for each in works:
                self.one(each)
                settle(self.stack)
        for each in works:
            self.judge(each, size)

    def works(self, size: int, most_moves: int) -> list[Work]:
        """What is measured; a ticket is begun once, so there are no more than ``most_moves``."""
        near, far = (partial(fixed, get(each, self.token)) for each in (paths.LIST, self.far_page()))
        mine = {
            "list": Asked(near, Known(is_list)),
            f"list page {FAR}": Asked(far, Known(is_list)),
            "detail": Asked(self.read, Known(is_detail)),
            "create": Asked(lambda _turn: post(paths.INCIDENTS, self.token, BODY), is_incident),
            "transition": Asked(self.start, is_begun),
        }
        beside = {name: references(self.floor, place, size) for name, place in BESIDE.items()}
        most = {"transition": most_moves}
        return [
            Work(
                name, asked, {told: known[name.split()[0]]() for told, known in beside.items()},
                min(self.count, most.get(name, self.count)),
            )
            for name, asked in mine.items()
        ]  # fmt: skip

    def read(self, turn: int) -> list[Request]:
        """All requests that show a ticket with twenty comments."""
        return [get(paths.detail(turn), self.token), get(paths.comments(turn), self.token)]

    def start(self, _turn: int) -> Request:
        """Work begins on a ticket that is new."""
        return post(paths.start(self.new.pop()), self.token, {})

    def far_page(self) -> str:
        """The address of the list's twentieth page; its last one when there are fewer."""
        place = urlsplit(self.stack.url)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, timeout=30)
        far = paths.LIST
        for _ in range(FAR - 1):
            following = json.loads(ask(connection, get(far, self.token))[1])["next"]
            if not following:
                break
            parts = urlsplit(following)
            last, far = far, f"{parts.path}?{parts.query}"
            if len(json.loads(ask(connection, get(far, self.token))[1])["results"]) < paths.PAGE:
                return last
        return far

    def one(self, each: Work) -> None:
        """One repetition: the references, then ours."""
        load = partial(Load, clients=each.clients, count=each.count, seconds=SECONDS)
        before, used = cpu_seconds(), tree_cpu_seconds(self.everybody())
        for told, asked in each.beside.items():
            asked.results.append(load(f"  {told} {each.name}", self.floor.url, asked.make, asked.good).run())
        mine, middle = tree_cpu_seconds(pids(self.stack)), cpu_seconds()
        each.ours.results.append(load(each.name, self.stack.url, each.ours.make, each.ours.good).run())
        mine, after = tree_cpu_seconds(pids(self.stack)) - mine, cpu_seconds()
        used = tree_cpu_seconds(self.everybody()) - used
        others = max(0.0, after[0] - before[0] - used) / (after[1] - before[1])
        each.is_noisy = each.is_noisy or others > NOISE_CORES
        for result in (asked.results[-1] for asked in (*each.beside.values(), each.ours)):
            self.report.say(result.line())
            self.report.wrong += result.wrong + (not result.times)
        self.report.say(
            f"  processors: {mine / (after[1] - middle[1]):.2f} by our stack, {others:.2f} by others"
        )

    def everybody(self) -> list[int]:
        """Processes of this benchmark: this one, the stack, the bare view."""
        return list({*family(os.getpid()), *pids(self.stack)})

    def judge(self, each: Work, size: int) -> None:
        """Ratios of one work at one size, over the repetitions."""
        p50, low, high = median_of(each.ours.results, lambda result: result.percentile(0.5))
        p95 = median_of(each.ours.results, lambda result: result.percentile(0.95))[0]
        rate = each.ours.rate()
        noisy = each.is_noisy or (high - low) / max(p50, 0.001) > NOISE_SPREAD
        self.is_noisy = self.is_noisy or noisy
        self.p95.setdefault(each.name, {})[size] = p95
        self.report.say(
            f"{each.name} at {size:,}: p50 {p50:.1f} ms [{low:.1f}–{high:.1f}], p95 {p95:.1f} ms,"
            f" {rate:.0f}/s{' NOISY' if noisy else ''}"
        )
        for told, asked in each.beside.items():
            ratios = {"p50": p50 / asked.p50(), "throughput": asked.rate() / max(rate, 0.001)}
            self.report.say(
                f"  against the {told} view ({asked.p50():.1f} ms, {asked.rate():.0f}/s):"
                f" p50 {ratios['p50']:.2f} ×, throughput 1/{ratios['throughput']:.2f}"
            )
            for name, figure in ratios.items() if each.name in LIMITS else ():
                self.report.goal(
                    f"{each.name} at {size:,} against the {told} view, {name}",
                    figure, LIMITS[each.name], at_most=True, unit="×", noisy=noisy,
                )  # fmt: skip

    def compare_sizes(self) -> None:
        """Whether the greatest size is as fast as the smallest."""
        for name, by_size in self.p95.items():
            least, most = min(by_size), max(by_size)
            if least != most:
                self.report.goal(
                    f"{name}, p95 at {most:,} against {least:,}",
                    by_size[most] / max(by_size[least], 0.001),
                    FLAT,
                    at_most=True,
                    unit="×",
                    noisy=self.is_noisy,
                )

    def alone(self) -> None:
        """Statements of one request, and its processor time in one process with nobody else at work."""
        found = self.work("statements", self.token, *(self.new.pop() for _ in range(20)))
        self.report.say(f"statements: {found}")
        for name, limit in STATEMENTS.items():
            figure = found[name] + (found["comments"] if name == "detail" else 0)
            self.report.goal(f"statements of {name}", figure, limit, at_most=True, unit="statements")
        new = [self.new.pop() for _ in range(100)]
        with self.stack.frozen("worker", "beat"):
            found = self.work("cpu", self.token, str(ALONE), *new)
        told = ", ".join(f"{name} {each:.2f}" for name, each in found.items())
        self.report.say(f"processor time of one request in one process, ms: {told}")
        settle(self.stack)

    def work(self, *words: str) -> dict[str, Any]:
        """One thing done by a process of the product; see ``bench.api_work``."""
        done = subprocess.run(
            [sys.executable, "-m", "bench.api_work", *words],
            cwd=BASE_DIR, env=self.stack.django_environment() | {"ITSM_ALLOWED_HOSTS": "testserver"},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"bench.api_work {words[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return told


def references(floor: Reference, place: str, size: int) -> dict[str, Callable[[], Asked]]:
    """What a reference is asked at each of the works, by name; each time a fresh collection of results."""
    token, change = floor.token, json.dumps({"impact": 1}).encode()
    row = lambda turn: f"{place}{turn * 7919 % size + 1}/"  # noqa: E731 - one line says it
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return {
        "list": lambda: Asked(
            partial(fixed, get(place, token)), Known(lambda body: len(body["results"]) == paths.PAGE)
        ),
        "detail": lambda: Asked(lambda turn: get(row(turn), token), Known(lambda body: body["id"] > 0)),
        "create": lambda: Asked(lambda _turn: post(place, token, BODY), lambda status, _body: status == 201),
        "transition": lambda: Asked(
            lambda turn: ("PATCH", row(turn), headers, change),
            lambda status, body: status == 200 and json.loads(body)["impact"] == 1,
        ),
    }


def fixed(request: Request, _turn: int) -> Request:
    """The same request each time."""
    return request


def is_list(body: Any) -> bool:
    """Whether it is a full page of open tickets of the team, the most urgent first and then the newest."""
    rows = body["results"]
    places = [(row["priority"], -ord_of(row["opened_at"])) for row in rows]
    ours = all(row["active"] and row["group"]["key"] == paths.TEAM.format(1) for row in rows)
    return len(rows) == paths.PAGE and ours and places == sorted(places)


def ord_of(moment: str) -> int:
    """A number that grows with the instant: all are written alike."""
    return int("".join(letter for letter in moment if letter.isdigit()))


def is_detail(body: Any) -> bool:
    """Whether it is a ticket with what may be done with it, or its twenty comments."""
    if "results" in body:
        return [row["kind"] for row in body["results"]] == ["comment"] * 20
    return bool(body["number"].startswith("BEN") and body["description"] and body["_transitions"])


def is_begun(status: int, body: bytes) -> bool:
    """Whether work has begun."""
    return status == 200 and json.loads(body)["state"] == "in_progress"
