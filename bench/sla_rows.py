"""Rows for ``./run bench sla``: definitions as companies have them, tickets, and clocks by COPY."""

from __future__ import annotations

import datetime as dt
import io
import random
import uuid
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from bench.reference import connect
from core.time import db_now
from incidents.models import Incident
from schedules.models import Calendar
from schedules.selectors import always_open, business_time
from schedules.services import create
from sla.choices import CalendarSource, Status
from sla.machine import mark_seconds
from sla.models import SLADefinition
from tickets.models import Ticket

EDITED = "bench-office"
OFFICE = {day: [(540, 720), (780, 1080)] for day in range(5)}
HOUR = 3600
# Ten promises on each ticket: one by the calendar that will be edited, the others as they come.
TRACKS = [
    ("network_ola", EDITED), ("incident_resolution", None), ("incident_response", None),
    ("desktop_ola", "kr-office"), ("vendor_uc", None), ("update", "kr-office"), ("major", None),
    ("database_ola", "kr-office"), ("security", None), ("purchase", "kr-office"),
]  # fmt: skip
COLUMNS = [
    "public_id", "ticket_id", "definition_id", "track", "cycle", "gen", "stage", "target_s", "accrued_s",
    "business_pause_s", "wall_pause_s", "started_at", "running_since", "due_at", "original_due_at",
    "next_fire_at", "next_pct", "calendar_id", "calendar_version", "tz", "since_verb", "lock_version",
]  # fmt: skip
BATCH = 50_000


def publish_twenty(*, fitting: bool = True) -> list[int]:
    """Twenty definitions of incidents, as the seeds: ten priorities and teams with response and resolution.

    Two of them fit an incident of priority 3, or with ``fitting=False`` none; all are asked.
    """
    calendar = Calendar.objects.get(key="kr-office")
    rows = []
    for number in range(10):
        place = {"f": "priority", "op": "eq", "v": number + 1} if number < 5 else _of_team(number)
        if not fitting and number == 2:
            place = _of_team(number)
        start = {"all": [place, {"not": {"f": "state", "op": "eq", "v": "cancelled"}}]}
        solved = {"f": "state", "op": "in", "v": ["resolved", "closed"]}
        answered = {"any": [{"f": "first_response_at", "op": "nempty"}, solved]}
        for kind, stop in (("response", answered), ("resolution", solved)):
            rows.append(
                SLADefinition(
                    key=f"bench_{kind}_{number}_{uuid.uuid4().hex[:8]}", track=f"bench_{kind}",
                    kind="incident", name_ko="약속", name_en="Promise", target=kind,
                    target_s=(number + 1) * HOUR,
                    calendar=calendar, start_cond=start, stop_cond=stop,
                    pause_cond={"f": "phase", "op": "eq", "v": "waiting"} if kind == "resolution" else None,
                    order=number, status=Status.PUBLISHED, published_at=db_now(),
                )
            )  # fmt: skip
    return [row.pk for row in SLADefinition.objects.bulk_create(rows)]


def _of_team(number: int) -> dict[str, Any]:
    return {
        "all": [
            {"f": "group.key", "op": "eq", "v": f"team-{number}"},
            {"f": "category", "op": "eq", "v": "x"},
        ]
    }


def load(owner: str, template: Incident, clocks: int) -> int:
    """Tickets copied from ``template`` and clocks on them; how many tickets. Checks and indexes stay on."""
    create(actor=None, key=EDITED, hours=OFFICE, name_ko="사무실", tz="Asia/Seoul")
    definitions = {track: _definition(track, calendar) for track, calendar in TRACKS}
    with closing(connect(owner)) as connection, connection.cursor() as cursor:
        # Triggers and foreign keys look at one row at a time, which is not what is measured here.
        cursor.execute("SET session_replication_role = replica")
        first, count = copies(cursor, template, clocks // len(TRACKS))
        for lines in _batches(first, count, definitions):
            cursor.copy_expert(f"COPY sla_clock ({', '.join(COLUMNS)}) FROM STDIN", lines)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE sla_clock, tickets_ticket, incidents_incident")
        cursor.execute("CHECKPOINT")
    return count


def _definition(track: str, calendar: str | None) -> SLADefinition:
    return SLADefinition.objects.create(
        key=f"bench_{track}", track=track, kind="bench", name_ko="약속", name_en="Promise",
        target_s=40 * 8 * HOUR, thresholds=[50, 75],
        calendar=Calendar.objects.get(key=calendar) if calendar else None,
        calendar_source=CalendarSource.DEFINITION if calendar else CalendarSource.NONE,
        start_cond={"f": "priority", "op": "eq", "v": 9}, status=Status.PUBLISHED, published_at=db_now(),
    )  # fmt: skip


def copies(cursor: Any, template: Incident, count: int) -> tuple[int, int]:
    """The key of the first and how many: copies of the template with keys and numbers of their own."""
    own = {
        "id": "%(first)s + n",
        "public_id": "uuidv7()",
        "number": "'BEN' || lpad((%(first)s + n)::text, 8, '0')",
    }
    tables: list[tuple[type[Any], dict[str, str]]] = [
        (Ticket, own),
        (Incident, {"ticket_ptr_id": "%(first)s + n"}),
    ]
    cursor.execute("SELECT coalesce(max(id), 0) + 1000 FROM tickets_ticket")
    first = cursor.fetchone()[0]
    for model, special in tables:
        names = [field.column for field in model._meta.local_concrete_fields if not _is_generated(field)]
        chosen = ", ".join(special.get(name, f't."{name}"') for name in names)
        columns = ", ".join(f'"{name}"' for name in names)
        cursor.execute(
            f'INSERT INTO "{model._meta.db_table}" ({columns}) SELECT {chosen}'
            f' FROM "{model._meta.db_table}" t, generate_series(0, %(last)s) n'
            f' WHERE t."{model._meta.pk.column}" = %(template)s',
            {"first": first, "last": count - 1, "template": template.pk},
        )
    cursor.execute(
        "SELECT setval(pg_get_serial_sequence('tickets_ticket', 'id'), max(id)) FROM tickets_ticket"
    )
    return first, count


def _is_generated(field: Any) -> bool:
    return bool(field.generated)


def _batches(first: int, count: int, definitions: dict[str, SLADefinition]) -> Iterator[io.StringIO]:
    """Lines for COPY. Each clock has begun in the last days and its next mark is weeks ahead."""
    now = db_now().replace(microsecond=0)
    plans = {}
    for track, row in definitions.items():
        biz = business_time(row.calendar.key) if row.calendar else always_open("Asia/Seoul")
        version = Calendar.objects.get(pk=row.calendar_id).version if row.calendar_id else None
        plans[track] = (row, biz, version)
    source, lines, held, made = random.Random(7919), io.StringIO(), 0, 0
    for ticket in range(first, first + count):
        for track, (row, biz, version) in plans.items():
            began = now - dt.timedelta(seconds=source.randrange(3 * 86_400))
            due = biz.add(began, row.target_s)
            mark = biz.add(began, mark_seconds(row.target_s, 50))
            cells = (
                uuid7(source, now, made), ticket, row.pk, track, 1, 1, "in_progress", row.target_s, 0, 0, 0,
                began, began, due, due, mark, 50, row.calendar_id or "\\N", version or "\\N", "Asia/Seoul",
                "opened", 1,
            )  # fmt: skip
            lines.write("\t".join(map(str, cells)) + "\n")
            held, made = held + 1, made + 1
        if held >= BATCH:
            lines.seek(0)
            yield lines
            lines, held = io.StringIO(), 0
    lines.seek(0)
    yield lines


def uuid7(source: random.Random, at: dt.datetime, number: int) -> str:
    """An id such as the database gives, a hundred in a millisecond, in the order of creation."""
    value = (int(at.timestamp() * 1000) + number // 100) << 80 | 0x7 << 76 | source.getrandbits(76)
    return str(uuid.UUID(int=value & ~(0xC << 60) | 0x8 << 60))
