"""What happens when events arrive: they are handed on to who wants them; owners hear what does not work."""

from __future__ import annotations

from core.models import OutboxEvent
from core.outbox import subscribe
from notifications.choices import Side
from notifications.services import Notice, notify
from webhooks import catalogue, services
from webhooks.selectors import is_wanted, owner_of


def _goes_out(name: str) -> bool:
    """Whether this event may leave the platform and somebody waits for it."""
    return not name.startswith("webhook.") and is_wanted(name) and catalogue.find(name) is not None


@subscribe("*", wants=_goes_out)
def hand_on(event: OutboxEvent) -> None:
    """A delivery for each webhook that wants the event; run twice it adds none."""
    services.fan_out(event)


@subscribe("webhook.dead")
def tell_of_giving_up(event: OutboxEvent) -> None:
    """Deliveries could not be made and were given up."""
    _tell(event, "webhook_dead")


@subscribe("webhook.switched_off")
def tell_of_switching_off(event: OutboxEvent) -> None:
    """The platform switched a webhook off by itself."""
    _tell(event, f"webhook_off_{event.payload['reason']}")


def _tell(event: OutboxEvent, template: str) -> None:
    found = owner_of(event.payload["webhook"])
    if found is not None:
        owner, name = found
        url = f"/design/webhooks/{event.payload['webhook']}/"
        params = {"names": {"webhook": name}}
        notify(event, [Notice(template, [owner], Side.PORTAL, url, params=params)])
