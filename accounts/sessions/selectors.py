"""Who is signed in where."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Session, User
from accounts.policies import company_wall, may_end, why_people
from accounts.sessions import devices
from accounts.sessions.store import living
from core.errors import NotVisibleError

SHOWN = 200


@dataclass(frozen=True)
class SessionRow:
    """A session as pages show it."""

    public_id: UUID
    user: User
    device: str
    address: str
    signed_in_at: dt.datetime
    last_active_at: dt.datetime
    is_this: bool


def sessions_for(actor: User) -> QuerySet[Session]:
    """The living sessions ``actor`` may see, used last first: the own ones, or all of the company."""
    rows = living().filter(user__is_active=True).select_related("user")
    wall = company_wall(actor, "user__") if why_people(actor, "edit") else Q(user=actor.pk)
    return rows.filter(wall)


def session_with(actor: User, public_id: UUID) -> Session:
    """The living session with that id. Raises NotVisibleError."""
    found = sessions_for(actor).filter(public_id=public_id).first()
    if found is None or found.user is None or not may_end(actor, found.user):
        raise NotVisibleError
    return found


def own_sessions(actor: User, *, key: str = "") -> list[SessionRow]:
    """The reader's own sessions; ``key`` is the one that asks."""
    return rows_of(sessions_for(actor).filter(user=actor.pk)[:SHOWN], key=key)


def company_sessions(actor: User, *, query: str = "", key: str = "") -> list[SessionRow]:
    """The sessions of the company's people, narrowed by a part of name, user name or address."""
    rows = sessions_for(actor)
    if query:
        rows = rows.filter(
            Q(user__name_ko__icontains=query)
            | Q(user__name_en__icontains=query)
            | Q(user__username__icontains=query)
            | Q(user__email__icontains=query)
        )
    return rows_of(rows[:SHOWN], key=key)


def rows_of(sessions: Iterable[Session], *, key: str = "") -> list[SessionRow]:
    """The sessions as rows."""
    return [
        SessionRow(
            each.public_id,
            each.user,
            devices.words(each.user_agent),
            each.address or "",
            each.signed_in_at,
            each.last_active_at,
            bool(key) and each.session_key == key,
        )
        for each in sessions
        if each.user is not None and each.signed_in_at is not None
    ]


def living_sessions(keys: Iterable[str]) -> set[str]:
    """Those of the session keys that live, for streams."""
    return set(living().filter(session_key__in=list(keys)).order_by().values_list("session_key", flat=True))
