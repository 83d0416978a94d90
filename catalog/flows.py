"""What orders ask of the workflow engine: the only place of this app that knows it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.policies import Actor
from approvals.selectors import localized
from catalog.models import CatalogItemVersion, RequestItem
from catalog.models.orders import names_of_order
from workflows.selectors import (
    Stage,
    approvers_ahead,
    asks_approval,
    flow_exists,
    progress_for_many,
    published_graph,
    standing_of,
)
from workflows.services import cancel_runs, start_run

exists = flow_exists
__all__ = [
    "ApproverPreview",
    "Standing",
    "approvers_preview",
    "asks_approval",
    "exists",
    "stages",
    "stages_of",
    "standing",
    "start",
    "stop",
]


@dataclass(frozen=True)
class ApproverPreview:
    """Who will be asked, before the order is sent: people or groups by name; ``when`` is the step's name."""

    names: tuple[str, ...]
    when: str = ""


@dataclass(frozen=True)
class Standing:
    """Where an item's flow stands. ``outcome`` is None for an item without a flow, and while it runs."""

    is_open: bool = False
    outcome: str | None = None
    is_past_approval: bool = False
    stage: str = ""
    reason: str = ""


def start(item: RequestItem, *, actor: Actor) -> None:
    """Start the item's flow in the order's transaction, once. Raises RuleRefusedError when it is gone."""
    start_run(item.item_version.flow_key, ticket=item, vars={}, actor=actor, dedupe_key=f"ritm:{item.number}")


def stop(item: RequestItem) -> None:
    """Ask to stop what still runs for the item, with its open questions and tasks."""
    cancel_runs(item, actor=None, reason=item.close_notes)


def standing(item: RequestItem) -> Standing:
    """Where the item's flow stands now."""
    found = standing_of(item)
    if found is None:
        return Standing()
    return Standing(
        is_open=found.is_open,
        outcome=None if found.is_open else found.outcome,
        is_past_approval=found.is_past_approval,
        stage=found.stage,
        reason=found.reason,
    )


def stages(item: RequestItem) -> list[Stage]:
    """The stages the requester sees of one item; nothing for an item without a flow."""
    return stages_of([item]).get(item.pk, [])


def stages_of(items: Iterable[RequestItem]) -> dict[int, list[Stage]]:
    """The same for many items at the cost of one; items without a flow are left out."""
    return progress_for_many([item.pk for item in items])


def approvers_preview(
    version: CatalogItemVersion, person: User, total: Decimal, answers: dict[str, Any], quantity: int = 1
) -> list[ApproverPreview]:
    """Whom an order with these answers would ask, in order, if everybody agrees; nothing without a flow."""
    graph = published_graph(version.flow_key) if version.flow_key else None
    if graph is None:
        return []
    names = names_of_order(version, person, total, quantity, answers)
    asked = approvers_ahead(version.flow_key, requester=person, given={"ritm": names})
    return [
        ApproverPreview(each.names, str(localized(graph.nodes[each.node_id].get("label")) or ""))
        for each in asked
        if each.names
    ]
