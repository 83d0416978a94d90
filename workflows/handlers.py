"""What flows do when something happens elsewhere: keep a signal and leave the rest to the executor."""

from __future__ import annotations

from core.models import OutboxEvent
from core.outbox import subscribe
from workflows.nodes.asking import SIGNAL
from workflows.services import keep_signal


@subscribe("approval.decided")
def keep_decision(event: OutboxEvent) -> None:
    """A decided question wakes the step that asked it; run twice it keeps one signal."""
    key = event.payload["request_public_id"]
    keep_signal(
        SIGNAL, key, {"outcome": event.payload["outcome"]}, source="event", source_id=str(event.public_id)
    )
