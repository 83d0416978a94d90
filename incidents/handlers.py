"""What incidents do when something happens elsewhere; each effect in its own transaction (PROCESSES G-05)."""

from __future__ import annotations

from core.models import OutboxEvent
from core.outbox import subscribe
from incidents import services
from incidents.choices import State
from tickets import services as tickets
from tickets.selectors import activity_text
from tickets.services import tell_of_last_task


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


@subscribe("incident.moved")
def tell_the_family(event: OutboxEvent) -> None:
    """A move may concern the children, and the resolution of the last child its parent (INC-11)."""
    pk, move = event.payload["ticket_id"], event.payload["transition"]
    services.tell_children(pk, move=move, actor_id=event.actor_id)
    if event.payload["to"] == State.RESOLVED:
        services.note_last_child(pk)


@subscribe("incident.moved")
def ask_how_it_went(event: OutboxEvent) -> None:
    """Who an incident was for is asked how it went when it is closed (INC-16)."""
    if event.payload["to"] == State.CLOSED:
        tickets.ask_how_it_went(event.payload["ticket_id"])


@subscribe("itask.moved")
def tell_of_the_last_task(event: OutboxEvent) -> None:
    """Who works an incident hears when nothing below it is left to be done."""
    tell_of_last_task(event.payload["ticket_id"])


@subscribe("incident.parent_moved")
def follow_the_parent(event: OutboxEvent) -> None:
    """A child goes where its parent went (INC-11)."""
    services.follow_parent(
        event.payload["incident_id"], parent_pk=event.payload["parent_id"], move=event.payload["move"]
    )


@subscribe("incident.parent_commented")
def repeat_the_comment(event: OutboxEvent) -> None:
    """What was said to a parent and its children stands on each child once (INC-11)."""
    services.repeat_comment(
        event.payload["incident_id"],
        parent_pk=event.payload["parent_id"],
        activity_id=event.payload["activity_id"],
    )


@subscribe("problem.told")
def hear_of_the_problem(event: OutboxEvent) -> None:
    """The workaround or the fix of a problem stands on the incident (PRB-06, PRB-07)."""
    services.hear_of_problem(
        event.payload["incident_id"],
        problem_pk=event.payload["problem_id"],
        activity_id=event.payload["activity_id"],
        public=event.payload["public"],
        is_noted=event.payload.get("is_noted", False),
    )


@subscribe("problem.settled")
def settle_with_the_problem(event: OutboxEvent) -> None:
    """An incident that waits for a problem follows its end (PRB-08)."""
    services.settle_with_problem(event.payload["incident_id"], problem_pk=event.payload["problem_id"])


@subscribe("incident.opened")
def weigh_a_new_one(event: OutboxEvent) -> None:
    """A new incident may be a major one, or make another one major (INC-14)."""
    services.weigh(event.payload["ticket_id"])


@subscribe("incident.updated")
def weigh_a_changed_one(event: OutboxEvent) -> None:
    """So may one that was changed (INC-14)."""
    services.weigh(event.payload["ticket_id"])


@subscribe("incident.moved")
def weigh_a_moved_one(event: OutboxEvent) -> None:
    """So may one that goes on (INC-14)."""
    if event.payload["to"] == State.IN_PROGRESS:
        services.weigh(event.payload["ticket_id"])


@subscribe("incident.major_*", wants=lambda name: name in services.TOLD_OF_MAJOR)
def tell_of_major(event: OutboxEvent) -> None:
    """Who leads, works on it or decides hears of a major incident (INC-13, INC-15)."""
    services.tell_of_major(event)


@subscribe("incident.major_update_sent")
def tell_the_staff(event: OutboxEvent) -> None:
    """An internal update reaches who works on it (INC-15)."""
    services.tell_the_staff(event)


@subscribe("incident.major_told")
def tell_the_affected(event: OutboxEvent) -> None:
    """A public update reaches the people of one ticket (INC-15)."""
    services.tell_the_affected(event)


@subscribe("incident.major_ended")
def draft_the_review(event: OutboxEvent) -> None:
    """A resolved major incident gets the draft of its review (INC-15)."""
    services.draft_review(event.payload["ticket_id"])
