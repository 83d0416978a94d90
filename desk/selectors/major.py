"""Major incidents as their list and their room show them (UI 3.6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from core.components import Entry
from core.time import db_now
from desk import timeline
from desk.selectors.orders import Related, related
from desk.selectors.tickets import names_in, state_words
from incidents.choices import MajorStatus
from incidents.major_selectors import (
    MajorFacts,
    Seat,
    children_of,
    major_facts,
    major_incidents,
    review_of,
    seats_of,
    todos_of,
    updates_of,
)
from incidents.models import Incident, MajorReview, MajorRoom, MajorTodo, MajorUpdate
from incidents.policies import may
from tickets.selectors import seen_by, timeline_for

MOST_ROWS, MOST_CHILDREN, MOST_ENTRIES = 50, 30, 100
_TONES = {
    MajorStatus.PROPOSED: "warn",
    MajorStatus.ACCEPTED: "alarm",
    MajorStatus.REJECTED: "neutral",
    MajorStatus.CANCELLED: "neutral",
    MajorStatus.NONE: "neutral",
}


@dataclass(frozen=True)
class Line:
    """One incident of the list, and when its next update is due."""

    incident: Incident
    state_label: Any
    due: dt.datetime | None
    is_late: bool

    @property
    def leader(self) -> str:
        """Who has it."""
        return self.incident.assignee.display_name if self.incident.assignee is not None else ""


@dataclass(frozen=True)
class Majors:
    """What waits for a decision, what is under way, and what is over, each the newest first."""

    proposed: list[Line]
    current: list[Line]
    over: list[Line]


def majors(actor: User) -> Majors:
    """The major incidents ``actor`` sees, at most 50 of each: four queries for any number."""
    rows = major_incidents(actor).select_related("room", "assignee")
    proposed = rows.filter(major_status=MajorStatus.PROPOSED, state_rank__lt=60)[:MOST_ROWS]
    current = rows.filter(major_status=MajorStatus.ACCEPTED, state_rank__lt=60)[:MOST_ROWS]
    over = rows.filter(major_status=MajorStatus.ACCEPTED, state_rank__gte=60)[:MOST_ROWS]
    now = db_now()
    return Majors(*([_line(row, now) for row in part] for part in (proposed, current, over)))


def _line(row: Incident, now: dt.datetime) -> Line:
    room: MajorRoom | None = getattr(row, "room", None)
    due = room.next_update_at if room is not None else None
    return Line(row, state_words(row), due, due is not None and due <= now)


@dataclass(frozen=True)
class Room:
    """All that the room of one incident shows to one reader."""

    incident: Incident
    facts: MajorFacts
    tone: str
    state_label: Any
    now: dt.datetime
    seats: list[Seat]
    updates: Sequence[MajorUpdate]
    todos: Sequence[MajorTodo]
    review: MajorReview | None
    children: list[Related]
    entries: list[Entry]
    can: dict[str, bool]

    @property
    def is_major(self) -> bool:
        """Whether it was accepted and counts as one."""
        return self.facts.major_status == MajorStatus.ACCEPTED

    @property
    def was_major(self) -> bool:
        """Whether it ever had a room."""
        return self.facts.started_at is not None

    @property
    def is_over(self) -> bool:
        """Whether it was accepted and is resolved or closed."""
        return self.is_major and self.incident.state_rank >= 60

    @property
    def is_late(self) -> bool:
        """Whether an update is overdue."""
        return self.facts.next_update_at is not None and self.facts.next_update_at <= self.now

    @property
    def more_children(self) -> int:
        """How many children there are beyond those that are shown."""
        return max(self.facts.children - len(self.children), 0)

    @property
    def open_todos(self) -> int:
        """How many actions are not done."""
        return sum(1 for each in self.todos if each.done_at is None)


def room(actor: User, incident: Incident) -> Room:
    """The room of an incident the actor sees; the same number of queries for any length of its story."""
    rows = timeline_for(actor, incident)[-MOST_ENTRIES:]
    below = seen_by(actor).filter(pk__in=children_of(incident.pk).values("pk"))
    shown = below.select_related("assignee", "group").order_by("state_rank", "pk")[:MOST_CHILDREN]
    entries = [e for block in timeline.blocks(incident, rows, names_in(actor, rows)) for e in block.entries]
    writes = incident.major_status == MajorStatus.ACCEPTED and not incident.is_closed
    can = {
        action: may(actor, incident, f"{action}_major") and (writes or action == "review")
        for action in ("staff", "update", "work", "review")
    }
    return Room(
        incident=incident,
        facts=major_facts(actor, incident),
        tone=_TONES[MajorStatus(incident.major_status)],
        state_label=state_words(incident),
        now=db_now(),
        seats=seats_of(incident.pk),
        updates=list(updates_of(incident.pk)),
        todos=list(todos_of(incident.pk)),
        review=review_of(incident.pk),
        children=[related(each) for each in shown],
        entries=entries[::-1],
        can=can,
    )
