"""Who may enter the workspace; what they may do there is decided by the kinds and by ``tickets``."""

from __future__ import annotations

from accounts.policies import Actor
from tickets.policies import works_inside


def may_enter(actor: Actor) -> bool:
    """Whether ``actor`` is a person whose place the workspace is."""
    return actor is not None and works_inside(actor)
