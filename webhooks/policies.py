"""Who may see and change webhooks, and whose rights one may be given."""

from __future__ import annotations

from django.db.models import Q

from accounts.choices import Grant
from accounts.models import User
from accounts.policies import Actor, company_wall, has_grant, may_mint

ACTIONS = ("read", "edit", "rotate", "replay", "test", "delete")


def visible_to(actor: Actor) -> Q:
    """The webhooks ``actor`` may see: for who edits the configuration those of the company."""
    return company_wall(actor) if may(actor, "read") else Q(pk__in=[])


def may(actor: Actor, action: str) -> bool:
    """Whether ``actor`` may read webhooks and what they sent, edit, test, replay, rotate or delete them."""
    return action in ACTIONS and has_grant(actor, Grant.CONFIG_WRITE)


def may_lend(actor: Actor, person: User) -> bool:
    """Whether ``actor`` may have a webhook see what ``person`` sees.

    Oneself, or a service account one could make a token for: nobody gets sight of what he cannot see by
    having it sent to an address of his own (SECURITY AC-7).
    """
    if actor is None or actor.pk == person.pk:
        return True
    return person.is_service and person.company_id == actor.company_id and may_mint(actor, person)
