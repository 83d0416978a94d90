"""Webhooks for tests, made through the services; what is due is sent in this thread."""

from __future__ import annotations

from typing import Any

from django.db.models.functions import Now

from core.models import OutboxEvent
from tests.factories.accounts import administrator
from tests.factories.incidents import make_incident
from tickets.models import Ticket
from webhooks import services
from webhooks.models import Webhook, WebhookDelivery

URL = "https://erp.example/hook"


def make_webhook(url: str = URL, *, owner: Any = None, **fields: Any) -> Webhook:
    """A webhook of an administrator, for everything about incidents unless told otherwise."""
    owner = owner or administrator()
    given = {"url": url, "events": ["incident.*"], "owner": owner, "run_as": owner} | fields
    row, secret = services.create(actor=None, **given)
    row.plain = secret
    return row


def make_event(name: str = "incident.opened", **payload: Any) -> OutboxEvent:
    """A fact of that name, as if published and not relayed yet; without more it is about some incident."""
    if not payload:
        ticket = Ticket.objects.filter(kind="incident").order_by("pk").first() or make_incident()
        payload = {"ticket_id": ticket.pk, "number": ticket.number, "kind": "incident", "changed": ["title"]}
    event = OutboxEvent.objects.create(name=name, payload=payload)
    event.refresh_from_db()
    return event


def make_delivery(webhook: Webhook, *, event: OutboxEvent | None = None, **fields: Any) -> WebhookDelivery:
    """A delivery of the event; of a new one when none is given. ``state`` other than waiting: it is over."""
    event = event or make_event()
    if fields.get("state", "waiting") != "waiting":
        fields = {"done_at": Now()} | fields
    row = WebhookDelivery.objects.create(
        webhook=webhook,
        message_id=event.public_id,
        event=event,
        event_name=event.name,
        **fields,
    )
    row.refresh_from_db()
    return row


def send_all(most: int = 100) -> int:
    """Send what is due, one after the other; how many were tried."""
    for tried in range(most):
        delivery = services.claim()
        if delivery is None:
            return tried
        services.send(delivery)
    return most


def make_due(*deliveries: WebhookDelivery) -> None:
    """Let the time pass until these are due again, and until no circuit is open."""
    ids = [each.pk for each in deliveries]
    WebhookDelivery.objects.filter(pk__in=ids).update(due_at=Now(), lease_until=None)
