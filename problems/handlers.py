"""What problems do when something happens; each effect in its own transaction (PROCESSES G-05)."""

from __future__ import annotations

from core.models import OutboxEvent
from core.outbox import subscribe
from problems import services
from tickets.services import tell_of_last_task


@subscribe("problem.moved")
def follow_up_a_move(event: OutboxEvent) -> None:
    """A duplicate hands over what hangs on it; incidents that wait hear of an end (PRB-03, PRB-08)."""
    pk, move = event.payload["ticket_id"], event.payload["transition"]
    if move == "mark_duplicate":
        services.hand_over_to_main(pk)
    services.tell_of_end(pk, move=move)


@subscribe("ptask.moved")
def tell_of_the_last_task(event: OutboxEvent) -> None:
    """Who works a problem hears when all its tasks are done (PRB-04)."""
    tell_of_last_task(event.payload["ticket_id"])


@subscribe("incident.major_ended")
def look_for_the_cause(event: OutboxEvent) -> None:
    """A major incident that was resolved has a cause: a problem is opened and linked once (INC-15)."""
    services.open_problem_for_major(event.payload["ticket_id"])
