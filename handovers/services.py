"""Handing a shift over, and taking it over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Group, User
from core import audit, outbox
from core.errors import NotAllowedError, WrongStateError, invalid, required
from core.text import clean
from core.time import db_now
from handovers.models import HandOver, HandOverNote
from handovers.policies import why_accept, why_write
from handovers.selectors import hand_over_of, seen_keys, shift_began
from tickets.models import Ticket

LONGEST_TEXT, LONGEST_NOTE, MOST_NOTES = 10_000, 2_000, 60
OLDEST_SHIFT = dt.timedelta(days=31)
TABLE = "handovers_handover"


@transaction.atomic
def write_hand_over(
    *,
    actor: User,
    group: Group,
    text: str = "",
    notes: Sequence[tuple[Ticket, str]] = (),
    since: dt.datetime | None = None,
) -> HandOver:
    """What ``actor`` leaves to the next shift of ``group``; ``notes`` are tickets and what is said of each.

    ``since`` is when the shift began, by default as the rota says. Publishes ``hand_over.written``. Raises
    NotAllowedError for who is no member, RuleRefusedError for one that says nothing, for texts that cannot be
    stored, for a ticket that comes twice or that the actor does not see, and for a moment that cannot be.
    """
    allowed = why_write(actor, group.pk)
    if not allowed:
        raise NotAllowedError(str(allowed.words))
    now = db_now()
    row = HandOver(company_id=actor.company_id, group=group, written_by=actor, written_at=now)
    row.text = clean("text", text, max_length=LONGEST_TEXT)
    row.since = _since(since, now) or shift_began(actor, group, now)
    said = _checked(actor, notes)
    if not row.text and not said:
        raise required("text", _("Write what the next shift should know, or choose tickets."))
    row.save(force_insert=True)
    HandOverNote.objects.bulk_create(
        HandOverNote(hand_over=row, ticket_id=ticket.pk, place=place, text=words)
        for place, (ticket, words) in enumerate(said)
    )
    return _told(row, actor, "written")


@transaction.atomic
def accept_hand_over(public_id: Any, *, actor: User) -> HandOver:
    """Take over what it leaves; said again by the same person it stays as it is.

    Publishes ``hand_over.accepted``. Raises NotVisibleError, NotAllowedError for who leads the team without
    being in it and for who wrote it, WrongStateError when somebody else has it.
    """
    row = hand_over_of(actor, public_id, lock=True)
    allowed = why_accept(actor, row)
    if not allowed:
        raise NotAllowedError(str(allowed.words))
    if row.taken_by is not None:
        if row.taken_by_id == actor.pk:
            return row
        detail = _("%(name)s has taken this over already.") % {"name": row.taken_by.display_name}
        raise WrongStateError(detail, current_state="accepted", allowed=[])
    row.taken_by, row.taken_at = actor, db_now()
    row.updated_at = row.taken_at
    row.lock_version += 1
    row.save(update_fields=["taken_by", "taken_at", "updated_at", "lock_version"])
    return _told(row, actor, "accepted")


def _since(since: dt.datetime | None, now: dt.datetime) -> dt.datetime | None:
    if since is not None and not now - OLDEST_SHIFT <= since <= now:
        raise invalid("since", _("A shift began at most 31 days ago, and not in the future."))
    return since


def _checked(actor: User, notes: Sequence[tuple[Ticket, str]]) -> list[tuple[Ticket, str]]:
    """The notes with clean texts, each of a ticket that the actor sees."""
    if len(notes) > MOST_NOTES:
        raise invalid("notes", _("A hand-over speaks of at most %(count)s tickets.") % {"count": MOST_NOTES})
    tickets = [ticket for ticket, _text in notes]
    if len({ticket.pk for ticket in tickets}) < len(tickets):
        raise invalid("notes", _("A ticket can be in it once only."), code="duplicate")
    if notes and len(seen_keys(actor, tickets)) < len(tickets):
        raise invalid("notes", _("There is no such ticket."), code="does_not_exist")
    return [(ticket, clean("notes", text, max_length=LONGEST_NOTE)) for ticket, text in notes]


def _told(row: HandOver, actor: User, action: str) -> HandOver:
    """The row, with what happened in the trail and in the outbox."""
    audit.write(actor=actor, table=TABLE, object_ref=str(row.public_id), action=action)
    payload = {"hand_over": str(row.public_id), "group": row.group.key}
    if action == "written":
        outbox.publish("hand_over.written", payload, actor=actor)
    else:
        outbox.publish("hand_over.accepted", payload, actor=actor)
    return row
