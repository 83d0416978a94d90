"""``./run bench smoke``: start, memory, opening incidents over REST against a bare DRF create."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing

from bench.client import Load, Result, median_of, post
from bench.memory import pss_mib
from bench.reference import bare_drf, connect
from bench.report import NOISE_CORES, NOISE_SPREAD, Report, cpu_seconds, header, tree_cpu_seconds
from itsm.environment import BASE_DIR
from tests.faults.stack import ROLES, PrivateStack
from tests.faults.story import UNLIMITED

CLIENTS = 8
PATIENCE = 180.0  # seconds for the notices and mails of one run
BODY = {"title": "VPN drops every hour", "impact": 2, "urgency": 2, "category": "network"}


def run(*, reps: int, count: int) -> int:
    """Measure everything on a private stack with production settings; the exit code."""
    report = Report()
    report.say(header())
    stack = PrivateStack(options=(), env=UNLIMITED)
    try:
        starts(stack, report)
        token = mint(stack)
        memory(stack, report, "idle")
        creates(stack, report, token, reps=reps, count=count)
        statements(stack, report, token)
        commits(stack, report, token)
        memory(stack, report, "after the load")
    finally:
        stack.remove()
    return report.end()


def mint(stack: PrivateStack) -> str:
    """A token of the demo agent."""
    return stack.manage("mint_token", "seojin", "--name", "bench").stdout.strip().splitlines()[-1]


def starts(stack: PrivateStack, report: Report) -> None:
    """Cold and warm start and the stop between them, in seconds."""
    cold_web, cold_ready = timed_start(stack)
    began = time.monotonic()
    stack.stop()
    stopped = time.monotonic() - began
    warm_web, warm_ready = timed_start(stack)
    report.say(
        f"start cold: web {cold_web:.1f} s, ready {cold_ready:.1f} s; warm: web {warm_web:.1f} s, "
        f"ready {warm_ready:.1f} s; stop {stopped:.1f} s"
    )
    for name, figure, limit in [
        ("L-30 first page, cold", cold_web, 20),
        ("L-30 ready, cold", cold_ready, 30),
        ("L-30 first page, warm", warm_web, 6),
        ("L-30 ready, warm", warm_ready, 12),
        ("L-30 stop", stopped, 5),
    ]:
        report.goal(name, figure, limit, at_most=True, unit="s")


def timed_start(stack: PrivateStack) -> tuple[float, float]:
    """Seconds until pages answer and until everything is ready."""
    began = time.monotonic()
    stack.start(wait=False)
    stack.wait_for("web up ")
    web = time.monotonic() - began
    stack.wait_for("READY ")
    return web, time.monotonic() - began


def pids(stack: PrivateStack) -> list[int]:
    """All processes of the stack, the launcher included."""
    return [stack.pid("launcher"), *(pid for role in ROLES for pid in stack.pids(role))]


def memory(stack: PrivateStack, report: Report, when: str) -> None:
    """PSS of the whole stack, in MiB."""
    time.sleep(3)
    total = pss_mib(pids(stack))
    parts = ", ".join(f"{role} {pss_mib(stack.pids(role)):.0f}" for role in ROLES)
    report.say(f"memory {when}: {total:.0f} MiB ({parts}, launcher {pss_mib([stack.pid('launcher')]):.0f})")
    report.goal(f"W7 memory {when}", total, 650, at_most=True, unit="MiB")


def creates(stack: PrivateStack, report: Report, token: str, *, reps: int, count: int) -> None:
    """W1 at 8 clients: ours and the bare reference in turn."""
    ours: list[Result] = []
    bare: list[Result] = []
    noisy = False
    with bare_drf(stack.dsn) as floor:
        for _ in range(reps):
            bare.append(
                Load(
                    "bare DRF create",
                    floor.url,
                    lambda _number: post("/things/", "-", BODY),
                    lambda status, _body: status == 201,
                    CLIENTS,
                    count,
                ).run()
            )
            before, mine = cpu_seconds(), tree_cpu_seconds(pids(stack))
            ours.append(opening(stack, token, CLIENTS, count).run())
            after = cpu_seconds()
            used = tree_cpu_seconds(pids(stack)) - mine
            others = (after[0] - before[0] - used) / max(after[1] - before[1], 0.1)
            noisy = noisy or others > NOISE_CORES + 0.6  # the client itself is among the others
            report.say(bare[-1].line())
            report.say(ours[-1].line())
            report.say(f"background work of these incidents went on for {settle(stack):.0f} s")
            if ours[-1].wrong or bare[-1].wrong:
                report.wrong += 1
    rate, low, high = median_of(ours, lambda each: each.per_second)
    floor_rate, _low, _high = median_of(bare, lambda each: each.per_second)
    noisy = noisy or (high - low) / rate > NOISE_SPREAD
    p50 = (
        median_of(ours, lambda each: each.percentile(0.5))[0]
        / median_of(bare, lambda each: each.percentile(0.5))[0]
    )
    report.say(
        f"W1 ratio: {rate:.0f}/s against {floor_rate:.0f}/s bare = {rate / floor_rate:.2f}; p50 {p50:.2f}×"
    )
    report.goal(
        "W1 throughput at 8 against bare DRF", rate / floor_rate, 0.35, at_most=False, unit="×", noisy=noisy
    )


def settle(stack: PrivateStack) -> float:
    """Seconds until every event is relayed and every delivery made, so that the next run starts alone."""
    began = time.monotonic()
    waiting = (
        "SELECT (SELECT count(*) FROM core_outboxevent WHERE relayed_at IS NULL)"
        " + (SELECT count(*) FROM core_delivery WHERE done_at IS NULL AND dead_at IS NULL)"
    )
    while stack.sql(waiting)[0][0] and time.monotonic() - began < PATIENCE:
        time.sleep(0.5)
    return time.monotonic() - began


def opening(stack: PrivateStack, token: str, clients: int, count: int) -> Load:
    """Incidents opened over REST."""
    return Load(
        "open incident over REST",
        stack.url,
        lambda _number: post("/api/v1/incidents/", token, BODY),
        is_incident,
        clients,
        count,
    )


def is_incident(status: int, body: bytes) -> bool:
    """Whether the answer carries number and priority."""
    return status == 201 and {"number", "priority"} <= set(json.loads(body))


def statements(stack: PrivateStack, report: Report, token: str) -> None:
    """SQL statements of three requests."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.statements", token],
        cwd=BASE_DIR, env=stack.django_environment() | {"ITSM_ALLOWED_HOSTS": "testserver"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        report.say(f"statements: {done.stderr[-500:]}")
        report.wrong += 1
        return
    counts = json.loads(done.stdout.splitlines()[-1])
    report.say(f"statements: {counts}")
    for name, limit in [("open_incident", 15), ("portal_home", 8), ("desk_list", 8)]:
        report.goal(f"statements of {name}", counts[name], limit, at_most=True, unit="statements")


def commits(stack: PrivateStack, report: Report, token: str) -> None:
    """Commits of one request, with worker and beat held still so that only the request commits."""
    held = [pid for role in ("worker", "beat") for pid in stack.pids(role)]
    for pid in held:
        signal_process(pid, signal.SIGSTOP)
    try:
        with closing(connect(stack.dsn)) as connection, connection.cursor() as cursor:
            before = committed(cursor)
            number = 200
            opening(stack, token, 1, number).run()
            time.sleep(1.5)
            each = (committed(cursor) - before) / (number + 3)
    finally:
        for pid in held:
            signal_process(pid, signal.SIGCONT)
    report.say(f"writing transactions per request: {each:.2f}")
    report.goal("commits of open_incident", each, 1.05, at_most=True, unit="per request")


def committed(cursor: object) -> int:
    """Transactions that did write: they were given an id."""
    cursor.execute("SELECT pg_current_xact_id()::text::bigint")  # type: ignore[attr-defined]
    return int(cursor.fetchone()[0])  # type: ignore[attr-defined]


def signal_process(pid: int, number: int) -> None:
    """Signal a process of the stack that may have ended meanwhile."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
