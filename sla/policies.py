"""Who may see and change definitions: agents read those in force, administrators edit."""

from __future__ import annotations

from django.db.models import Q

from accounts.access.decisions import UNKNOWN_ACTION, Decision
from accounts.choices import Grant
from accounts.policies import Actor, by_grant, of_all_companies
from sla.choices import Status

ACTIONS = ("read", "edit")
_NEEDS = {"read": (Grant.TICKET_READ_ALL, Grant.CONFIG_WRITE), "edit": (Grant.CONFIG_WRITE,)}


def why(actor: Actor, action: str) -> Decision:
    """Whether ``actor`` may read definitions or edit them, and by which grant. All companies share them."""
    if action not in _NEEDS:
        return UNKNOWN_ACTION
    found = by_grant(actor, *_NEEDS[action])
    return of_all_companies(actor, found) if action == "edit" else found


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may read definitions or edit them."""
    return bool(why(actor, action))


def visible_definitions(actor: Actor) -> Q:
    """The versions ``actor`` may see: all for who edits them, those in force for who works with tickets."""
    if may(actor, "edit"):
        return Q()
    return Q(status=Status.PUBLISHED) if may(actor, "read") else Q(pk__in=[])
