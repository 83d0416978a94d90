"""Hand-overs for tests, made through the services."""

from __future__ import annotations

from typing import Any

from handovers.models import HandOver
from handovers.services import write_hand_over


def make_hand_over(writer: Any, group: Any, *tickets: Any, **fields: Any) -> HandOver:
    """A hand-over of that group with a note on each of ``tickets``."""
    notes = [(ticket, f"Look at {ticket.number}.") for ticket in tickets]
    return write_hand_over(actor=writer, group=group, **{"text": "A quiet night.", "notes": notes} | fields)
