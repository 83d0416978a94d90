"""Keeping the checklist of a ticket, and noting the time that was spent on it.

All of it is for agents: the lines that it leaves on a ticket are internal, and the ticket's version stays.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from core import audit, outbox, rows
from core.errors import (
    NotAllowedError,
    WrongStateError,
    invalid,
    required,
)
from core.text import clean
from tickets.choices import ActivityKind
from tickets.durations import MOST_MINUTES
from tickets.models import ChecklistItem, Ticket, TimeEntry
from tickets.policies import CLOSED, NOT_THEIRS, why_correct_time, why_work
from tickets.services.writing import activity, child_locked, instant, part_with, save_untouched
from tickets.worklog import LONGEST_ITEM, LONGEST_NOTE, MOST_ENTRIES, MOST_ITEMS


@transaction.atomic
def add_checklist_items(pk: int, *, actor: Actor, texts: Sequence[str]) -> list[ChecklistItem]:
    """New lines at the end of the checklist; blank ones are left out. Publishes ``ticket.checklist_changed``.

    Raises NotVisibleError, NotAllowedError, WrongStateError on a closed ticket, RuleRefusedError for no text,
    one that does not fit, and more than 100 lines.
    """
    ticket = _open_to(pk, actor)
    lines = [line for line in (_line(text) for text in texts) if line]
    if not lines:
        raise required("text", _("Write something first."))
    there = ChecklistItem.objects.filter(ticket=pk).count()
    if there + len(lines) > MOST_ITEMS:
        raise invalid("text", _("A checklist holds at most %(count)s lines.") % {"count": MOST_ITEMS})
    made = [
        ChecklistItem(ticket_id=pk, text=line, position=place, created_by=actor)
        for place, line in enumerate(lines, there + 1)
    ]
    rows.insert(made)
    _tell_of_list(ticket, actor, "checklist_added", " · ".join(lines))
    return made


@transaction.atomic
def change_checklist_item(
    pk: int, public_id: UUID, *, actor: Actor, expected_version: int | None = None, **fields: Any
) -> ChecklistItem:
    """The line with another ``text``, ticked or not (``is_done``), or at another ``position`` from 1.

    A position behind the last is the last. What is as it was changes nothing, not even the version.
    Publishes ``ticket.checklist_changed``. Raises as ``add_checklist_items``, and StaleVersionError.
    """
    ticket = _open_to(pk, actor)
    row = part_with(ChecklistItem.objects.filter(ticket=pk), public_id, expected_version)
    verbs = [
        verb
        for verb, changed in (
            ("checklist_changed", _reword(row, fields.get("text"))),
            (_ticked(fields.get("is_done")), _tick(row, fields.get("is_done"), actor, instant(ticket))),
            ("checklist_moved", _place(row, fields.get("position"))),
        )
        if changed
    ]
    if verbs:
        _save(row, ticket)
        for verb in verbs:
            _tell_of_list(ticket, actor, verb, row.text)
    return row


@transaction.atomic
def remove_checklist_item(
    pk: int, public_id: UUID, *, actor: Actor, expected_version: int | None = None
) -> None:
    """Take a line from the checklist. Raises as ``change_checklist_item``."""
    ticket = _open_to(pk, actor)
    row = part_with(ChecklistItem.objects.filter(ticket=pk), public_id, expected_version)
    row.delete()
    ChecklistItem.objects.filter(ticket=pk, position__gt=row.position).update(position=F("position") - 1)
    _tell_of_list(ticket, actor, "checklist_removed", row.text)


@transaction.atomic
def add_time(pk: int, *, actor: User, minutes: int, day: dt.date | None = None, note: str = "") -> TimeEntry:
    """The time that ``actor`` worked on the ticket on a day, today if none is named; also when it is closed.

    Publishes ``ticket.time_changed``. Raises NotVisibleError, NotAllowedError, RuleRefusedError for minutes
    that no day has, a day that is yet to come or long before the ticket, a note that does not fit, and more
    than 500 entries.
    """
    ticket = _worked_by(pk, actor)
    if TimeEntry.objects.filter(ticket=pk).count() >= MOST_ENTRIES:
        raise invalid("minutes", _("A ticket holds at most %(count)s entries.") % {"count": MOST_ENTRIES})
    row = TimeEntry(ticket_id=pk, person=actor)
    today = timezone.localdate(instant(ticket))
    _set_time(row, ticket, {"minutes": minutes, "day": day or today, "note": note})
    row.save(force_insert=True)
    _tell_of_time(ticket, row, actor, "time_added", [None, row.minutes])
    return row


@transaction.atomic
def change_time(
    pk: int, public_id: UUID, *, actor: Actor, expected_version: int | None = None, **fields: Any
) -> TimeEntry:
    """The entry with other ``minutes``, ``day`` or ``note``: by whose time it is, or by who leads.

    Publishes ``ticket.time_changed``. Raises as ``add_time``, and StaleVersionError.
    """
    ticket = _worked_by(pk, actor)
    row = _time_to_correct(ticket, public_id, actor, expected_version)
    was = row.minutes, row.day, row.note
    _set_time(row, ticket, fields)
    if was != (row.minutes, row.day, row.note):
        _save(row, ticket)
        _tell_of_time(ticket, row, actor, "time_changed", [was[0], row.minutes])
    return row


@transaction.atomic
def remove_time(pk: int, public_id: UUID, *, actor: Actor, expected_version: int | None = None) -> None:
    """Take an entry away; a line on the ticket says whose it was and how long. Raises as ``change_time``."""
    ticket = _worked_by(pk, actor)
    row = _time_to_correct(ticket, public_id, actor, expected_version)
    _tell_of_time(ticket, row, actor, "time_removed", [row.minutes, None])
    row.delete()


def _worked_by(pk: int, actor: Actor) -> Ticket:
    """The ticket, locked, if the actor may keep its checklist and note time."""
    ticket = child_locked(pk, actor=actor)
    if not why_work(actor, ticket):
        raise NotAllowedError
    return ticket


def _open_to(pk: int, actor: Actor) -> Ticket:
    """The same while it is not closed."""
    ticket = _worked_by(pk, actor)
    if ticket.is_closed:
        raise WrongStateError(str(CLOSED.words), current_state=ticket.state, allowed=[])
    return ticket


def _time_to_correct(ticket: Ticket, public_id: UUID, actor: Actor, version: int | None) -> TimeEntry:
    row = part_with(TimeEntry.objects.filter(ticket=ticket.pk), public_id, version)
    if not why_correct_time(actor, ticket, row.person_id):
        raise NotAllowedError(NOT_THEIRS)
    return row


def _save(row: ChecklistItem | TimeEntry, ticket: Ticket) -> None:
    row.lock_version += 1
    row.updated_at = instant(ticket)
    row.save()


# The checklist


def _line(text: str) -> str:
    return clean("text", text, max_length=LONGEST_ITEM, multiline=False)


def _reword(row: ChecklistItem, text: str | None) -> bool:
    if text is None:
        return False
    line = _line(text)
    if not line:
        raise required("text", _("Write something first."))
    was, row.text = row.text, line
    return was != line


def _tick(row: ChecklistItem, is_done: bool | None, actor: Actor, at: dt.datetime) -> bool:  # noqa: FBT001
    if is_done is None or is_done == row.is_done:
        return False
    row.is_done = is_done
    row.done_by, row.done_at = (actor, at) if is_done else (None, None)
    return True


def _ticked(is_done: bool | None) -> str:  # noqa: FBT001 - as the column
    return "checklist_done" if is_done else "checklist_undone"


def _place(row: ChecklistItem, wanted: int | None) -> bool:
    """Move the line, and those between its old and its new place by one."""
    if wanted is None:
        return False
    if wanted < 1:
        raise invalid("position", _("The first place is 1."))
    others = ChecklistItem.objects.filter(ticket=row.ticket_id).exclude(pk=row.pk)
    was, row.position = row.position, min(wanted, others.count() + 1)
    if row.position < was:
        others.filter(position__gte=row.position, position__lt=was).update(position=F("position") + 1)
    elif row.position > was:
        others.filter(position__gt=was, position__lte=row.position).update(position=F("position") - 1)
    return row.position != was


def _tell_of_list(ticket: Ticket, actor: Actor, verb: str, text: str) -> None:
    _tell(ticket, actor, "tickets_checklistitem", verb, text, {})
    payload = {"ticket_id": ticket.pk, "number": ticket.number, "kind": ticket.kind}
    outbox.publish("ticket.checklist_changed", payload, actor=actor)


# The time


def _set_time(row: TimeEntry, ticket: Ticket, fields: dict[str, Any]) -> None:
    if "minutes" in fields:
        row.minutes = fields["minutes"]
        if not 1 <= row.minutes <= MOST_MINUTES:
            raise invalid("minutes", _("A day has from 1 to %(most)s minutes.") % {"most": MOST_MINUTES})
    if "day" in fields:
        row.day = fields["day"]
        _check_day(row.day, ticket)
    if "note" in fields:
        row.note = clean("note", fields["note"], max_length=LONGEST_NOTE)


def _check_day(day: dt.date, ticket: Ticket) -> None:
    """A day before the ticket was opened is possible: what led to it may have come by telephone."""
    if day > timezone.localdate(instant(ticket)):
        raise invalid("day", _("This day is yet to come."))
    first = timezone.localdate(ticket.opened_at) - dt.timedelta(days=1)
    if day < first:
        text = _("The ticket was opened later. The first possible day is %(day)s.")
        raise invalid("day", text % {"day": first.isoformat()})


def _tell_of_time(ticket: Ticket, row: TimeEntry, actor: Actor, verb: str, minutes: list[int | None]) -> None:
    whose = row.person.username if actor is None or actor.pk != row.person_id else ""
    text = " · ".join(part for part in (row.day.isoformat(), whose, row.note) if part)
    _tell(ticket, actor, "tickets_timeentry", verb, text, {"time_spent": minutes})
    payload = {"ticket_id": ticket.pk, "number": ticket.number, "kind": ticket.kind}
    outbox.publish("ticket.time_changed", payload, actor=actor)


def _tell(
    ticket: Ticket, actor: Actor, table: str, verb: str, text: str, changes: dict[str, list[int | None]]
) -> None:
    """A line for agents and the audit row."""
    at = instant(ticket)
    save_untouched(ticket, at=at)
    line = activity(
        ticket, actor, ActivityKind.SYSTEM, verb=verb, body=text, changes=changes, is_public=False, at=at
    )
    rows.insert([line])
    audit.write(actor=actor, table=table, object_ref=ticket.number, action=verb, diff=dict(changes))
