"""What problems do when something happens; each effect in its own transaction (PROCESSES G-05)."""

from __future__ import annotations

from core.models import OutboxEvent
from core.outbox import subscribe
from problems import services


@subscribe("problem.moved")
def follow_up_a_move(event: OutboxEvent) -> None:
    """A duplicate hands over what hangs on it; incidents that wait hear of an end (PRB-03, PRB-08)."""
    pk, move = event.payload["ticket_id"], event.payload["transition"]
    if move == "mark_duplicate":
        services.hand_over_to_main(pk)
    services.tell_of_end(pk, move=move)
