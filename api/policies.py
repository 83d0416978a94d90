"""Whose a job is. What a job does is decided where it is done, each time anew."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import ApiToken, User


def visible_jobs(actor: User, token: ApiToken | None) -> Q:
    """The jobs ``actor`` may see: those they made; with a token that has scopes, those made by that token."""
    own = Q(owner=actor.pk)
    return own & Q(token=token.pk) if token is not None and token.scopes else own
