"""Reads that only the API needs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from accounts.policies import Actor
from core.errors import NotVisibleError
from core.models import Attachment
from core.prepared import Prepared
from tickets import kinds
from tickets.merges import in_conversation, numbers_of
from tickets.models import Activity, Ticket, TicketAttachment, TicketCI
from tickets.policies import visible_activity, visible_attachments
from tickets.selectors import with_tasks

_KEY = -1  # the place of the key that a prepared query is asked for


def whole(seen: Ticket, *, kind: str = "") -> Any:
    """The row that answers are made of, of a ticket that was checked: the child of a kind, else the parent.

    What one may see is asked of few columns (``tickets.selectors.seen_numbered``); the wide row with its
    references is read by a text that is compiled once. Raises NotVisibleError when it is gone.
    """
    found = _whole(kind).read(seen.pk)
    if not found:
        raise NotVisibleError
    return found[0]


@cache
def _whole(kind: str) -> Prepared[Any]:
    model: Any = kinds.get(kind).model if kind else Ticket
    rows = model.objects.select_related("requester", "assignee", "group", "ci", "on_behalf_of", "opened_by")
    return Prepared(with_tasks(rows.filter(id=_KEY), kind), _KEY)


def activity_for(actor: Actor, ticket: Ticket, *, kind: str = "") -> QuerySet[Activity]:
    """What happened on a visible ticket as far as ``actor`` may read it, oldest first; all or one kind."""
    rows = Activity.objects.filter(visible_activity(actor), in_conversation(ticket.pk))
    rows = numbers_of(rows, ticket.pk)
    return (rows.filter(kind=kind) if kind else rows).select_related("actor").order_by("pk")


def files_by_activity(actor: Actor, rows: Sequence[Activity]) -> dict[int, list[TicketAttachment]]:
    """The readable files of these activity rows, by the row's primary key."""
    found: dict[int, list[TicketAttachment]] = {}
    places = TicketAttachment.objects.filter(
        visible_attachments(actor), activity__in=[row.pk for row in rows]
    )
    for place in places.select_related("attachment").order_by("pk"):
        found.setdefault(place.activity_id, []).append(place)
    return found


def own_upload(actor: User, public_id: UUID) -> Attachment | None:
    """The file with that id if ``actor`` uploaded it and it is on no ticket yet, else None."""
    return Attachment.objects.filter(public_id=public_id, uploader_id=actor.pk, attached=False).first()


def further_cis(ticket: Ticket) -> QuerySet[TicketCI]:
    """The ticket's configuration items beside its main one."""
    return TicketCI.objects.filter(ticket=ticket.pk).select_related("ci").order_by("pk")
