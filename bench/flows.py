"""``./run bench flows``: what the engine costs against a bare loop that writes the same rows (BENCH W11)."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import uuid
from contextlib import closing
from typing import Any

from bench.reference import connect
from bench.report import Report, header
from bench.smoke import mint, opening
from itsm.environment import BASE_DIR
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED

STEPS = 15
ROWS = ("workflows_flowstep", "tickets_activity", "core_outboxevent")
NOTICED, AT_A_TIME = 60, 3
GOLDEN = 0.618  # pauses that fall evenly whatever the rhythm they meet


def run(*, reps: int, count: int) -> int:
    """Measure on a private stack with production settings; the exit code."""
    report = Report()
    report.say(header())
    stack = PrivateStack(options=(), env=UNLIMITED)
    try:
        stack.start()
        token = mint(stack)
        first_steps(stack, report, token)
        with stack.frozen("worker", "beat"):  # only the measured processes take steps
            cost(stack, report, reps=reps, runs=min(count, 800))
            growth(stack, report)
            idle(stack, report)
    finally:
        stack.remove()
    return report.end()


def start_work(stack: PrivateStack, *words: str) -> subprocess.Popen[str]:
    """A process of the engine, begun."""
    return subprocess.Popen(
        [sys.executable, "-m", "bench.flow_work", *words],
        cwd=BASE_DIR, env=stack.django_environment(), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


def told(process: subprocess.Popen[str]) -> dict[str, Any]:
    """What it printed."""
    out, _nothing = process.communicate()
    if process.returncode:
        raise SystemExit(f"bench.flow_work ended with {process.returncode}")
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found


def work(stack: PrivateStack, *words: str) -> dict[str, Any]:
    """One thing done by a process of the engine."""
    return told(start_work(stack, *words))


def cost(stack: PrivateStack, report: Report, *, reps: int, runs: int) -> None:
    """Seconds of the engine and of the bare loop for the same rows and commits, in turn."""
    ratios, rates = [], []
    for _ in range(reps):
        work(stack, "prepare", str(runs))
        ours = work(stack, "work")
        bare = bare_loop(stack, runs=runs, commits=ours["batches"])
        if ours["left"]:
            report.wrong += 1
        ratios.append(ours["seconds"] / bare)
        rates.append(runs * STEPS / ours["seconds"])
        report.say(
            f"engine {ours['seconds']:.2f} s ({ours['cpu']:.2f} s of its processor time) for {runs} runs of"
            f" {STEPS} steps in {ours['batches']} commits, {rates[-1]:.0f} steps/s; bare loop {bare:.2f} s"
        )
    spread = (max(ratios) - min(ratios)) / statistics.median(ratios)
    report.goal(
        "W11 engine against a bare loop with the same rows and commits",
        statistics.median(ratios), 3, at_most=True, unit="×", noisy=spread > 0.5,
    )  # fmt: skip


def bare_loop(stack: PrivateStack, *, runs: int, commits: int) -> float:
    """Seconds in which psycopg2 alone writes what those runs wrote: row by row, with as many commits."""
    with closing(connect(stack.dsn)) as connection:
        connection.autocommit = False
        with connection.cursor() as cursor:
            rows = {table: sample(cursor, table) for table in ROWS}
            cursor.execute("SELECT max(id) FROM workflows_flowrun")
            run_id = cursor.fetchone()[0]
            connection.commit()
            each = max(1, runs // commits)
            began = time.perf_counter()
            for number in range(runs):
                cursor.execute(
                    "SELECT id FROM workflows_flowrun WHERE id = %s FOR NO KEY UPDATE", [run_id - number]
                )
                for table, (text, values) in rows.items():
                    for row in values:
                        cursor.execute(text, own_identity(table, row, number))
                cursor.execute(
                    "UPDATE workflows_flowrun SET updated_at = now(), lock_version = lock_version + 1"
                    " WHERE id = %s",
                    [run_id - number],
                )
                if number % each == each - 1:
                    connection.commit()
            connection.commit()
            took = time.perf_counter() - began
            for table in ("workflows_flowstep", "core_outboxevent"):
                cursor.execute(f"DELETE FROM {table} WHERE {MARKED[table]}")
            connection.commit()
    return took


MARKED = {
    "workflows_flowstep": "path LIKE 'bare[%'",
    "core_outboxevent": "name LIKE 'bare.%'",
}


def sample(cursor: Any, table: str) -> tuple[str, list[dict[str, Any]]]:
    """An INSERT for the table, and the rows that the newest run of the fifteen steps left in it."""
    newest = "(SELECT max(run_id) FROM workflows_flowstep WHERE node_id = 'tell' AND path = '')"
    wheres = {
        "workflows_flowstep": f"run_id = {newest}",
        "tickets_activity": "verb = 'flow_log' ORDER BY id DESC LIMIT 4",
        "core_outboxevent": f"(payload->>'run_id')::bigint = {newest} AND name <> 'flow.started'",
    }
    cursor.execute(f"SELECT row_to_json(t) FROM (SELECT * FROM {table} WHERE {wheres[table]}) t")
    rows = [found for (found,) in cursor.fetchall()]
    columns = [name for name in rows[0] if name != "id"]
    places = ", ".join(f"%({name})s" for name in columns)
    text = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})"
    return text, [
        {name: json.dumps(row[name]) if isinstance(row[name], dict | list) else row[name] for name in columns}
        for row in rows
    ]


def own_identity(table: str, row: dict[str, Any], number: int) -> dict[str, Any]:
    """The row with what must be its own."""
    if table == "workflows_flowstep":
        return row | {"path": f"bare[{number}]"}
    if table == "core_outboxevent":
        return row | {"name": f"bare.{number}", "public_id": str(uuid.uuid4())}
    return row | ({"public_id": str(uuid.uuid4())} if "public_id" in row else {})


def growth(stack: PrivateStack, report: Report) -> None:
    """Two workers, 1,000 and then 10,000 runs: the time must grow with the runs and not faster."""
    per_run = {}
    for runs in (1_000, 10_000):
        work(stack, "prepare", str(runs))
        began = time.perf_counter()
        both = [start_work(stack, "work") for _ in range(2)]
        parts = [told(each) for each in both]
        took = max(part["seconds"] for part in parts)
        per_run[runs] = took / runs
        report.say(
            f"two workers, {runs} runs: {took:.1f} s, {runs * STEPS / took:.0f} steps/s"
            f" (with their start {time.perf_counter() - began:.1f} s)"
        )
    report.goal(
        "W11 seconds a run at 10,000 against 1,000",
        per_run[10_000] / per_run[1_000],
        1.25,
        at_most=True,
        unit="×",
    )


def idle(stack: PrivateStack, report: Report) -> None:
    """What 100,000 waiting steps cost a sweep that finds nothing due."""
    made = work(stack, "wait", "100000")
    found = work(stack, "tick")
    report.say(f"{made['waiting']} waiting steps: {found['ms']:.1f} ms for {found['steps']} sweep steps")
    report.goal("RL-26 idle tick at 100,000 waiting steps", found["ms"], 20, at_most=True, unit="ms")


def first_steps(stack: PrivateStack, report: Report, token: str) -> None:
    """Seconds from a write to the first step of the flow it starts, with the broker and without it."""
    work(stack, "watch")
    for name, limit, roles in (("with the broker", 1.5, ()), ("with the broker frozen", 2.5, ("valkey",))):
        with stack.frozen(*roles):
            time.sleep(4 if roles else 0)
            [(newest,)] = stack.sql("SELECT coalesce(max(id), 0) FROM workflows_flowrun")
            for turn in range(NOTICED // AT_A_TIME):  # at many moments between two sweeps
                report.wrong += opening(stack, token, 1, AT_A_TIME).run().wrong
                time.sleep((turn * GOLDEN) % 1 * 2)
            found = waits(stack, newest)
        p95 = sorted(found)[int(len(found) * 0.95)]
        report.say(
            f"event to first step {name}: n={len(found)} p50 {statistics.median(found):.2f} s,"
            f" p95 {p95:.2f} s"
        )
        report.goal(f"DB-1 event to first step, {name}, p95", p95, limit, at_most=True, unit="s")


def waits(stack: PrivateStack, newest: int) -> list[float]:
    """Seconds from the commit of each incident to the first step of its flow."""
    limit = time.monotonic() + 60
    while time.monotonic() < limit:
        rows = stack.sql(
            "SELECT extract(epoch FROM s.done_at - r.started_at) FROM workflows_flowstep s"
            " JOIN workflows_flowrun r ON r.id = s.run_id WHERE r.id > %s AND s.node_id = 'bench_first'",
            (newest,),
        )
        if len(rows) >= NOTICED and all(each[0] is not None for each in rows):
            return [float(each[0]) for each in rows]
        time.sleep(0.5)
    raise SystemExit("the flows did not begin within a minute")
