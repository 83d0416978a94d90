"""Who may edit flows and act on runs."""

from __future__ import annotations

from accounts.access.decisions import UNKNOWN_ACTION, Decision
from accounts.choices import Grant
from accounts.policies import Actor, by_grant, by_grants, has_grant, of_all_companies
from tickets.models import Ticket
from tickets.policies import may as may_on
from tickets.policies import reads_internal

ACTIONS = ("edit", "publish", "retire", "operate", "read_runs", "signal", "hook")
# What changes a flow itself, which all companies share; runs belong to the company of their ticket.
SHARED = {"edit", "publish", "retire", "hook"}


def why(actor: Actor, action: str) -> Decision:
    """Whether ``actor`` may do this with flows or runs, and by which grants; ``may`` says what each is."""
    if action == "signal" and (signals := by_grants(actor, Grant.API_USE, Grant.TICKET_READ_ALL)):
        return signals
    if action == "read_runs":
        return by_grant(actor, Grant.TICKET_READ_INTERNAL, Grant.CONFIG_WRITE)
    if action not in ACTIONS:
        return UNKNOWN_ACTION
    found = by_grant(actor, Grant.CONFIG_WRITE)
    return of_all_companies(actor, found) if action in SHARED else found


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may edit, publish or retire flows, operate runs (retry, cancel), or read run details.

    ``hook`` is to make and to end the secret that calls from other systems are signed with.

    Reading a run's steps is for who reads what is internal, signals are for integrators too; all else for who
    edits configuration; the platform may all.
    """
    return bool(why(actor, action))


def may_start(actor: Actor, ticket: Ticket | None) -> bool:
    """Whether ``actor`` may start a manual flow about this visible ticket, or about none.

    Who edits configuration may; about a ticket also the agents who may change it.
    """
    if has_grant(actor, Grant.CONFIG_WRITE):
        return True
    return ticket is not None and reads_internal(actor) and may_on(actor, ticket, "update")
