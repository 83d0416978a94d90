"""Handing an event on: one delivery for each webhook that wants it, in the transaction of the handler."""

from __future__ import annotations

from django.db import transaction

from core import wake
from core.models import OutboxEvent
from core.time import db_now
from tickets.conditions import compiled
from tickets.models import Ticket
from webhooks.models import Webhook, WebhookDelivery
from webhooks.selectors import listeners

# What a condition may ask about beside the ticket's own columns.
_AROUND = (
    "company", "group", "assignee", "requester__department", "requester__location", "ci", "location",
)  # fmt: skip


@transaction.atomic
def fan_out(event: OutboxEvent) -> int:
    """Write a delivery for each webhook that wants ``event``; returns how many want it.

    Run twice it adds nothing. Who may see what is decided when it is sent; nothing is sent from here (A-53).
    """
    heard = listeners(event.name)
    picky = [row for row in heard if row.condition]
    wanting = [row for row in heard if not row.condition] + (_fitting(picky, event) if picky else [])
    WebhookDelivery.objects.bulk_create(
        [
            WebhookDelivery(webhook=row, message_id=event.public_id, event=event, event_name=event.name)
            for row in wanting
        ],
        ignore_conflicts=True,
    )
    if wanting:
        transaction.on_commit(wake.nudge)
    return len(wanting)


def _fitting(rows: list[Webhook], event: OutboxEvent) -> list[Webhook]:
    """Those whose condition holds for the event's ticket as it is now; without a ticket none does."""
    ticket = Ticket.objects.select_related(*_AROUND).filter(pk=event.payload.get("ticket_id") or 0).first()
    if ticket is None:
        return []
    now = db_now()
    return [row for row in rows if compiled(row.condition).test(ticket, now=now)]
