"""Who may see and change connectors: what they hold and what they were told is for administrators."""

from __future__ import annotations

from accounts.access.decisions import UNKNOWN_ACTION, Decision
from accounts.choices import Grant
from accounts.policies import Actor, by_grant, of_all_companies

ACTIONS = ("read", "edit", "set_secret", "test")


def why(actor: Actor, action: str) -> Decision:
    """Whether ``actor`` may do this with connectors, and by which grant. All companies share them."""
    if action not in ACTIONS:
        return UNKNOWN_ACTION
    return of_all_companies(actor, by_grant(actor, Grant.CONFIG_WRITE))


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may read connectors and their calls, edit them, set secrets or send a test call."""
    return bool(why(actor, action))
