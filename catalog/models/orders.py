"""Requests (REQ), requested items (RITM) and catalog tasks (SCTASK)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from catalog.choices import Period
from catalog.lifecycle import CatalogTaskLifecycle, ItemLifecycle, RequestLifecycle
from catalog.models.catalogue import CatalogItemVersion
from catalog.summary import decision_summary
from core.settings_store import declare
from core.trail.tracking import RowHistory
from tickets.models import Ticket

declare(
    "request.accept_days",
    default=3,
    help="Business days after which a delivered item counts as accepted; 0 = never.",
)


class _For:
    """The person an order is for is its requester: their manager is asked, it is in their list."""

    if TYPE_CHECKING:
        requester: User

    @property
    def requested_for(self) -> User:
        """The person who gets it."""
        return self.requester


class Request(RequestLifecycle, _For, Ticket):
    """What one person ordered at once: the bracket around its items."""

    # Named by hand: the automatic name on Ticket would hide the item's own ``request``.
    ticket_ptr = models.OneToOneField(
        Ticket, on_delete=models.CASCADE, parent_link=True, primary_key=True, related_name="as_request"
    )
    total = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    recurring_total = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, default="KRW")

    class Meta:
        triggers = [RowHistory()]


class RequestItem(ItemLifecycle, _For, Ticket):
    """One ordered thing for one person. Version, answers and prices stay as they were when it was ordered.

    ``variables`` are the checked answers; ``collected`` is what the platform noted of the person then;
    ``stage`` is the flow's present stage; prices are for the whole line.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="items")
    item_version = models.ForeignKey(
        CatalogItemVersion, on_delete=models.PROTECT, related_name="orders", db_index=False
    )
    variables = models.JSONField(default=dict)
    collected = models.JSONField(default=dict)
    quantity = models.PositiveSmallIntegerField(default=1)
    price = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    recurring_price = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    recurring_period = models.CharField(max_length=5, choices=Period.choices, default=Period.NONE, blank=True)
    currency = models.CharField(max_length=3, default="KRW")
    stage = models.CharField(max_length=60, blank=True)
    expected_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gte=1), name="ritm_quantity")]
        indexes = [models.Index("item_version", F("ticket_ptr").desc(), name="ritm_of_version")]
        triggers = [RowHistory()]

    def flow_names(self) -> dict[str, Any]:
        """What flows may read of the item as ``ritm.…``: plain data, money as exact numbers."""
        answers = {**self.collected, **self.variables}
        names = names_of_order(self.item_version, self.requester, self.price, self.quantity, answers)
        return names | {"number": self.number, "request": self.request.number, "stage": self.stage}

    def decision_summary(self) -> dict[str, Any]:
        """What approvers are shown, in both languages."""
        return decision_summary(self)

    def flow_output(self) -> dict[str, Any]:
        """What a flow step gets back when this item ends."""
        return {"number": self.number, "state": self.state, "notes": self.close_notes}


class CatalogTask(CatalogTaskLifecycle, Ticket):
    """What one team does for a requested item.

    ``result`` is what the team filled in; ``flow_step`` is the step that waits for it; ``round`` counts the
    complaints of the person it is for: one task for each.
    """

    ritm = models.ForeignKey(RequestItem, on_delete=models.PROTECT, related_name="tasks", db_index=False)
    flow_step = models.BigIntegerField(null=True, blank=True, db_index=True)
    result = models.JSONField(default=dict, blank=True)
    round = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ritm", "round"], condition=Q(round__gt=0), name="one_task_per_complaint"
            )
        ]
        indexes = [models.Index(fields=["ritm", "ticket_ptr"], name="sctask_of_item")]
        triggers = [RowHistory()]

    def flow_names(self) -> dict[str, Any]:
        """What flows may read of the task: plain data."""
        return {"number": self.number, "title": self.title, "state": self.state, **self.result}

    def flow_output(self) -> dict[str, Any]:
        """What the waiting flow step gets: the state it ended in and what the team filled in."""
        return {"number": self.number, "state": self.state, "notes": self.close_notes, **self.result}


def names_of_order(
    version: CatalogItemVersion, person: User, price: Any, quantity: int, answers: dict[str, Any]
) -> dict[str, Any]:
    """What flows may read of an order, made or only looked at."""
    amount = plain_money(price)
    return {
        "item": version.item.key,
        "item_name": version.name,
        "quantity": quantity,
        "price": amount,
        "currency": version.currency,
        "requested_for": person.username,
        "owner_group": version.item.owner_group.key if version.item.owner_group else None,
        "variables": {**answers, "price": amount, "quantity": quantity},
    }


def plain_money(amount: Any) -> int | float:
    """An amount as JSON number: whole won exactly, other currencies to the cent."""
    return int(amount) if amount == int(amount) else float(amount)
