"""Who may edit flows and act on runs."""

from __future__ import annotations

from accounts.choices import Grant
from accounts.policies import Actor, has_grant

ACTIONS = ("edit", "publish", "retire", "operate", "read_runs", "signal")


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may edit, publish or retire flows, operate runs (retry, cancel), or read run details.

    Reading a run's steps is for agents, signals are for integrators too; all else for who edits
    configuration; the platform may all.
    """
    if action == "signal" and has_grant(actor, Grant.API_USE) and has_grant(actor, Grant.TICKET_READ_ALL):
        return True
    if action == "read_runs":
        return has_grant(actor, Grant.TICKET_READ_ALL) or has_grant(actor, Grant.CONFIG_WRITE)
    return action in ACTIONS and has_grant(actor, Grant.CONFIG_WRITE)
