"""Who may edit flows and act on runs."""

from __future__ import annotations

from accounts.choices import Grant
from accounts.policies import Actor, has_grant
from tickets.models import Ticket
from tickets.policies import may as may_on
from tickets.policies import reads_internal

ACTIONS = ("edit", "publish", "retire", "operate", "read_runs", "signal", "hook")


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may edit, publish or retire flows, operate runs (retry, cancel), or read run details.

    ``hook`` is to make and to end the secret that calls from other systems are signed with.

    Reading a run's steps is for agents, signals are for integrators too; all else for who edits
    configuration; the platform may all.
    """
    if action == "signal" and has_grant(actor, Grant.API_USE) and has_grant(actor, Grant.TICKET_READ_ALL):
        return True
    if action == "read_runs":
        return has_grant(actor, Grant.TICKET_READ_ALL) or has_grant(actor, Grant.CONFIG_WRITE)
    return action in ACTIONS and has_grant(actor, Grant.CONFIG_WRITE)


def may_start(actor: Actor, ticket: Ticket | None) -> bool:
    """Whether ``actor`` may start a manual flow about this visible ticket, or about none.

    Who edits configuration may; about a ticket also the agents who may change it.
    """
    if has_grant(actor, Grant.CONFIG_WRITE):
        return True
    return ticket is not None and reads_internal(actor) and may_on(actor, ticket, "update")
