"""Everybody reads their own notices; who edits configuration edits the texts."""

from __future__ import annotations

from django.db.models import Q

from accounts.choices import Grant
from accounts.policies import Actor, has_grant


def visible_to(actor: Actor) -> Q:
    """The notices ``actor`` may see: their own."""
    return Q() if actor is None else Q(user=actor)


def may_edit_texts(actor: Actor) -> bool:
    """Whether ``actor`` may change the texts of notices."""
    return has_grant(actor, Grant.CONFIG_WRITE)
