"""Reads of schedules and their occurrences, and when they come due."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import QuerySet

from accounts.policies import Actor
from core.errors import NotVisibleError
from scheduled.models import Occurrence, TicketSchedule
from scheduled.policies import visible_to
from scheduled.recurrence import coming
from scheduled.rules import rule_of
from tickets.models import Ticket
from tickets.selectors import seen_by

SHOWN_AHEAD = 3


def schedules_for(actor: Actor) -> QuerySet[TicketSchedule]:
    """The schedules ``actor`` may see, by key, with their people, groups, items and calendars."""
    rows = TicketSchedule.objects.filter(visible_to(actor))
    return rows.select_related("requester", "owner", "group", "ci", "calendar").order_by("key", "pk")


def schedule_keyed(actor: Actor, key: str) -> TicketSchedule:
    """The schedule with that key. Raises NotVisibleError."""
    row = schedules_for(actor).filter(key=key).first()
    if row is None:
        raise NotVisibleError
    return row


def occurrences_of(actor: Actor, row: TicketSchedule) -> QuerySet[Occurrence]:
    """What became of a schedule's times, newest first; nothing of one that ``actor`` may not see."""
    seen = TicketSchedule.objects.filter(visible_to(actor), pk=row.pk)
    return Occurrence.objects.filter(schedule__in=seen).order_by("-pk")


def tickets_seen(actor: Actor, rows: list[Occurrence]) -> dict[int, Ticket]:
    """The tickets of the occurrences that ``actor`` may see, by primary key. One query."""
    keys = {row.ticket_id for row in rows if row.ticket_id is not None}
    found = seen_by(actor).filter(pk__in=keys).only("number", "kind", "title")
    return {row.pk: row for row in found}


def ahead(row: TicketSchedule, now: dt.datetime, most: int = SHOWN_AHEAD) -> list[dt.datetime]:
    """When the schedule comes due next, at most ``most`` instants; none of one that is switched off."""
    return coming(rule_of(row), now, most) if row.is_active else []


def owner_of(public_id: Any) -> TicketSchedule | None:
    """The schedule with that id, for telling its owner; None when it is gone."""
    return TicketSchedule.objects.filter(public_id=public_id).first()
