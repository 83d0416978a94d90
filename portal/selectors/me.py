"""What a person sees on their own page."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from accounts.models import User
from approvals.selectors import delegations_for
from core.time import db_now

SHOWN = 20
LAST_MOMENT = dt.timedelta(seconds=1)


@dataclass(frozen=True)
class Handover:
    """One delegation: who decides for whom, from which day until which."""

    public_id: uuid.UUID
    user: User
    delegate: User
    first: dt.datetime
    last: dt.datetime
    is_own: bool
    is_over: bool


def delegations(actor: User) -> list[Handover]:
    """The person's delegations and those given to them, newest first."""
    now = db_now()
    rows = [row for row in delegations_for(actor)[: SHOWN * 2] if actor.pk in {row.user_id, row.delegate_id}]
    return [
        Handover(
            public_id=row.public_id,
            user=row.user,
            delegate=row.delegate,
            first=row.during.lower,
            last=row.during.upper - LAST_MOMENT,
            is_own=row.user_id == actor.pk,
            is_over=row.during.upper <= now,
        )
        for row in rows[:SHOWN]
    ]
