"""Doing a thing once, however often it is asked for with the same key (RELIABILITY RL-20, API A-21)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from core.errors import BadInputError, FieldError, RuleRefusedError
from core.models import IdempotencyKey


@dataclass(frozen=True)
class Outcome:
    """The answer of the first call; ``replayed`` tells that this call was a repeat and did nothing."""

    answer: Any
    replayed: bool


def fingerprint(*parts: bytes | str) -> str:
    """A hash that two requests share only when they ask for the same thing."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode() if isinstance(part, str) else part)
        digest.update(b"\0")
    return digest.hexdigest()


def check_key(key: str) -> str:
    """The key itself. Raises BadInputError unless it is 1 to 255 visible ASCII characters."""
    if not 1 <= len(key) <= 255 or not all(33 <= ord(letter) <= 126 for letter in key):
        told = _("Idempotency-Key must be 1 to 255 visible ASCII characters.")
        raise BadInputError(told, errors=[FieldError("@Idempotency-Key", "invalid", told)])
    return key


@transaction.atomic
def once(*, caller: str, scope: str, key: str, body_hash: str, action: Callable[[], Any]) -> Outcome:
    """The outcome of ``action``, which runs at most once per (caller, scope, key) and must return JSON.

    A twin that runs at this moment is waited for (up to the database's ``lock_timeout``).
    A refusal stores nothing: the exception of ``action`` passes through and the key stays free.
    Raises RuleRefusedError ``idempotency_key_reused`` when the key was used for another request.
    """
    mine = _take(caller, scope[:200], check_key(key), body_hash)
    if mine is None:
        stored = _stored(caller, scope, key, body_hash)
        return Outcome(stored.answer, replayed=True)
    answer = action()
    IdempotencyKey.objects.filter(pk=mine).update(answer=answer)
    return Outcome(answer, replayed=False)


def claim(*, caller: str, scope: str, key: str, body_hash: str) -> bool:
    """Whether this very request was made before; if not, its key is taken from now on, without an answer.

    For what is repeatable part by part. Raises RuleRefusedError ``idempotency_key_reused`` as ``once`` does.
    """
    if _take(caller, scope[:200], check_key(key), body_hash) is not None:
        return False
    _stored(caller, scope, key, body_hash)
    return True


def _stored(caller: str, scope: str, key: str, body_hash: str) -> IdempotencyKey:
    """The row of an earlier request. Raises RuleRefusedError when that was another one."""
    stored = IdempotencyKey.objects.get(caller=caller, scope=scope[:200], key=key)
    if stored.fingerprint != body_hash:
        raise RuleRefusedError(
            _("This Idempotency-Key was already used for a different request."),
            code="idempotency_key_reused",
        )
    return stored


def _take(caller: str, scope: str, key: str, body_hash: str) -> int | None:
    """The new row's primary key; None when there is one already, whose transaction has ended by now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencykey (caller, scope, key, fingerprint) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING RETURNING id",
            [caller, scope, key, body_hash],
        )
        found = cursor.fetchone()
    return found[0] if found else None
