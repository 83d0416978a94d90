"""What the SLA engine does when its own marks have fired: the steps of the definition."""

from __future__ import annotations

from core.models import OutboxEvent
from core.outbox import subscribe
from sla.escalations import escalate

_MARKS = frozenset({"sla.warned", "sla.breached", "sla.overdue"})


@subscribe("sla.*", wants=_MARKS.__contains__)
def take_steps(event: OutboxEvent) -> None:
    """Reassign, raise, tell, page or start as the definition says; run twice it does each once."""
    escalate(event)
