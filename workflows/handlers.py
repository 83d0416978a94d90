"""What flows do when something happens elsewhere: keep a signal, or start what listens for it."""

from __future__ import annotations

from fnmatch import fnmatchcase

from core.models import OutboxEvent
from core.outbox import subscribe
from tickets.conditions import compiled as compiled_for_tickets
from tickets.models import Ticket
from workflows.choices import TriggerKind
from workflows.nodes.asking import SIGNAL
from workflows.published import listening
from workflows.services import keep_signal, start_by_fact
from workflows.starts import fits

_SLA_POINTS = {"sla.warned": "warn", "sla.breached": "breach"}


@subscribe("approval.decided")
def keep_decision(event: OutboxEvent) -> None:
    """A decided question wakes the step that asked it; run twice it keeps one signal."""
    key = event.payload["request_public_id"]
    keep_signal(
        SIGNAL, key, {"outcome": event.payload["outcome"]}, source="event", source_id=str(event.public_id)
    )


def _is_listened_to(name: str) -> bool:
    """Whether a published flow begins with an event of this name."""
    if name in _SLA_POINTS and _SLA_POINTS[name] in listening(TriggerKind.SLA):
        return True
    return any(fnmatchcase(name, key) for key in listening(TriggerKind.EVENT)) and not name.startswith(
        "flow."
    )


@subscribe("*", wants=_is_listened_to)
def start_flows(event: OutboxEvent) -> None:
    """Start the flows that listen for this event; run twice it starts each once."""
    facts = {"event": event.name, "at": event.created_at.isoformat(), **event.payload}
    ticket = Ticket.objects.filter(pk=event.payload.get("ticket_id")).first()
    for key, triggers in listening(TriggerKind.EVENT).items():
        if fnmatchcase(event.name, key):
            for trigger in triggers:
                if fits(trigger, facts, now=event.created_at):
                    start_by_fact(trigger, facts, ticket=ticket, source_id=str(event.public_id))
    for trigger in listening(TriggerKind.SLA).get(_SLA_POINTS.get(event.name, ""), []):
        condition = compiled_for_tickets(trigger.condition) if trigger.condition else None
        if ticket is not None and (condition is None or condition.test(ticket, now=event.created_at)):
            start_by_fact(trigger, facts, ticket=ticket, source_id=str(event.public_id))
