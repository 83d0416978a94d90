"""Ending sessions. It counts at the next request of theirs, and within 5 s for streams (SECURITY SE-2)."""

from __future__ import annotations

from django.db import transaction

from accounts import tokens
from accounts.models import Session, User
from accounts.policies import may_end
from accounts.sessions.devices import words
from accounts.sessions.store import living
from core import audit
from core.errors import NotAllowedError


@transaction.atomic
def end(session: Session, *, actor: User) -> None:
    """End one session. Raises NotAllowedError."""
    person = session.user
    if person is None or not may_end(actor, person):
        raise NotAllowedError
    if Session.objects.filter(public_id=session.public_id).delete()[0]:
        _record(actor, person, {"session": [words(session.user_agent), None]})


@transaction.atomic
def end_all(person: User, *, actor: User, but: str = "", with_tokens: bool = False) -> int:
    """End every session of the person, but that with the key ``but``; how many there were.

    ``with_tokens`` ends the person's tokens as well. Raises NotAllowedError.
    """
    if not may_end(actor, person):
        raise NotAllowedError
    ended, _of_what = Session.objects.filter(user=person.pk).exclude(session_key=but).delete()
    if with_tokens:
        tokens.revoke_all(person, actor=actor)
    if ended:
        _record(actor, person, {"sessions": [ended, 0]})
    return ended


def _record(actor: User, person: User, diff: dict[str, list[object]]) -> None:
    audit.write(
        actor=actor, table="accounts_user", object_ref=person.username, action="signed_out", diff=diff
    )


def forget_old() -> None:
    """Remove sessions that have ended by themselves; once an hour."""
    Session.objects.exclude(pk__in=living().order_by().values("pk")).delete()
