"""Who may enter the workspace; what they may do there is decided by the kinds and by ``tickets``."""

from __future__ import annotations

from accounts.policies import Actor, is_agent


def may_enter(actor: Actor) -> bool:
    """Whether ``actor`` is a person who works on tickets of others."""
    return actor is not None and is_agent(actor)
