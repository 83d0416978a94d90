"""Puts the tickets of ``bench.data`` into our tables by COPY, with what belongs to them, step by step.

Incidents with people, teams, what happened, what was said, and running clocks on the open ones. A second
step appends: the database with 100 000 tickets is the one with 10 000, grown. Rows are checked by the tables,
but not by triggers and foreign keys: these look at one row at a time, which is not what is measured here.
"""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from accounts.models import Company, Group, User
from bench import data, sla_rows
from bench.api_paths import TEAM, number
from bench.reference import connect
from core import searching
from core.text import bigrams
from core.time import db_now
from incidents.choices import CloseCode, MajorStatus, State
from incidents.lifecycle import IncidentLifecycle
from incidents.models import Incident
from schedules.selectors import always_open, business_time
from sla.choices import Status
from sla.machine import mark_seconds
from sla.models import Clock, SLADefinition
from tickets.choices import ActivityKind, Channel, Level
from tickets.models import Activity, Ticket, TicketText

BASE = 1_000_000  # the key of ticket 0; new tickets get keys behind all that may still be appended
ROOM = 2_000_000
BEGAN, APART = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.timedelta(seconds=30)
UNTIL_RESOLVED, UNTIL_CLOSED = dt.timedelta(hours=20), dt.timedelta(hours=24)
TRACKS = ("incident_response", "incident_resolution")
FOUR_WEEKS = 40 * 8 * 3600  # of each clock, so that none comes due meanwhile
BATCH = 5_000
NULL = "\\N"
TICKET = [
    "id", "company_id", "number", "kind", "title", "description", "category", "channel", "state",
    "state_rank", "phase", "reason", "impact", "urgency", "priority", "priority_override_reason",
    "requester_id", "opened_by_id", "group_id", "reassignment_count", "last_public_from", "opened_at",
    "first_response_at", "resolved_at", "closed_at", "close_code", "close_notes", "reopen_count", "source",
    "external_id", "custom", "bigram", "created_at", "updated_at", "lock_version",
]  # fmt: skip
INCIDENT = ["ticket_ptr_id", "major_status", "hold_reason"]
ACTIVITY = [
    "ticket_id", "at", "actor_id", "kind", "is_public", "verb", "body", "changes", "channel", "cause_chain",
]  # fmt: skip


TEXT = ["ticket_id", "is_public", "words"]


def append(owner: str, first: int, last: int, *, agent: User) -> None:
    """The tickets ``first`` to ``last`` with all that belongs to them; ``owner`` may set aside triggers."""
    world = _World(agent, last)
    tables = {
        Ticket: TICKET, Incident: INCIDENT, Activity: ACTIVITY, TicketText: TEXT, Clock: sla_rows.COLUMNS,
    }  # fmt: skip
    with closing(connect(owner)) as connection, connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for lines in _batches(world, first, last):
            for model, columns in tables.items():
                name = model._meta.db_table
                cursor.copy_expert(f"COPY {name} ({', '.join(columns)}) FROM STDIN", lines[model])
        cursor.execute("SET session_replication_role = origin")
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('tickets_ticket', 'id'), greatest(%s, max(id)))"
            " FROM tickets_ticket",
            [BASE + ROOM],
        )
        names = ", ".join(model._meta.db_table for model in (*tables, User, Group))
        cursor.execute(f"VACUUM ANALYZE {names}")
        cursor.execute("CHECKPOINT")


class _World:
    """Who and what the tickets refer to; made where it is missing."""

    def __init__(self, agent: User, size: int) -> None:
        self.agent, self.company = agent, Company.objects.get(pk=agent.company_id)
        self.teams = [
            Group.objects.get_or_create(
                key=TEAM.format(place + 1),
                defaults={
                    "company": self.company, "name_ko": f"{place + 1}팀", "name_en": f"Team {place + 1}",
                    "types": ["assignment"],
                },
            )[0].pk
            for place in range(data.TEAMS)
        ]  # fmt: skip
        self.people = self._people(data.requesters(size))
        self.now = db_now().replace(microsecond=0)
        self.source = random.Random(size)
        self.plans = {
            (track, priority): self._plan(track, priority) for track in TRACKS for priority in data.PRIORITIES
        }
        self.clocks = 0

    def _people(self, wanted: int) -> list[int]:
        found = User.objects.filter(source="bench").order_by("external_id")
        here = found.count()
        User.objects.bulk_create(
            [
                User(
                    company=self.company, username=f"bench{place:06d}", name_ko=f"요청자 {place}",
                    name_en=f"Requester {place}", source="bench", external_id=f"{place:06d}", password="!",
                )
                for place in range(here, wanted)
            ],
            batch_size=2_000,
        )  # fmt: skip
        return list(found.values_list("pk", flat=True))

    @staticmethod
    def _plan(track: str, priority: int) -> tuple[Any, Any]:
        promise = SLADefinition.objects.select_related("calendar").get(
            key=f"{track}_p{priority}", status=Status.PUBLISHED
        )
        calendar = promise.calendar
        return promise, business_time(calendar.key) if calendar else always_open("Asia/Seoul")


def _batches(world: _World, first: int, last: int) -> Iterator[dict[Any, io.StringIO]]:
    """Lines for COPY, by table."""
    for begin in range(first, last + 1, BATCH):
        lines: dict[Any, io.StringIO] = {
            each: io.StringIO() for each in (Ticket, Incident, Activity, TicketText, Clock)
        }
        for drawn in map(data.draw, range(begin, min(begin + BATCH, last + 1))):
            _write(world, drawn, lines)
        for each in lines.values():
            each.seek(0)
        yield lines


def _write(world: _World, drawn: data.Drawn, lines: dict[Any, io.StringIO]) -> None:
    pk, opened = BASE + drawn.number, BEGAN + drawn.number * APART
    state = State.CLOSED if not drawn.is_open else State.IN_PROGRESS if drawn.is_begun else State.NEW
    resolved = NULL if drawn.is_open else opened + UNTIL_RESOLVED
    closed = NULL if drawn.is_open else opened + UNTIL_CLOSED
    requester = world.people[drawn.requester]
    called = number(drawn.number)
    _line(
        lines[Ticket],
        pk, world.company.pk, called, "incident", drawn.title, drawn.description, drawn.category,
        Channel.PORTAL, state, IncidentLifecycle.RANKS[state], IncidentLifecycle.PHASES[state], "",
        Level.MEDIUM, Level.MEDIUM, drawn.priority, "", requester, requester, world.teams[drawn.team], 0, "",
        opened, opened + APART if drawn.is_begun else NULL, resolved, closed,
        "" if drawn.is_open else CloseCode.SOLUTION_PROVIDED, "" if drawn.is_open else drawn.title, 0, "", "",
        "{}", "{" + ",".join(f'"{piece}"' for piece in bigrams(drawn.title, called)) + "}", opened, opened, 1,
    )  # fmt: skip
    _line(lines[Incident], pk, MajorStatus.NONE, "")
    moves = [(opened, requester, "opened", State.NEW)]
    if not drawn.is_open:
        moves.append((opened + UNTIL_CLOSED, requester, "close", state))
    for at, actor, verb, new in moves:
        told = f'{{"state": [null, "{new}"]}}'
        _line(lines[Activity], pk, at, actor, ActivityKind.STATE, "t", verb, "", told, Channel.PORTAL, "[]")
    for place, words in enumerate(drawn.comments):
        actor = requester if place % 2 else world.agent.pk
        at = opened + (place + 1) * APART
        _line(
            lines[Activity], pk, at, actor, ActivityKind.COMMENT, "t", "", words, "{}", Channel.PORTAL, "[]"
        )
    said = [drawn.description, "" if drawn.is_open else drawn.title, *drawn.comments]
    _line(lines[TicketText], pk, "t", searching.vector(f"{drawn.title} {called}", "\n".join(said)))
    if drawn.is_open:
        for track in TRACKS[drawn.is_begun :]:  # who works on it has answered
            _clock(world, track, drawn, pk, lines[Clock])


def _clock(world: _World, track: str, drawn: data.Drawn, pk: int, lines: io.StringIO) -> None:
    """A promise of the ticket, begun in the last days; its next mark is days ahead."""
    promise, biz = world.plans[track, drawn.priority]
    began = world.now - dt.timedelta(seconds=world.source.randrange(3 * 86_400))
    due = biz.add(began, FOUR_WEEKS)
    calendar = promise.calendar
    _line(
        lines,
        sla_rows.uuid7(world.source, world.now, world.clocks), pk, promise.pk, promise.track, 1, 1,
        "in_progress", FOUR_WEEKS, 0, 0, 0, began, began, due, due,
        biz.add(began, mark_seconds(FOUR_WEEKS, 50)), 50, calendar.pk if calendar else NULL,
        calendar.version if calendar else NULL, "Asia/Seoul", "opened", 1,
    )  # fmt: skip
    world.clocks += 1


def _line(lines: io.StringIO, *cells: object) -> None:
    lines.write("\t".join(map(str, cells)) + "\n")
