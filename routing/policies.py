"""Who sees and changes assignment rules and the priority matrix: who edits what all companies share."""

from __future__ import annotations

from django.db.models import Q

from accounts.access.decisions import UNKNOWN_ACTION, Decision
from accounts.choices import Grant
from accounts.policies import Actor, by_grant, of_all_companies

ACTIONS = ("read", "edit", "delete")


def why(actor: Actor, action: str) -> Decision:
    """Whether ``actor`` may read, edit or delete rules, and by which grant.

    All companies share one list: the rules before a rule decide whether it is reached. So reading it, too, is
    for who may edit it.
    """
    if action not in ACTIONS:
        return UNKNOWN_ACTION
    return of_all_companies(actor, by_grant(actor, Grant.CONFIG_WRITE))


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may read, edit or delete rules."""
    return bool(why(actor, action))


def visible_to(actor: Actor) -> Q:
    """The rules, and the cells of the matrix, that ``actor`` may see."""
    return Q() if may(actor, "read") else Q(pk__in=())
