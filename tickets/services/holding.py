"""Replies that wait some seconds before they are said, so that their author can take them back.

The row of the reply, what is said on the ticket and the end of the row are of one transaction: whatever kills
a worker in the middle leaves the reply to another, and any number of sweeps says it once.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from core import sweep
from core.cause import arriving_by
from core.errors import (
    BusyError,
    DomainError,
    NotAllowedError,
    NotVisibleError,
    StorageFullError,
    UnexpectedError,
    invalid,
    required,
)
from core.text import clean
from core.time import db_now
from tickets.choices import ActivityKind
from tickets.models import Draft, HeldReply
from tickets.policies import may
from tickets.selectors import drafts_of
from tickets.services.relations import keep_draft
from tickets.services.talking import add_comment, refuse_if_closed
from tickets.services.writing import child_locked, instant

log = structlog.get_logger(__name__)
LONGEST_HOLD = 30
PASSING = (BusyError, StorageFullError, UnexpectedError)  # tried again: the reply itself is in order
_TAB = str(ActivityKind.COMMENT)


@transaction.atomic
def hold_reply(pk: int, *, actor: User, body: str, seconds: int) -> HeldReply:
    """Keep a reply of ``actor`` and say it in ``seconds`` (1 to LONGEST_HOLD), unless it is taken back.

    Until then nobody but its author knows of it: no event, no new version, no trace on the ticket. It is
    never said before an earlier one that the same person holds there. The draft is emptied: the words are
    here now. Raises as ``add_comment``, before anything is kept.
    """
    if not 1 <= seconds <= LONGEST_HOLD:
        raise invalid("seconds", _("A reply is held for 1 to %(most)s seconds.") % {"most": LONGEST_HOLD})
    ticket = child_locked(pk, actor=actor)
    if not may(actor, ticket, _TAB):
        raise NotAllowedError
    refuse_if_closed(ticket)
    text = clean("body", body, max_length=20_000)
    if not text:
        raise required("body", _("Write something first."))
    now = instant(ticket)
    due = now + dt.timedelta(seconds=seconds)
    earlier = HeldReply.objects.filter(ticket=ticket.pk, author=actor).order_by("-due_at").first()
    row = HeldReply(ticket_id=ticket.pk, author=actor, body=text, held_at=now)
    row.due_at = max(due, earlier.due_at) if earlier is not None else due
    row.save(force_insert=True)
    Draft.objects.filter(user=actor, ticket=ticket.pk, tab=_TAB).delete()
    return row


@transaction.atomic
def take_back_reply(public_id: Any, *, actor: User) -> HeldReply:
    """Take a held reply of ``actor`` back: its words stand before what they have typed since, as a draft.

    Raises NotVisibleError for that of somebody else, and for one that was said meanwhile.
    """
    rows = HeldReply.objects.select_for_update(no_key=True, of=("self",)).select_related("ticket")
    row = rows.filter(public_id=public_id, author=actor).first()
    if row is None:
        raise NotVisibleError
    _to_draft(row)
    row.delete()
    return row


@sweep.register
def say_due_replies(*, limit: int) -> int:
    """Say the held replies that are due; returns how many are no longer held.

    One that cannot be said any more (its ticket was closed, its author left) becomes a draft of its author
    again. One that fails in an unforeseen way stays held and does not stop the others.
    """
    due = HeldReply.objects.filter(due_at__lte=db_now()).order_by("due_at", "pk")
    return sum(_let_go(pk) for pk in list(due.values_list("pk", flat=True)[:limit]))


def _let_go(pk: int) -> int:
    try:
        return _say_or_return(pk)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("held_reply_failed", reply=pk)
        return 0


@transaction.atomic
def _say_or_return(pk: int) -> int:
    rows = HeldReply.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    row = rows.select_related("author", "ticket").filter(pk=pk, due_at__lte=db_now()).first()
    if row is None:
        return 0  # a copy has it, or had it; or it was taken back
    try:
        _say(row)
    except PASSING:
        raise
    except DomainError:
        _to_draft(row)
    row.delete()
    return 1


@transaction.atomic
def _say(row: HeldReply) -> None:
    """Say it as its author does on the page; what they have typed since stays their draft."""
    typed = drafts_of(row.author, row.ticket).get(_TAB, "")
    with arriving_by("page", actor_id=row.author_id):
        if not row.author.is_active:
            raise NotAllowedError
        add_comment(row.ticket_id, actor=row.author, body=row.body)
    if typed:
        keep_draft(actor=row.author, ticket=row.ticket, tab=_TAB, body=typed)


def _to_draft(row: HeldReply) -> None:
    """Both texts stay whole, also where together they are longer than what can be sent."""
    typed = drafts_of(row.author, row.ticket).get(_TAB, "")
    text = f"{row.body}\n\n{typed}" if typed else row.body
    Draft.objects.update_or_create(user=row.author, ticket=row.ticket, tab=_TAB, defaults={"body": text})
