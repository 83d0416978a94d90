"""What is to be ticked off on a ticket and how long people worked on it, in one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_datetime

from accounts.models import User, name_reader
from tickets.models import Ticket
from tickets.policies import why_correct_time, why_work
from tickets.worklog import checklist_of, time_of

MOST_SHOWN = 20


@dataclass(frozen=True)
class Item:
    """One line of a checklist."""

    public_id: UUID
    text: str
    position: int
    is_done: bool
    done_by: str
    done_at: dt.datetime | None
    lock_version: int


@dataclass(frozen=True)
class Spent:
    """An entry of time spent. ``merged_from`` names the merged ticket on which it was spent, else empty."""

    public_id: UUID
    minutes: int
    day: dt.date
    note: str
    person_id: int
    name: str
    merged_from: str
    lock_version: int
    can_change: bool

    @property
    def total(self) -> Sum:
        """The length by itself."""
        return Sum(self.name, self.minutes)


@dataclass(frozen=True)
class Sum:
    """What belongs to one name, a person or a merged ticket."""

    name: str
    minutes: int

    @property
    def seconds(self) -> int:
        """The same in seconds, as templates write lengths."""
        return self.minutes * 60


@dataclass(frozen=True)
class Worklog:
    """Checklist and time of a ticket. ``can_tick`` is also about its state; time is noted in every state."""

    items: list[Item]
    entries: list[Spent]
    can_tick: bool
    can_note: bool

    @property
    def done(self) -> int:
        """How many lines are ticked off."""
        return sum(1 for each in self.items if each.is_done)

    @property
    def own(self) -> list[Spent]:
        """What was spent on the ticket itself."""
        return [each for each in self.entries if not each.merged_from]

    @property
    def shown(self) -> list[Spent]:
        """The latest of it."""
        return self.own[:MOST_SHOWN]

    @property
    def more(self) -> int:
        """How many of them are not shown."""
        return max(0, len(self.own) - MOST_SHOWN)

    @property
    def total(self) -> Sum:
        """All that was spent on the ticket itself."""
        return Sum("", sum(each.minutes for each in self.own))

    @property
    def by_person(self) -> list[Sum]:
        """The same by person, the most first; nothing where it was one person alone."""
        sums = _sums(self.own, lambda each: (each.person_id, each.name))
        return sums if len(sums) > 1 else []

    @property
    def merged(self) -> list[Sum]:
        """What was spent on each of the tickets merged into it."""
        return _sums(
            (each for each in self.entries if each.merged_from),
            lambda each: (each.merged_from, each.merged_from),
        )

    def item(self, public_id: Any) -> Item | None:
        """The line with that id."""
        return next((each for each in self.items if str(each.public_id) == str(public_id)), None)

    def entry(self, public_id: Any) -> Spent | None:
        """The entry with that id, of the ticket itself."""
        return next((each for each in self.own if str(each.public_id) == str(public_id)), None)


def worklog_of(actor: User, ticket: Any) -> Worklog:
    """What was planned and spent on a ticket the actor may see: one query."""
    may_work = bool(why_work(actor, ticket))
    items, entries = _read(actor, ticket)
    correctable = {
        key: may_work and bool(why_correct_time(actor, ticket, key)) for key in {row["by"] for row in entries}
    }
    return Worklog(
        items=[_item(row) for row in items],
        entries=[_spent(row, can_change=correctable[row["by"]]) for row in entries],
        can_tick=may_work and not ticket.is_closed,
        can_note=may_work,
    )


def _read(actor: User, ticket: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of both as plain data: lists that belong to the ticket's own row."""
    names = {"ko": "name_ko", "en": "name_en"}
    items = _as_json(
        checklist_of(actor, ticket.pk),
        *("public_id", "text", "position", "is_done", "done_at", "lock_version"),
        **{key: f"done_by__{name}" for key, name in names.items()},
    )
    entries = _as_json(
        time_of(actor, ticket.pk),
        *("public_id", "minutes", "day", "note", "merged_from", "lock_version"),
        by="person_id",
        **{key: f"person__{name}" for key, name in names.items()},
    )
    found: Any = Ticket.objects.filter(pk=ticket.pk).values_list(ArraySubquery(items), ArraySubquery(entries))
    of_items, of_time = found.get()
    return of_items or [], of_time or []


def _as_json(rows: QuerySet[Any], *columns: str, **more: str) -> QuerySet[Any]:
    plain = rows.select_related(None)
    return plain.values(json=JSONObject(**{name: name for name in columns}, **more))


def _name(row: dict[str, Any]) -> str:
    return name_reader()(SimpleNamespace(name_ko=row["ko"], name_en=row["en"])) or ""


def _item(row: dict[str, Any]) -> Item:
    return Item(
        public_id=UUID(row["public_id"]),
        text=row["text"],
        position=row["position"],
        is_done=row["is_done"],
        done_by=_name(row),
        done_at=parse_datetime(row["done_at"]) if row["done_at"] else None,
        lock_version=row["lock_version"],
    )


def _spent(row: dict[str, Any], *, can_change: bool) -> Spent:
    return Spent(
        public_id=UUID(row["public_id"]),
        minutes=row["minutes"],
        day=dt.date.fromisoformat(row["day"]),
        note=row["note"],
        person_id=row["by"],
        name=_name(row),
        merged_from=row["merged_from"] or "",
        lock_version=row["lock_version"],
        can_change=can_change and not row["merged_from"],
    )


def _sums(rows: Iterable[Spent], key: Callable[[Spent], tuple[Any, str]]) -> list[Sum]:
    found: dict[tuple[Any, str], int] = {}
    for each in rows:
        found[key(each)] = found.get(key(each), 0) + each.minutes
    return sorted((Sum(name, minutes) for (_key, name), minutes in found.items()), key=lambda s: -s.minutes)
