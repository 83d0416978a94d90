"""Who reads reports. What they count is decided by the gate of tickets, row by row."""

from __future__ import annotations

from accounts.policies import Actor
from tickets.policies import reads_internal


def may_read(actor: Actor) -> bool:
    """Whether ``actor`` may see figures about clocks, which are internal to the teams (PROCESSES G-08)."""
    return reads_internal(actor)
