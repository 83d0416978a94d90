"""The link in a mail that opens the question how a ticket went, without signing in (PROCESSES INC-16).

It is a signature over the question's id: no table holds it, and it opens nothing but this one question.
"""

from __future__ import annotations

import uuid

from django.core.signing import BadSignature, Signer

from core.errors import NotVisibleError

_SEP = "~"  # like the rest of the token it needs no escaping in an address


def token_of(public_id: uuid.UUID) -> str:
    """The secret part of the link for the question of that id."""
    return _signer().sign(public_id.hex)


def asked_by(token: str) -> uuid.UUID:
    """The id of the question that the link opens. Raises NotVisibleError for one that we did not make."""
    try:
        return uuid.UUID(_signer().unsign(token))
    except (BadSignature, ValueError) as error:
        raise NotVisibleError from error


def _signer() -> Signer:
    return Signer(salt="tickets.surveys", sep=_SEP)
