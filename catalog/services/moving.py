"""Moves of requests, items and tasks; each wraps and raises as ``tickets.services.apply_transition``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from accounts.policies import Actor
from catalog.models import CatalogTask, Request, RequestItem
from tickets.models import Ticket
from tickets.services import apply_transition


def cancel_request(
    pk: int, *, actor: Actor, reason_text: str = "", expected_version: int | None = None, **words: str
) -> Request:
    """Withdraw a request none of whose items has ended otherwise; a handler withdraws its items (REQ-06).

    Agents give a reason; the requester's side may do it until the first task is in work.
    """
    return apply_transition(
        Request,
        pk,
        "cancel",
        actor=actor,
        expected_version=expected_version,
        reason_text=reason_text,
        **words,
    )


def cancel_item(
    pk: int, *, actor: Actor, reason_text: str = "", expected_version: int | None = None, **words: str
) -> RequestItem:
    """Withdraw one item; a handler stops its flow, its approvals and its open tasks (REQ-06)."""
    return apply_transition(
        RequestItem,
        pk,
        "cancel",
        actor=actor,
        expected_version=expected_version,
        reason_text=reason_text,
        **words,
    )


def accept_item(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> RequestItem:
    """The person has it and it works: the item closes complete."""
    return apply_transition(
        RequestItem, pk, "accept", actor=actor, expected_version=expected_version, **words
    )


def complain_item(
    pk: int, *, actor: Actor, comment: str, expected_version: int | None = None, **words: str
) -> RequestItem:
    """It does not work: the item goes back to work and a handler opens a task for the owner group."""
    return apply_transition(
        RequestItem, pk, "complain", actor=actor, expected_version=expected_version, comment=comment, **words
    )


def complete_item(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> RequestItem:
    """Correct an item by hand to complete, with a reason in ``work_note``; its flow and tasks are stopped."""
    return apply_transition(
        RequestItem, pk, "complete", actor=actor, expected_version=expected_version, **words
    )


def incomplete_item(
    pk: int, *, actor: Actor, expected_version: int | None = None, **words: str
) -> RequestItem:
    """Correct an item by hand to incomplete, with a reason in ``work_note``; flow and tasks are stopped."""
    return apply_transition(
        RequestItem, pk, "incomplete", actor=actor, expected_version=expected_version, **words
    )


def skip_item(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> RequestItem:
    """Correct an item by hand to skipped, with a reason in ``work_note``; its flow and tasks are stopped."""
    return apply_transition(RequestItem, pk, "skip", actor=actor, expected_version=expected_version, **words)


def start_task(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> CatalogTask:
    """Begin work on a task; without an assignee the acting member of its group takes it."""
    return apply_transition(CatalogTask, pk, "start", actor=actor, expected_version=expected_version, **words)


def complete_task(
    pk: int,
    *,
    actor: Actor,
    serial: str = "",
    close_notes: str = "",
    expected_version: int | None = None,
    **words: str,
) -> CatalogTask:
    """The task is done; ``serial`` is the serial number of what was handed out, if it has one."""
    return apply_transition(
        CatalogTask,
        pk,
        "complete",
        actor=actor,
        expected_version=expected_version,
        serial=serial,
        close_notes=close_notes,
        **words,
    )


def incomplete_task(
    pk: int, *, actor: Actor, close_notes: str, expected_version: int | None = None, **words: str
) -> CatalogTask:
    """The task could not be done; ``close_notes`` say why."""
    return apply_transition(
        CatalogTask,
        pk,
        "incomplete",
        actor=actor,
        expected_version=expected_version,
        close_notes=close_notes,
        **words,
    )


def skip_task(
    pk: int, *, actor: Actor, close_notes: str, expected_version: int | None = None, **words: str
) -> CatalogTask:
    """The task was not needed; ``close_notes`` say why."""
    return apply_transition(
        CatalogTask,
        pk,
        "skip",
        actor=actor,
        expected_version=expected_version,
        close_notes=close_notes,
        **words,
    )


SERVICES: dict[str, dict[str, Callable[..., Ticket | Any]]] = {
    "request": {"cancel": cancel_request},
    "ritm": {
        "cancel": cancel_item,
        "accept": accept_item,
        "complain": complain_item,
        "complete": complete_item,
        "incomplete": incomplete_item,
        "skip": skip_item,
    },
    "sctask": {
        "start": start_task,
        "complete": complete_task,
        "incomplete": incomplete_task,
        "skip": skip_task,
    },
}
