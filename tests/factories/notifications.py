"""Events and notices for tests."""

from __future__ import annotations

from typing import Any

from core import outbox
from core.models import OutboxEvent
from notifications.choices import Channel, Side
from notifications.models import Notification


def make_notice(
    user: Any, *, ticket: Any = None, template: str = "ticket_replied", **values: Any
) -> Notification:
    """A stored notice of an event of its own."""
    event = values.pop("event", None) or outbox.publish("test.happened", {})
    values = {"channel": Channel.INAPP, "side": Side.PORTAL, "url": "/my/x/"} | values
    return Notification.objects.create(
        event_id=event.pk, user=user, ticket=ticket, template=template, **values
    )


def last_event(name: str) -> OutboxEvent:
    """The newest event of that name."""
    return OutboxEvent.objects.filter(name=name).latest("pk")
