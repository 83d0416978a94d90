"""Who may see and change schedules of tickets: who edits the configuration, those of the own company."""

from __future__ import annotations

from django.db.models import Q

from accounts.access.decisions import UNKNOWN_ACTION, Decision
from accounts.choices import Grant
from accounts.models import User
from accounts.policies import Actor, by_grant, company_wall

ACTIONS = ("read", "edit", "run", "delete")


def visible_to(actor: Actor) -> Q:
    """The schedules ``actor`` may see."""
    return company_wall(actor) if may(actor, "read") else Q(pk__in=())


def why(actor: Actor, action: str) -> Decision:
    """Whether ``actor`` may do this with the schedules of the own company, and by which grant."""
    return by_grant(actor, Grant.CONFIG_WRITE) if action in ACTIONS else UNKNOWN_ACTION


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may read, edit, run by hand or delete the schedules of the own company."""
    return bool(why(actor, action))


def may_own(person: User) -> bool:
    """Whether the person can look after a schedule: is active, and may open its page."""
    return person.is_active and may(person, "read")
