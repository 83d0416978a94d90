"""What is done about a caller who does not answer, and when (PROCESSES INC-04)."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from core.settings_store import value
from incidents.choices import MajorStatus
from incidents.models import CallerWait, Incident
from schedules.selectors import business_time_of_group


class Step(NamedTuple):
    """The caller is reminded at that instant, or the incident is given up."""

    at: dt.datetime
    gives_up: bool


def begin(incident: Incident, *, now: dt.datetime) -> None:
    """Count from now on how long the caller leaves us waiting; part of the move that puts it on hold."""
    step = next_step(incident, now, reminders=0)
    wait = {"asked_at": now, "reminders": 0, "due_at": step.at if step else None}
    CallerWait.objects.update_or_create(incident=incident, defaults=wait)


def next_step(incident: Incident, asked_at: dt.datetime, *, reminders: int) -> Step | None:
    """What comes after so many reminders, in business days of the group since the question; None: no more.

    A major incident is never given up (INC-15).
    """
    asked = (value("incident.reminder_days"), value("incident.second_reminder_days"))
    left = sorted(days for days in asked if days > 0)[reminders:]
    is_major = incident.major_status == MajorStatus.ACCEPTED
    last = 0 if is_major else max(value("incident.no_answer_resolve_days"), 0)
    if not left and not last:
        return None
    gives_up = not left or 0 < last <= left[0]
    calendar = business_time_of_group(incident.group_id)
    return Step(calendar.add_business_days(asked_at, last if gives_up else left[0]), gives_up)
