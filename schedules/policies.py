"""Who may see and change calendars: people who work with tickets read them, administrators change them."""

from __future__ import annotations

from accounts.choices import Grant
from accounts.policies import Actor, has_grant

_NEEDS = {"read": (Grant.TICKET_READ_ALL, Grant.CONFIG_WRITE), "edit": (Grant.CONFIG_WRITE,)}


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may read calendars or edit them."""
    return any(has_grant(actor, grant) for grant in _NEEDS.get(action, ()))
