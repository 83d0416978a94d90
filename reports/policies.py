"""Who reads reports. What they count is decided by the gate of tickets, row by row."""

from __future__ import annotations

from accounts.access.decisions import Decision
from accounts.policies import Actor
from tickets.policies import why_internal


def why_read(actor: Actor, action: str = "read") -> Decision:
    """Whether ``actor`` may see figures about clocks, and by which grant."""
    return why_internal(actor)


def may_read(actor: Actor) -> bool:
    """Whether ``actor`` may see figures about clocks, which are internal to the teams (PROCESSES G-08)."""
    return bool(why_read(actor))
