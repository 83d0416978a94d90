"""Storing what happened to clocks: rows, events, stretches, and what people and programs are told of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import outbox, rows
from core.cause import current_chain, current_channel
from sla.book import promise_of
from sla.choices import EventKind
from sla.machine import Notes
from sla.models import Clock, ClockEvent
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket

_CHANGING = [
    "definition", "gen", "stage", "target_s", "accrued_s", "business_pause_s", "wall_pause_s",
    "running_since", "paused_since", "stopped_at", "due_at", "breached_at", "next_fire_at", "next_pct",
    "calendar", "calendar_version", "tz", "since_verb", "lock_version",
]  # fmt: skip
_INSERT_EVENTS = """
INSERT INTO sla_clockevent (clock_id, gen, kind, pct, at, cause)
SELECT * FROM unnest(%s::bigint[], %s::smallint[], %s::text[], %s::smallint[], %s::timestamptz[], %s::jsonb[])
ON CONFLICT DO NOTHING RETURNING clock_id, gen, kind, pct
"""


def store(new: list[Clock], changed: Iterable[Clock], notes: Notes, names: Sequence[str] = _CHANGING) -> None:
    """Write the clocks and their notes; tell of each warning and breach that was not told before.

    ``names`` are the fields of changed clocks that may differ. Part of the caller's transaction. Publishes
    ``sla.warned`` and ``sla.breached``.
    """
    moved = list(changed)
    for clock in moved:
        clock.lock_version += 1
    if moved:
        rows.update(moved, names)
    rows.insert(new)  # after the cycle before it has ended: a track has one open clock
    told = note_events(notes.events)
    if notes.segments:
        rows.insert(notes.segments)
    if told:
        _tell(told)


def note_events(events: list[ClockEvent]) -> list[ClockEvent]:
    """Store the events; the warnings and breaches among them that are new: only these may be told (RL-24)."""
    if not events:
        return []
    columns: list[Any] = [
        [event.clock.pk for event in events],
        [event.gen for event in events],
        [str(event.kind) for event in events],
        [event.pct for event in events],
        [event.at for event in events],
        [json.dumps(event.cause) for event in events],
    ]
    with connection.cursor() as cursor:
        cursor.execute(_INSERT_EVENTS, columns)
        inserted = set(cursor.fetchall())
    marks = [event for event in events if event.pct is not None]
    return [event for event in marks if (event.clock.pk, event.gen, str(event.kind), event.pct) in inserted]


def _tell(events: list[ClockEvent]) -> None:
    """An internal line on the ticket and an event for the outbox, each once."""
    ids = {event.clock.ticket_id for event in events}
    numbers = dict(Ticket.objects.filter(pk__in=ids).values_list("pk", "number"))
    with override(settings.LANGUAGE_CODE):
        rows.append([_line(event) for event in events])
    facts = []
    for event in events:
        clock, breached = event.clock, event.kind == EventKind.BREACH
        payload = {
            "ticket_id": clock.ticket_id,
            "number": numbers[clock.ticket_id],
            "clock_id": clock.pk,
            "definition": promise_of(clock.definition_id).row.key,
            "track": clock.track,
            "gen": event.gen,
            "percent": event.pct,
            "at": event.at.isoformat(),
        }
        facts.append(outbox.fact("sla.breached" if breached else "sla.warned", payload))
    rows.append(facts)


def _line(event: ClockEvent) -> Activity:
    names = {"name": promise_of(event.clock.definition_id).row.name, "percent": event.pct}
    breached = event.kind == EventKind.BREACH
    text = (
        _("%(name)s: the target was missed.")
        if breached
        else _("%(name)s: %(percent)s%% of the time is used.")
    )
    return Activity(
        ticket_id=event.clock.ticket_id,
        kind=ActivityKind.SLA,
        verb="sla_breached" if breached else "sla_warned",
        body=text % names,
        channel=current_channel(),
        cause_chain=current_chain(),
    )
