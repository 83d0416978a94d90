"""Who sees a saved view, and who changes it: the rules of all that people share in the workspace."""

from __future__ import annotations

from django.db.models import Q

from accounts import sharing
from accounts.access.decisions import Decision
from accounts.policies import Actor
from desk.models import SavedView


def visible_views(actor: Actor) -> Q:
    """The views ``actor`` is shown: the own ones, those of their teams, and those for all agents."""
    return sharing.shown_to(actor)


def why_change(actor: Actor, view: SavedView) -> Decision:
    """Whether ``actor`` may rename, share, update and delete this visible view, and by which rule."""
    return sharing.why_change(actor, view)
