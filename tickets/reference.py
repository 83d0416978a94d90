"""The seed priority matrix (PROCESSES INC-05)."""

from __future__ import annotations

from typing import Any

from tickets.models import PriorityRow

MATRIX = {(1, 1): 1, (1, 2): 2, (2, 1): 2, (1, 3): 3, (2, 2): 3, (3, 1): 3, (2, 3): 4, (3, 2): 4, (3, 3): 5}


def load(**_kwargs: Any) -> None:
    """Make the cells that are missing."""
    rows = [PriorityRow(impact=i, urgency=u, priority=p) for (i, u), p in MATRIX.items()]
    PriorityRow.objects.bulk_create(rows, ignore_conflicts=True)
