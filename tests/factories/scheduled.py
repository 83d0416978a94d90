"""Schedules of tickets for tests, made through the services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F

from core.time import db_now
from scheduled import services
from scheduled.models import TicketSchedule
from tests.factories.accounts import UserFactory, administrator

DAY = dt.timedelta(days=1)


def make_schedule(key: str = "backups", **fields: Any) -> TicketSchedule:
    """Every day at 09:00 in Seoul from 2026-01-01 on: check the backups; of an administrator."""
    owner = fields.pop("owner", None) or administrator()
    given = {
        "title": "Check the backups",
        "requester": fields.pop("requester", None) or UserFactory(),
        "repeat": "daily",
        "at": dt.time(9),
        "starts_on": dt.date(2026, 1, 1),
    }
    return services.create(actor=None, key=key, owner=owner, **given | fields)


def make_due(row: TicketSchedule, *, ago: dt.timedelta = dt.timedelta(0), at: Any = None) -> dt.datetime:
    """Turn the schedule back, as if nothing had run since its newest time, ``ago`` before that, or ``at``."""
    newest = row.next_at - DAY if row.repeat == "daily" else db_now()
    due = at or newest - ago
    TicketSchedule.objects.filter(pk=row.pk).update(next_at=due, lock_version=F("lock_version"))
    row.refresh_from_db()
    return due
