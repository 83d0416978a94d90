"""Who looks after service accounts. Nobody gives one a role above their own rights (SECURITY AC-7)."""

from __future__ import annotations

from accounts.models import Role, User
from accounts.policies import Actor, grants_of, why_people


def may_read(actor: Actor) -> bool:
    """Whether ``actor`` may see service accounts and all tokens of the company."""
    return bool(why_people(actor, "edit"))


def may_edit(actor: Actor) -> bool:
    """Whether ``actor`` may make service accounts, and change those of the company."""
    return bool(why_people(actor, "edit"))


def may_give(actor: User, role: Role) -> bool:
    """Whether ``actor`` holds all that the role grants."""
    return set(role.grants) <= grants_of(actor)
