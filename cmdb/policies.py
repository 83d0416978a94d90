"""Who may see and edit configuration items."""

from __future__ import annotations

from django.db.models import Q

from accounts.choices import Grant
from accounts.policies import Actor, company_wall, has_grant, is_agent


def visible_to(actor: Actor) -> Q:
    """Agents see the company's items; others their own ones and business services."""
    if is_agent(actor):
        return company_wall(actor)
    return company_wall(actor) & (Q(assigned_to=actor) | Q(owner=actor) | Q(ci_class__key="service"))


def may_write(actor: Actor) -> bool:
    """Whether ``actor`` may make and change configuration items."""
    return has_grant(actor, Grant.CMDB_WRITE)
