"""Comments, work notes and files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core import audit, outbox, rows
from core.errors import NotAllowedError, WrongStateError, invalid, required
from core.models import Attachment
from core.text import clean
from tickets import hooks, indexing
from tickets.choices import ActivityKind
from tickets.merges import merge_of
from tickets.models import Activity, Draft, Ticket, TicketAttachment
from tickets.policies import is_requester_side, may
from tickets.services.mentioning import mention
from tickets.services.writing import (
    activity,
    child_locked,
    instant,
    save_changed,
    save_untouched,
    snapshot,
)

MAX_FILES = 20


@transaction.atomic
def add_comment(pk: int, *, actor: Actor, body: str, attachments: Sequence[Attachment] = ()) -> Activity:
    """A public comment: requester and agents read it. Publishes ``ticket.commented`` (public).

    The first one by an agent is the first response. What is said on a ticket that was merged is a word of the
    one that it goes on in: part of that conversation, and the event is about that. Raises NotVisibleError,
    NotAllowedError, WrongStateError on a closed ticket, RuleRefusedError for an empty or unstorable text.
    """
    return _say(pk, actor, body, ActivityKind.COMMENT, attachments)


@transaction.atomic
def add_work_note(pk: int, *, actor: Actor, body: str, attachments: Sequence[Attachment] = ()) -> Activity:
    """An internal note, which no requester reads by any way (PROCESSES G-08). Publishes ``ticket.commented``.

    Possible on closed tickets too (G-07). Raises NotVisibleError, NotAllowedError, RuleRefusedError.
    """
    return _say(pk, actor, body, ActivityKind.WORK_NOTE, attachments)


def _say(pk: int, actor: Actor, body: str, kind: ActivityKind, files: Sequence[Attachment]) -> Activity:
    public = kind == ActivityKind.COMMENT
    ticket = child_locked(pk, actor=actor)
    if not may(actor, ticket, str(kind)):
        raise NotAllowedError
    heard = _where_it_is_heard(ticket) if public else ticket
    text = clean("body", body, max_length=20_000)
    if not text and not files:
        raise required("body", _("Write something first."))
    now, before = instant(heard), snapshot(heard)
    if public:
        stamp_public_word(heard, actor, now, said_on=ticket)
        save_changed(heard, before, at=now)
    else:
        save_untouched(ticket, at=now)
    row = activity(ticket, actor, kind, body=text, is_public=public, at=now)
    rows.insert([row])
    indexing.note(ticket, changed=(), said=[row])
    _place(ticket, row, actor, files, public=public)
    _tell(heard, row, before, actor, now)
    if actor is not None:
        Draft.objects.filter(user=actor, ticket=ticket.pk, tab=str(kind)).delete()
    return row


def refuse_if_closed(ticket: Ticket) -> None:
    """Raise WrongStateError where a public word on this locked ticket would be said on a closed one."""
    _where_it_is_heard(ticket)


def _where_it_is_heard(ticket: Ticket) -> Ticket:
    """The ticket whose conversation a public word belongs to, locked: itself, or what it was merged into.

    Raises WrongStateError when that is closed.
    """
    if not ticket.is_closed:
        return ticket
    merge = merge_of(ticket.pk)
    main = child_locked(merge.main_id, actor=None) if merge is not None else ticket
    if main.is_closed:
        text = _("%(number)s is closed. Open a new one instead.") % {"number": ticket.number}
        raise WrongStateError(text, current_state=ticket.state, allowed=[])
    return main


def _tell(ticket: Ticket, row: Activity, before: dict[str, Any], actor: Actor, now: dt.datetime) -> None:
    audit.write(actor=actor, table=ticket._meta.db_table, object_ref=ticket.number, action=row.kind)
    payload = {"ticket_id": ticket.pk, "number": ticket.number, "kind": ticket.kind, "activity_id": row.pk}
    called = mention(ticket, [row], actor)
    outbox.publish("ticket.commented", payload | {"public": row.is_public} | called, actor=actor)
    after = snapshot(ticket)
    changes = {name: [before[name], value] for name, value in after.items() if before[name] != value}
    hooks.run(hooks.Change(ticket, before, after, changes, actor, row.kind, now))


def stamp_public_word(
    ticket: Ticket, actor: Actor, now: dt.datetime, *, said_on: Ticket | None = None
) -> None:
    """Remember who spoke last in public and, for an agent, the first response (PROCESSES INC-16).

    ``said_on`` is the ticket where it was said, when that was merged into this one: its requester answers.
    """
    if is_requester_side(actor, said_on or ticket):
        ticket.last_public_from = "requester"
        return
    ticket.last_public_from = "agent"
    if actor is not None:
        ticket.first_response_at = ticket.first_response_at or now


@transaction.atomic
def attach(pk: int, *, actor: Actor, attachment: Attachment, public: bool = True) -> TicketAttachment:
    """Put an uploaded file on a ticket, once, by its uploader. Publishes ``ticket.commented``.

    Raises NotVisibleError, NotAllowedError, RuleRefusedError.
    """
    ticket = child_locked(pk, actor=actor)
    if not may(actor, ticket, "attach") or not (public or may(actor, ticket, "work_note")):
        raise NotAllowedError
    now, before = instant(ticket), snapshot(ticket)
    if public:
        save_changed(ticket, before, at=now)
    else:
        save_untouched(ticket, at=now)
    row = activity(ticket, actor, ActivityKind.ATTACHMENT, verb="attached", is_public=public)
    rows.insert([row])
    places = _place(ticket, row, actor, [attachment], public=public)
    _tell(ticket, row, before, actor, now)
    return places[0]


def _place(
    ticket: Ticket, row: Activity, actor: Actor, files: Sequence[Attachment], *, public: bool
) -> list[TicketAttachment]:
    if not files:
        return []
    if TicketAttachment.objects.filter(ticket=ticket.pk).count() + len(files) > MAX_FILES:
        raise invalid("attachments", _("A ticket holds at most %(max)s files.") % {"max": MAX_FILES})
    places = []
    for file in files:
        mine = actor is None or file.uploader_id == actor.pk
        claimed = Attachment.objects.filter(pk=file.pk, attached=False).update(attached=True) if mine else 0
        if not claimed:
            raise invalid("attachments", _("This file does not exist."), code="does_not_exist")
        place = TicketAttachment(ticket_id=ticket.pk, attachment=file, activity=row, is_public=public)
        place.save(force_insert=True)
        places.append(place)
    return places
