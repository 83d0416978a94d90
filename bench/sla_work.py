"""The product's side of ``./run bench sla``: a process with the stack's environment that does one thing.

``saves REPS COUNT`` times saves of tickets; ``load CLOCKS DSN`` makes running clocks; ``idle`` sweeps when
nothing is due; ``fire NUMBER ROUNDS`` fires due ones; ``replan`` edits the calendar and plans anew; ``edit``
only edits it; ``due NUMBER SECONDS`` lets clocks breach in the next seconds. Each prints one line of JSON.
"""

from __future__ import annotations

import datetime as dt
import json
import statistics
import sys
import time
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - Django must be set up first
from django.db import connection, connections, transaction  # noqa: E402

from accounts.models import User  # noqa: E402
from bench import sla_rows  # noqa: E402
from bench.reference import connect  # noqa: E402
from core.rows import update  # noqa: E402
from core.time import clock_now, db_now  # noqa: E402
from incidents.services import open_incident  # noqa: E402
from schedules import services as calendars  # noqa: E402
from schedules.models import Calendar  # noqa: E402
from sla import replanning  # noqa: E402
from sla.choices import Status  # noqa: E402
from sla.models import Clock, ClockEvent, SLADefinition  # noqa: E402
from sla.services import fire_due_clocks, replan_clocks  # noqa: E402
from tickets.services import update_ticket  # noqa: E402

PROBES = 300
SWEEP_LIMIT = 50
PICK = """
UPDATE sla_clock c SET accrued_s = target_s / 2, running_since = now() - interval '10 minutes',
    next_fire_at = now() - interval '10 minutes', next_pct = 50, due_at = now() + interval '9 days'
WHERE id IN (SELECT id FROM sla_clock WHERE stage = 'in_progress' AND calendar_id IS NULL
             AND accrued_s = 0 ORDER BY md5(id::text) LIMIT %s)
"""
BARE = """
UPDATE sla_clock SET next_fire_at = due_at, next_pct = 75, lock_version = lock_version + 1
WHERE id IN (SELECT id FROM sla_clock WHERE next_fire_at <= now() ORDER BY next_fire_at, id
             LIMIT %s FOR NO KEY UPDATE SKIP LOCKED)
"""


def bare_connection() -> Any:
    """The driver alone, as the same role."""
    given = settings.DATABASES["default"]
    host = given["HOST"].replace("/", "%2F")
    return connect(f"postgres://{given['USER']}@/{given['NAME']}?host={host}&port={given['PORT'] or 5432}")


# Saves


def saves(reps: int, count: int) -> dict[str, object]:
    """Milliseconds of a save and of its processor time, medians.

    Without a definition, with twenty none of which fits, and with twenty of which two do.
    """
    person = User.objects.get(username="seojin")
    SLADefinition.objects.filter(kind="incident", status=Status.PUBLISHED).update(
        status=Status.RETIRED, retired_at=db_now()
    )
    told: dict[str, Any] = {"none": [], "asked": [], "twenty": []}
    save_all(person, 20)  # warm
    for _ in range(reps):
        for which, found in told.items():
            made = [] if which == "none" else sla_rows.publish_twenty(fitting=which == "twenty")
            found.append(save_all(person, count))
            SLADefinition.objects.filter(pk__in=made).update(status=Status.RETIRED, retired_at=db_now())
    return told


def save_all(person: User, count: int) -> dict[str, float]:
    """Medians of opening and of changing ``count`` tickets, and clocks per ticket."""
    ids: list[int] = []

    def opened(number: int) -> None:
        title = f"VPN drops {number}"
        ticket = open_incident(
            actor=person, requester=person, title=title, impact=2, urgency=2, category="network"
        )
        ids.append(ticket.pk)

    def changed(number: int) -> None:
        update_ticket(ids[number], actor=person, title=f"VPN drops hourly {number}", category="hardware")

    found = {}
    for name, save in (("open", opened), ("change", changed)):
        wall, cpu = [], []
        for number in range(count):
            clock, processor = time.perf_counter(), time.process_time()
            save(number)
            cpu.append(time.process_time() - processor)
            wall.append(time.perf_counter() - clock)
        found[name] = statistics.median(wall) * 1000
        found[f"{name}_cpu"] = statistics.median(cpu) * 1000
    return found | {"clocks": Clock.objects.filter(ticket__in=ids).count() / count}


# Many clocks


def load(clocks: int, owner: str) -> dict[str, object]:
    """So many running clocks, ten to a ticket, a tenth of them by the calendar that is edited later."""
    person = User.objects.get(username="seojin")
    template = open_incident(actor=person, requester=person, title="Printer jams", impact=3, urgency=3)
    began = time.perf_counter()
    tickets = sla_rows.load(owner, template, clocks)
    took = time.perf_counter() - began
    with connection.cursor() as cursor:
        cursor.execute("SELECT avg(pg_column_size(c.*)) FROM sla_clock c WHERE stage = 'in_progress'")
        row = float(cursor.fetchone()[0])
    return {"seconds": took, "tickets": tickets, "row": row}


def idle() -> dict[str, object]:
    """Milliseconds of a sweep that finds nothing and of a probe by the driver alone, medians in turn."""
    bare = bare_connection()
    replan_clocks(limit=SWEEP_LIMIT)  # once a minute it looks at each calendar; not in every second
    times: dict[str, list[float]] = {"probe": [], "fire": [], "replan": []}
    moved = 0
    for turn in range(PROBES):
        began = time.perf_counter()
        with bare.cursor() as cursor:
            cursor.execute(
                "SELECT id FROM sla_clock WHERE next_fire_at <= now() ORDER BY next_fire_at, id LIMIT 1"
            )
            moved += len(cursor.fetchall())
        ended = time.perf_counter()
        moved += fire_due_clocks(limit=SWEEP_LIMIT)
        fired = time.perf_counter()
        moved += replan_clocks(limit=SWEEP_LIMIT)
        planned = time.perf_counter()
        if turn >= PROBES // 10:
            for name, took in (
                ("probe", ended - began),
                ("fire", fired - ended),
                ("replan", planned - fired),
            ):
                times[name].append(took * 1000)
    return {"moved": moved, **{name: statistics.median(each) for name, each in times.items()}}


def fire(number: int, rounds: int) -> dict[str, object]:
    """Milliseconds to fire ``number`` due clocks, and of the bare update of as many rows, in turn."""
    bare = bare_connection()
    bare.autocommit = False
    ours, plain, wrong = [], [], 0
    for _ in range(rounds + 1):  # the first round warms up
        for which in (plain, ours):
            with connection.cursor() as cursor:
                cursor.execute(PICK, [number])
            began = time.perf_counter()
            if which is ours:
                done = fire_due_clocks(limit=number)
            else:
                with bare.cursor() as cursor:
                    cursor.execute(BARE, [number])
                    done = cursor.rowcount
                bare.commit()
            which.append((time.perf_counter() - began) * 1000)
            wrong += done != number
    told = ClockEvent.objects.filter(kind="warn", clock__calendar=None).count()
    return {"ours": ours[1:], "bare": plain[1:], "wrong": wrong + (told != number * (rounds + 1))}


# Planning anew


def edited(day: int) -> Calendar:
    """The calendar of a tenth of the clocks, with one more holiday."""
    date = db_now().date() + dt.timedelta(days=day)
    return calendars.set_day(sla_rows.EDITED, actor=None, date=date, name=f"Closed {day}")


def edit() -> dict[str, object]:
    """The calendar as it is after the edit."""
    row = edited(21)
    return {"calendar": row.pk, "version": row.version, "at": clock_now().isoformat()}


def replan() -> dict[str, object]:
    """Edit, then every batch of the sweep's own size in this process alone."""
    row = edited(20)
    counting = time.perf_counter()
    replanning.following(row)
    counted = (time.perf_counter() - counting) * 1000
    began, planned, batches, longest = time.perf_counter(), 0, 0, 0.0
    while True:
        one = time.perf_counter()
        moved = replan_clocks(limit=SWEEP_LIMIT)
        if not moved:
            break
        planned, batches, longest = planned + moved, batches + 1, max(longest, time.perf_counter() - one)
    took = time.perf_counter() - began
    connections.close_all()
    return {"planned": planned, "batches": batches, "longest": longest, "seconds": took, "count_ms": counted}


@transaction.atomic
def due(number: int, seconds: int) -> dict[str, object]:
    """Let clocks breach one after the other in the next ``seconds``, as if they had run until then."""
    now = db_now().replace(microsecond=0)
    rows = list(Clock.objects.filter(stage="in_progress", calendar=None, accrued_s=0).order_by("pk")[:number])
    for place, clock in enumerate(rows):
        wait = 4 + place * seconds // max(len(rows), 1)
        clock.running_since, clock.accrued_s, clock.next_pct = now, clock.target_s - wait, 100
        clock.due_at = clock.next_fire_at = now + dt.timedelta(seconds=wait)
    names = ["running_since", "accrued_s", "next_pct", "due_at", "next_fire_at"]
    update(rows, names)
    return {"clocks": [clock.pk for clock in rows]}


WORK = {"saves": saves, "load": load, "idle": idle, "fire": fire, "replan": replan, "edit": edit, "due": due}


if __name__ == "__main__":
    what, *words = sys.argv[1:]
    print(json.dumps(WORK[what](*(int(word) if word.isdigit() else word for word in words))))
