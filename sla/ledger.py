"""Storing what happened to clocks: rows, events, stretches, and what people and programs are told of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from core import outbox, rows
from core.cause import current_chain, current_channel
from sla.book import promise_of
from sla.choices import EventKind
from sla.escalations import steps_at
from sla.machine import Noted, Notes
from sla.models import Clock, ClockEvent, SLADefinition
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket

_CHANGING = [
    "definition", "gen", "stage", "target_s", "accrued_s", "business_pause_s", "wall_pause_s",
    "running_since", "paused_since", "stopped_at", "due_at", "breached_at", "next_fire_at", "next_pct",
    "next_overdue", "calendar", "calendar_version", "tz", "since_verb", "lock_version",
]  # fmt: skip
NAMES = {
    EventKind.WARN: "sla.warned", EventKind.BREACH: "sla.breached", EventKind.OVERDUE: "sla.overdue",
}  # fmt: skip


def store(new: list[Clock], changed: Iterable[Clock], notes: Notes, names: Sequence[str] = _CHANGING) -> None:
    """Write the clocks and their notes; tell of each warning, breach and reminder that was not told before.

    ``names`` are the fields of changed clocks that may differ. Part of the caller's transaction. Publishes
    ``sla.warned``, ``sla.breached`` and ``sla.overdue``; nothing of a mark that is suppressed.
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


def note_events(events: list[Noted]) -> list[Noted]:
    """Store the events; the marks among them that are new: only these may be told (RELIABILITY RL-24)."""
    inserted = rows.append_once(
        ClockEvent,
        {
            "clock": [event.clock.pk for event in events],
            "gen": [event.gen for event in events],
            "kind": [event.kind for event in events],
            "pct": [event.pct for event in events],
            "seq": [event.seq for event in events],
            "at": [event.at for event in events],
            "cause": [event.cause for event in events],
        },
        back=["clock", "gen", "kind", "pct", "seq"],  # what tells one event from another
    )
    marks = [event for event in events if event.kind in NAMES and not event.cause.get("suppressed")]
    return [
        event
        for event in marks
        if (event.clock.pk, event.gen, str(event.kind), event.pct, event.seq) in inserted
    ]


def _tell(events: list[Noted]) -> None:
    """An internal line on the ticket and an event for the outbox, each once."""
    tickets = [event.clock.ticket_id for event in events]
    names = [NAMES[event.kind] for event in events]
    numbers = dict(Ticket.objects.filter(pk__in=set(tickets)).values_list("pk", "number"))
    with override(settings.LANGUAGE_CODE):
        bodies = [_words(event) for event in events]
    rows.append(
        Activity,
        {"ticket": tickets, "verb": [name.replace(".", "_") for name in names], "body": bodies},
        {"kind": ActivityKind.SLA, "channel": current_channel(), "cause_chain": current_chain()},
    )
    outbox.publish_many(
        zip(names, (_payload(event, numbers[event.clock.ticket_id]) for event in events), strict=True)
    )


def _payload(event: Noted, number: str) -> dict[str, Any]:
    """Ids and codes for handlers; ``escalate`` names the definition's steps that this mark sets going."""
    clock, row = event.clock, _definition_of(event)
    payload = {
        "ticket_id": clock.ticket_id,
        "number": number,
        "clock_id": clock.pk,
        "definition": row.key,
        "track": clock.track,
        "gen": event.gen,
        "percent": _percent(event, row.overdue_repeat_s),
        "at": event.at.isoformat(),
    }
    if event.seq is not None:
        payload["repeat"] = event.seq
    steps = steps_at(row.escalations, event.pct)
    if steps:
        payload["escalate"] = {"no": row.no, "steps": steps}
    return payload


def _percent(event: Noted, repeat_s: int | None) -> int:
    """How much of the target was used at the mark, rounded down."""
    if event.pct is not None:
        return event.pct
    return (event.target_s + (event.seq or 0) * (repeat_s or 0)) * 100 // event.target_s


def _words(event: Noted) -> str:
    name = _definition_of(event).name
    if event.kind == EventKind.BREACH:
        return _("%(name)s: the target was missed.") % {"name": name}
    if event.kind == EventKind.OVERDUE:
        return _("%(name)s: still overdue, reminder %(number)s.") % {"name": name, "number": event.seq}
    return _("%(name)s: %(percent)s%% of the time is used.") % {"name": name, "percent": event.pct}


def _definition_of(event: Noted) -> SLADefinition:
    return promise_of(event.definition_id).row
