"""How tasks end an item and items end a request: pure functions (PROCESSES REQ-03 to REQ-05)."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from catalog.choices import ItemState, RequestState
from tickets.choices import TaskState

OPEN_TASKS = frozenset({TaskState.PENDING, TaskState.OPEN, TaskState.WORK_IN_PROGRESS})
CLOSED_ITEMS = frozenset(
    {
        ItemState.CLOSED_COMPLETE,
        ItemState.CLOSED_INCOMPLETE,
        ItemState.CLOSED_SKIPPED,
        ItemState.CANCELLED,
        ItemState.REJECTED,
    }
)
# What a flow's outcome makes of its item, whatever the tasks say. Other outcomes leave it to the tasks.
_BY_FLOW: dict[str, ItemState] = {
    "rejected": ItemState.REJECTED,
    "cancelled": ItemState.CANCELLED,
    "failed": ItemState.CLOSED_INCOMPLETE,
}


def item_end(task_states: Iterable[str], *, flow_open: bool, flow_outcome: str | None) -> ItemState | None:
    """The state an item ends in, None while a task or its flow is still open.

    ``flow_outcome`` is None for an item without a flow. A flow that was rejected, cancelled or failed decides
    alone, at once; "delivered" never hides an incomplete task, "incomplete" hides none that was skipped.
    """
    states = list(task_states)
    if flow_open:
        return None
    if flow_outcome in _BY_FLOW:
        return _BY_FLOW[flow_outcome]
    if any(state in OPEN_TASKS for state in states) or (flow_outcome is None and not states):
        return None
    if TaskState.CLOSED_INCOMPLETE in states:
        return ItemState.CLOSED_INCOMPLETE
    if states and all(state == TaskState.CLOSED_SKIPPED for state in states):
        return ItemState.CLOSED_SKIPPED
    if flow_outcome == "incomplete":
        return ItemState.CLOSED_INCOMPLETE
    return ItemState.CLOSED_COMPLETE


def request_end(item_states: Collection[str]) -> RequestState | None:
    """The state a request ends in, None while an item is open (also while one is delivered, unconfirmed)."""
    if not item_states or any(state not in CLOSED_ITEMS for state in item_states):
        return None
    counted = {state for state in item_states if state != ItemState.CANCELLED}
    if not counted:
        return RequestState.CLOSED_CANCELLED
    if set(item_states) == {ItemState.REJECTED}:
        return RequestState.CLOSED_REJECTED
    if counted & {ItemState.CLOSED_INCOMPLETE, ItemState.REJECTED}:
        return RequestState.CLOSED_INCOMPLETE
    if counted == {ItemState.CLOSED_SKIPPED}:
        return RequestState.CLOSED_SKIPPED
    return RequestState.CLOSED_COMPLETE
