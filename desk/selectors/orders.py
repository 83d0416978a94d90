"""What an order consists of, for the people who fulfil it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from accounts.models import User


@dataclass(frozen=True)
class Order:
    """The ordered thing behind a request, a requested item or a catalog task."""


def order_of(actor: User, ticket: Any) -> Order | None:
    """The order that the ticket belongs to; None for tickets that are none."""
    return None
