"""What requests do when something happens; each effect in its own transaction (PROCESSES G-05)."""

from __future__ import annotations

from catalog import services
from catalog.rollup import CLOSED_ITEMS
from core.models import OutboxEvent
from core.outbox import subscribe


@subscribe("sctask.opened")
def settle_after_opening(event: OutboxEvent) -> None:
    """A first task means that the approvals are over (REQ-02)."""
    services.settle_item_of_task(event.payload["ticket_id"])


@subscribe("sctask.moved")
def settle_after_task(event: OutboxEvent) -> None:
    """A task begun or ended moves its item, and may end it (REQ-03)."""
    services.settle_item_of_task(event.payload["ticket_id"])


@subscribe("flow.stage_changed")
def keep_stage(event: OutboxEvent) -> None:
    """The flow's new stage is kept on the item, for lists."""
    if event.payload.get("ticket_id"):
        services.note_stage(event.payload["ticket_id"])


@subscribe("flow.stage_changed")
def settle_after_stage(event: OutboxEvent) -> None:
    """A new stage of the flow may mean that the approvals are over (REQ-02)."""
    if event.payload.get("ticket_id"):
        services.settle_item(event.payload["ticket_id"])


@subscribe("flow.ended")
def settle_after_flow(event: OutboxEvent) -> None:
    """The outcome of the flow ends the item (REQ-03)."""
    if event.payload.get("ticket_id"):
        services.settle_item(event.payload["ticket_id"])


@subscribe("ritm.moved")
def stop_work_of_closed_item(event: OutboxEvent) -> None:
    """Nothing goes on for an item that is closed (REQ-06)."""
    if event.payload["to"] in CLOSED_ITEMS:
        services.stop_work(event.payload["ticket_id"])


@subscribe("ritm.moved")
def settle_request_of_item(event: OutboxEvent) -> None:
    """The last closed item closes the request (REQ-04)."""
    if event.payload["to"] in CLOSED_ITEMS:
        services.settle_request_of_item(event.payload["ticket_id"])


@subscribe("ritm.moved")
def answer_complaint(event: OutboxEvent) -> None:
    """What does not work gets a task for the owner group (REQ-02)."""
    if event.payload["transition"] == "complain":
        services.open_complaint_task(event.payload["ticket_id"])


@subscribe("request.moved")
def withdraw_items_of_request(event: OutboxEvent) -> None:
    """A request withdrawn or rejected as a whole takes its open items along (REQ-05, REQ-06)."""
    if event.payload["to"] in {"closed_cancelled", "closed_rejected"}:
        services.withdraw_items(event.payload["ticket_id"])
