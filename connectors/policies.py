"""Who may see and change connectors: what they hold and what they were told is for administrators."""

from __future__ import annotations

from accounts.choices import Grant
from accounts.policies import Actor, has_grant

ACTIONS = ("read", "edit", "set_secret", "test")


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may read connectors and their calls, edit them, set secrets or send a test call."""
    return action in ACTIONS and has_grant(actor, Grant.CONFIG_WRITE)
