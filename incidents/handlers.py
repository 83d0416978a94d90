"""What incidents do when something happens elsewhere; each effect in its own transaction (PROCESSES G-05)."""

from __future__ import annotations

from core.models import OutboxEvent
from core.outbox import subscribe
from incidents import services
from tickets.selectors import activity_text


@subscribe("ticket.commented")
def resume_when_the_caller_answers(event: OutboxEvent) -> None:
    """A public word of the requester's side ends the waiting for the caller (INC-03)."""
    if event.payload.get("kind") == "incident" and event.payload.get("public") and event.actor_id:
        services.resume_after_answer(event.payload["ticket_id"], speaker_id=event.actor_id)


@subscribe("ticket.commented")
def reopen_when_the_requester_asks(event: OutboxEvent) -> None:
    """A reply with the word "reopen" takes a resolved incident up again (INC-07)."""
    if event.payload.get("kind") == "incident" and event.payload.get("public") and event.actor_id:
        services.reopen_after_reply(
            event.payload["ticket_id"],
            speaker_id=event.actor_id,
            text=activity_text(event.payload["activity_id"]),
        )
