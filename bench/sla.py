"""``./run bench sla``: what clocks cost, from arithmetic to a million running ones (BENCH W8, DOMAIN 11)."""

from __future__ import annotations

import datetime as dt
import json
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bench import day_walk
from bench.report import Report, header
from bench.smoke import settle
from itsm.environment import BASE_DIR
from itsm.launcher.embedded import SUPERUSER, address
from schedules.bizcal import BizCal, Plan
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED

DAY = 86_400
OPERATIONS = 4_000  # of the day walk in one repetition; ours does ten times as many
ROUNDS = 7  # of firing, ours and bare in turn
DUE = 500
NOTICED_SECONDS = 25
PATIENCE = 180.0
BYTES = 200


def run(*, reps: int, count: int, clocks: int) -> int:
    """Measure on a private stack with production settings; the exit code."""
    report = Report()
    report.say(header())
    arithmetic(report, reps)
    stack = PrivateStack(options=(), env=UNLIMITED)
    try:
        stack.start()
        with stack.frozen("worker", "beat"):  # only the measured process works
            saves(stack, report, reps=reps, count=min(count, 200))
            load(stack, report, clocks)
            idle(stack, report, clocks)
            fire(stack, report, clocks)
            replan(stack, report, clocks)
        replan_live(stack, report, clocks)
        noticed(stack, report, clocks)
    finally:
        stack.remove()
    return report.end()


def work(stack: PrivateStack, *words: str) -> dict[str, Any]:
    """One thing done by a process of the product; see ``bench.sla_work``."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.sla_work", *words],
        cwd=BASE_DIR, env=stack.django_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"bench.sla_work {words} ended with {done.returncode}: {done.stderr[-2000:]}")
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


# Arithmetic


def arithmetic(report: Report, reps: int) -> None:
    """add and elapsed against a day-by-day walk, on the same questions, in turn."""
    plan = Plan(
        tz="America/New_York",
        weekly=dict.fromkeys(range(5), ((540, 720), (780, 1080))),
        holidays=frozenset(dt.date(year, *day) for year in (2025, 2026, 2027) for day in ((1, 1), (12, 25))),
    )
    biz, zone = BizCal(plan), ZoneInfo(plan.tz)
    questions = [question(number) for number in range(OPERATIONS // 2)]
    for start, end, seconds in questions:  # equal answers first, then speed
        same = day_walk.elapsed(plan, zone, start, end) == biz.elapsed(start, end)
        report.wrong += not (same and day_walk.add(plan, zone, start, seconds) == biz.add(start, seconds))
    ratios, rates = [], []
    for _ in range(reps):
        walk = rate(lambda: day_walked(plan, zone, questions), OPERATIONS)
        ours = rate(lambda: counted(biz, questions * 10), OPERATIONS * 10)
        ratios.append(ours / walk)
        rates.append(ours)
        report.say(f"business time: {ours:,.0f} operations/s, day by day {walk:,.0f} operations/s")
    report.goal(
        f"DS-3 add and elapsed ({statistics.median(rates):,.0f} operations/s) against a day-by-day walk",
        statistics.median(ratios), 20, at_most=False, unit="×",
    )  # fmt: skip


def question(number: int) -> tuple[dt.datetime, dt.datetime, int]:
    """Two instants up to sixty days apart and a target of up to fifteen working days; repeatable."""
    source = random.Random(number * 7919)
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(seconds=source.randrange(300 * DAY))
    return start, start + dt.timedelta(seconds=source.randrange(60 * DAY)), source.randrange(1, 15 * 8 * 3600)


def rate(job: Callable[[], object], operations: int) -> float:
    """Operations a second of this processor."""
    began = time.process_time()
    job()
    return operations / (time.process_time() - began)


def counted(biz: BizCal, questions: list[Any]) -> None:
    """Each question, answered by the table."""
    for start, end, seconds in questions:
        biz.elapsed(start, end)
        biz.add(start, seconds)


def day_walked(plan: Plan, zone: ZoneInfo, questions: list[Any]) -> None:
    """Each question, answered day by day."""
    for start, end, seconds in questions:
        day_walk.elapsed(plan, zone, start, end)
        day_walk.add(plan, zone, start, seconds)


# A ticket's save


def saves(stack: PrivateStack, report: Report, *, reps: int, count: int) -> None:
    """The same saves without a definition of the kind, with twenty that ask only, and with two that fit."""
    found = work(stack, "saves", str(reps), str(count))
    for name, said in (("change", "changing a ticket"), ("open", "opening one")):
        wall, cpu = ({which: statistics.median(each[key] for each in found[which]) for which in found}
                     for key in (name, f"{name}_cpu"))  # fmt: skip
        clocks = found["twenty"][0]["clocks"]
        report.say(
            f"{said}: {wall['none']:.2f} ms ({cpu['none']:.2f} ms of processor time) without a definition,"
            f" {wall['asked']:.2f} ms ({cpu['asked']:.2f} ms) with twenty that do not fit,"
            f" {wall['twenty']:.2f} ms ({cpu['twenty']:.2f} ms) with twenty and {clocks:.1f} clocks by them"
        )
        spreads = [[each[name] for each in found[which]] for which in found]
        noisy = any((max(each) - min(each)) / statistics.median(each) > 0.5 for each in spreads)
        for which, words in (
            ("asked", "asking twenty definitions adds to"),
            ("twenty", "two clocks of twenty add to"),
        ):
            report.goal(
                f"DB-3 {words} {said}",
                (wall[which] / wall["none"] - 1) * 100, 50, at_most=True, unit="%", noisy=noisy,
            )  # fmt: skip
        report.goal(
            f"DB-3 processor time of twenty definitions, {said}",
            cpu["twenty"] - cpu["none"], 5, at_most=True, unit="ms",
        )  # fmt: skip


# A million clocks


def load(stack: PrivateStack, report: Report, clocks: int) -> None:
    """Running clocks by COPY, ten to a ticket; what one takes on disk."""
    owner = address(SUPERUSER, Path(stack.state["sockets"]))
    found = work(stack, "load", str(clocks), owner)
    [(count, table, indexes)] = stack.sql(
        "SELECT (SELECT count(*) FROM sla_clock WHERE stage = 'in_progress'),"
        " pg_table_size('sla_clock'), pg_indexes_size('sla_clock')"
    )
    report.wrong += count < clocks
    report.say(
        f"{count:,} running clocks on {found['tickets']:,} tickets loaded by COPY, {found['seconds']:.0f} s:"
        f" {table / 2**20:.0f} MiB and {indexes / 2**20:.0f} MiB of indexes"
        f" ({table / count:.0f} and {indexes / count:.0f} bytes a clock; a row alone {found['row']:.0f})"
    )
    report.goal(
        f"W8 storage of {count:,} clocks beyond indexes",
        table / count,
        BYTES,
        at_most=True,
        unit="bytes each",
    )


def idle(stack: PrivateStack, report: Report, clocks: int) -> None:
    """A sweep of the clocks that finds nothing, against one bare probe of the index."""
    found = work(stack, "idle")
    report.wrong += found["moved"]
    both = found["fire"] + found["replan"]
    report.say(
        f"idle at {clocks:,}: bare probe {found['probe'] * 1000:.0f} µs, sweep for due clocks"
        f" {found['fire'] * 1000:.0f} µs, look for edited calendars {found['replan'] * 1000:.0f} µs"
    )
    report.goal(
        f"W8 idle sweep of {clocks:,} running clocks against an indexed probe",
        found["fire"] / found["probe"], 2, at_most=True, unit="×",
    )  # fmt: skip
    report.goal("W8 both idle steps", both, 5, at_most=True, unit="ms")


def fire(stack: PrivateStack, report: Report, clocks: int) -> None:
    """500 due clocks: marks noted, people told, next marks planned, against the bare update of 500 rows."""
    number = min(DUE, clocks // 40)  # a small run has not so many that are round the clock
    found = work(stack, "fire", str(number), str(ROUNDS))
    report.wrong += found["wrong"]
    ours, bare = statistics.median(found["ours"]), statistics.median(found["bare"])
    report.say(
        f"{number} due of {clocks:,} fired in {ours:.0f} ms"
        f" ({min(found['ours']):.0f}–{max(found['ours']):.0f}),"
        f" bare update {bare:.0f} ms ({min(found['bare']):.0f}–{max(found['bare']):.0f})"
    )
    ratios = sorted(one / two for one, two in zip(found["ours"], found["bare"], strict=True))
    report.goal(f"W8 {number} fired", ours, 150, at_most=True, unit="ms")
    report.goal(
        f"W8 {number} fired ({ours:.0f} ms) against the bare update of {number} rows",
        statistics.median(ratios), 3, at_most=True, unit="×",
    )  # fmt: skip


def replan(stack: PrivateStack, report: Report, clocks: int) -> None:
    """Every batch of one process after an edit of the calendar: how long it holds its locks."""
    found = work(stack, "replan")
    report.wrong += found["planned"] != clocks // 10
    report.say(
        f"{found['planned']:,} clocks planned anew by one process: {found['seconds']:.1f} s in"
        f" {found['batches']} batches, the longest {found['longest'] * 1000:.0f} ms; counting what is left"
        f" took {found['count_ms']:.1f} ms at the beginning"
    )
    report.goal("DB-5 longest lock while planning anew", found["longest"], 1, at_most=True, unit="s")


def replan_live(stack: PrivateStack, report: Report, clocks: int) -> None:
    """The same edit with worker and beat at work: from the edit to the last clock."""
    report.say(f"what firing told went out for {settle(stack):.0f} s")  # by the worker, which is free now
    edited = work(stack, "edit")
    left, took, limit = -1, 0.0, time.monotonic() + PATIENCE
    while left and time.monotonic() < limit:
        time.sleep(0.2)
        [(left, took)] = stack.sql(
            "SELECT count(*), extract(epoch FROM clock_timestamp() - %s)::float8 FROM sla_clock"
            " WHERE stage = 'in_progress' AND calendar_id = %s AND calendar_version < %s",
            (edited["at"], edited["calendar"], edited["version"]),
        )
    report.wrong += bool(left)
    report.say(f"{clocks // 10:,} clocks planned anew by the worker, {took:.1f} s after the edit")
    report.goal(f"DB-5 {clocks // 10:,} clocks planned anew after an edit", took, 60, at_most=True, unit="s")


def noticed(stack: PrivateStack, report: Report, clocks: int) -> None:
    """In normal running: how late marks are written that come due one after the other."""
    made = work(stack, "due", str(min(DUE, clocks // 40)), str(NOTICED_SECONDS))
    time.sleep(NOTICED_SECONDS + 6)
    [(count, twice, worst, p95)] = stack.sql(
        "WITH told AS (SELECT clock_id, count(*) AS times,"
        " max(extract(epoch FROM noticed_at - at))::float8 AS late FROM sla_clockevent"
        " WHERE kind = 'breach' AND clock_id = ANY(%s) GROUP BY clock_id)"
        " SELECT count(*), count(*) FILTER (WHERE times > 1), max(late),"
        " percentile_cont(0.95) WITHIN GROUP (ORDER BY late) FROM told",
        (made["clocks"],),
    )
    report.wrong += count != len(made["clocks"]) or twice != 0
    report.say(
        f"{count} of {len(made['clocks'])} breaches in {NOTICED_SECONDS} s written, {twice} twice;"
        f" late by p95 {p95:.2f} s, at most {worst:.2f} s"
    )
    report.goal("DB-4 breach written after it was due, p95", p95, 3, at_most=True, unit="s")
    report.goal("RP-4 breach written after it was due, the latest", worst, 5, at_most=True, unit="s")
