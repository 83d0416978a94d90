"""What happens when events arrive: owners hear of tickets that could not be opened; working days change."""

from __future__ import annotations

from core.models import OutboxEvent
from core.outbox import subscribe
from notifications.choices import Side
from notifications.services import Notice, notify
from scheduled import services
from scheduled.selectors import owner_of


@subscribe("ticket_schedule.failed")
def tell_of_failure(event: OutboxEvent) -> None:
    """The ticket of an occurrence could not be opened; run twice it is told once."""
    row = owner_of(event.payload["schedule"])
    if row is not None:
        url = f"/design/ticket-schedules/{row.key}/"
        params = {"names": {"schedule": row.title}}
        notify(event, [Notice("schedule_failed", [row.owner_id], Side.PORTAL, url, params=params)])


@subscribe("calendar.changed")
def follow_calendar(event: OutboxEvent) -> None:
    """Schedules that keep to the calendar's working days come due by them as they are now."""
    services.follow_calendar(event.payload["calendar"])
