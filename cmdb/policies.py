"""Who may see and edit configuration items."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import PLATFORM, UNKNOWN_ACTION, Decision, RowRule, any_of, row_decision
from accounts.choices import Grant
from accounts.models import User
from accounts.policies import AGENT_GRANTS, Actor, agent_decision, by_grant, company_wall
from cmdb.models import CI

ACTIONS = ("read", "update")


def row_rules(actor: User) -> list[RowRule]:
    """Why ``actor`` sees items: agents those of the company; others their own ones and business services."""
    agent = agent_decision(actor)
    if agent:
        return [RowRule("agent", _("Agents see the items of their company."), Q(), agent.grants)]
    return [
        RowRule("holder", _("It is given to this person."), Q(assigned_to=actor)),
        RowRule("owner", _("This person is its owner."), Q(owner=actor)),
        RowRule("service", _("It is a business service: everybody sees those."), Q(ci_class__key="service")),
    ]


def visible_to(actor: Actor) -> Q:
    """Agents see the company's items; others their own ones and business services."""
    return Q() if actor is None else company_wall(actor) & any_of(row_rules(actor))


def why(actor: Actor, item: CI, action: str) -> Decision:
    """Whether ``actor`` may ``read`` or ``update`` this item, and by which rule."""
    if actor is None:
        return PLATFORM
    if action == "read":
        found = row_decision(CI, item.pk, company_wall(actor), row_rules(actor))
        return found if found or agent_decision(actor) else found.needing(AGENT_GRANTS)
    return why_write(actor) if action == "update" else UNKNOWN_ACTION


def why_write(actor: Actor, action: str = "update") -> Decision:
    """Whether ``actor`` may make and change configuration items."""
    return by_grant(actor, Grant.CMDB_WRITE)


def may_write(actor: Actor) -> bool:
    """Whether ``actor`` may make and change configuration items."""
    return bool(why_write(actor))
