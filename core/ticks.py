"""Periodic jobs: one run per tick, by whoever claims it first (RELIABILITY RL-30)."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from core.models import ScheduleTick


def was_taken(schedule: str, tick_at: dt.datetime) -> bool:
    """Whether somebody has claimed this tick: the cheap question before the transaction."""
    return ScheduleTick.objects.filter(schedule=schedule, tick_at=tick_at).exists()


def claim(schedule: str, tick_at: dt.datetime) -> bool:
    """Whether this tick is the caller's, in its open transaction; a twin that works on it is waited for."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_scheduletick (schedule, tick_at) VALUES (%s, %s)"
            " ON CONFLICT DO NOTHING RETURNING id",
            [schedule, tick_at],
        )
        return cursor.fetchone() is not None
