"""Who may read what was changed: of a record who may see it in full; of everything who audits."""

from __future__ import annotations

from accounts.access.decisions import Decision
from accounts.choices import Grant
from accounts.policies import Actor, by_grant, is_agent, of_all_companies
from tickets.policies import reads_internal


def why_audit(actor: Actor, action: str = "read") -> Decision:
    """Whether ``actor`` may read every change of the company, and by which grant."""
    return by_grant(actor, Grant.AUDIT_READ)


def may_audit(actor: Actor) -> bool:
    """Whether ``actor`` may read every change of the company."""
    return bool(why_audit(actor))


def may_read_tickets(actor: Actor) -> bool:
    """Whether ``actor`` may read what changed on tickets they see: internal fields are among it."""
    return reads_internal(actor)


def may_read_items(actor: Actor) -> bool:
    """Whether ``actor`` may read what changed on configuration items they see."""
    return is_agent(actor)


def may_read_people(actor: Actor) -> bool:
    """Whether ``actor`` may read what changed on people and groups of the company."""
    return bool(by_grant(actor, Grant.USERS_WRITE, Grant.AUDIT_READ))


def may_read_settings(actor: Actor) -> bool:
    """Whether ``actor`` may read what changed in the configuration, which all companies share."""
    return bool(of_all_companies(actor, by_grant(actor, Grant.CONFIG_WRITE, Grant.AUDIT_READ)))


def may_read_catalogue(actor: Actor) -> bool:
    """Whether ``actor`` may read what changed in the service catalog."""
    return bool(by_grant(actor, Grant.CATALOG_WRITE, Grant.CONFIG_WRITE, Grant.AUDIT_READ))
