"""What is known already of a report that somebody types: open tickets, and errors with a way around."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.models import User
from desk.selectors.lists import Row, as_rows
from tickets.choices import Phase
from tickets.likeness import alike
from tickets.selectors import as_kinds

FEW = 5


@dataclass(frozen=True)
class Alike:
    """Known errors, with their workaround, and open incidents that say much the same; the best first."""

    known_errors: Sequence[Any]
    incidents: list[Row]


def known_already(actor: User, text: str) -> Alike:
    """What ``actor`` sees of what is like ``text``."""
    errors = alike(actor, text, among=Q(active=True, problem__is_known_error=True), most=FEW)
    open_ones = Q(active=True, kind="incident", phase__in=[Phase.OPEN, Phase.WAITING])
    return Alike(as_kinds(errors), as_rows(alike(actor, text, among=open_ones, most=FEW)))
