"""Who uses macros, and who changes one: the rules of all that people share in the workspace."""

from __future__ import annotations

from django.db.models import Q

from accounts import sharing
from accounts.access.decisions import Decision
from accounts.policies import Actor
from macros.models import Macro
from tickets.policies import works_inside


def may_use(actor: Actor) -> bool:
    """Whether ``actor`` is a person who works on tickets in the workspace."""
    return actor is not None and works_inside(actor)


def visible_to(actor: Actor) -> Q:
    """The macros ``actor`` is shown: the own ones, those of their teams, and those for all agents."""
    return sharing.shown_to(actor) if may_use(actor) else Q(pk__in=())


def why_change(actor: Actor, macro: Macro) -> Decision:
    """Whether ``actor`` may change, share and delete this visible macro, and by which rule."""
    return sharing.why_change(actor, macro)
