"""What a person sees on their own page."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field

from accounts.models import User
from approvals.choices import Scope
from approvals.selectors import delegations_for
from core.time import db_now

SHOWN = 20
LAST_MOMENT = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Handover:
    """An absence: who stands in for whom in what, from which day until which."""

    public_id: uuid.UUID
    user: User
    delegate: User
    first: dt.datetime
    last: dt.datetime
    is_own: bool
    is_over: bool
    scopes: list[str] = field(default_factory=list)


def delegations(actor: User) -> list[Handover]:
    """The person's absences and those in which they stand in, newest first; what began together is one."""
    now = db_now()
    found: dict[object, Handover] = {}
    for row in delegations_for(actor)[: SHOWN * 6]:
        if actor.pk not in {row.user_id, row.delegate_id}:
            continue
        key = (row.user_id, row.delegate_id, row.during.lower, row.during.upper)
        one = found.setdefault(
            key,
            Handover(
                public_id=row.public_id,
                user=row.user,
                delegate=row.delegate,
                first=row.during.lower,
                last=row.during.upper - LAST_MOMENT,
                is_own=row.user_id == actor.pk,
                is_over=row.during.upper <= now,
            ),
        )
        one.scopes.append(str(Scope(row.scope).label))
    return list(found.values())[:SHOWN]
