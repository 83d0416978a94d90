"""What the platform does with incidents by itself: after an answer, and when a time has come."""

from __future__ import annotations

import datetime as dt
from functools import cache

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.selectors import person
from core import sweep
from core.settings_store import value
from core.time import db_now
from incidents.choices import HoldReason, State
from incidents.lifecycle import is_inside_reopen_window
from incidents.major import is_major
from incidents.models import Incident
from incidents.services.moving import close_incident, reopen_incident, resume_incident
from schedules.selectors import business_time_of_group
from tickets.policies import is_requester_side

REOPEN_WORDS = ("reopen", "please reopen", "다시 열기")


@transaction.atomic
def reopen_after_reply(pk: int, *, speaker_id: int, text: str) -> None:
    """Reopen a resolved incident when its requester asks by keyword, or by any reply if so set (INC-07)."""
    row = Incident.objects.filter(pk=pk, state=State.RESOLVED).first()
    if row is None or is_major(row) or not is_requester_side(person(speaker_id), row):
        return  # nor is a major incident the requester's to reopen (INC-15)
    asked = text.strip().lower().rstrip(".!") in REOPEN_WORDS
    if (asked or value("incident.reply_reopens")) and is_inside_reopen_window(row):
        reopen_incident(pk, actor=None, work_note=_("Reopened by the requester's reply."))


@transaction.atomic
def resume_after_answer(pk: int, *, speaker_id: int) -> None:
    """Resume an incident that awaits its caller, if the speaker is the caller; run twice it acts once."""
    row = Incident.objects.filter(pk=pk).select_for_update(no_key=True, of=("self", "ticket_ptr")).first()
    if row is None or row.state != State.ON_HOLD or row.hold_reason != HoldReason.AWAITING_CALLER:
        return
    if is_requester_side(person(speaker_id), row):
        resume_incident(pk, actor=None, work_note=_("The requester answered; work resumes."))


@sweep.register
def resume_overdue_holds(*, limit: int) -> int:
    """Resume incidents whose ``hold_until`` has passed, with a work note (INC-04); returns how many."""
    due = Incident.objects.filter(state=State.ON_HOLD, hold_until__lte=db_now()).order_by("hold_until", "pk")
    return sum(_resume_one(pk) for pk in due.values_list("pk", flat=True)[: min(limit, 50)])


@transaction.atomic
def _resume_one(pk: int) -> int:
    row = Incident.objects.filter(pk=pk).select_for_update(
        no_key=True, skip_locked=True, of=("self", "ticket_ptr")
    )
    incident = row.first()
    if incident is None or incident.state != State.ON_HOLD or (incident.hold_until or db_now()) > db_now():
        return 0
    resume_incident(pk, actor=None, work_note=_("The waiting time is over; work resumes."))
    return 1


@sweep.register
def close_resolved(*, limit: int) -> int:
    """Close incidents resolved ``incident.auto_close_days`` business days ago, never major ones (INC-08)."""
    days = value("incident.auto_close_days")
    if not days:
        return 0
    now = db_now()
    # Business days are never shorter than calendar days, so this finds every candidate by the index.
    candidates = Incident.objects.filter(
        state=State.RESOLVED, active=True, phase="done", resolved_at__lte=now - dt.timedelta(days=days)
    ).exclude(major_status="accepted")
    closed = 0
    found = candidates.order_by("resolved_at", "pk").values_list("pk", "resolved_at", "group")
    calendar_of = cache(business_time_of_group)
    for pk, resolved_at, group_id in found[: min(limit, 50)]:
        calendar = calendar_of(group_id)
        if resolved_at is not None and calendar.add_business_days(resolved_at, days) <= now:
            closed += _close_one(pk)
    return closed


@transaction.atomic
def _close_one(pk: int) -> int:
    row = Incident.objects.filter(pk=pk).select_for_update(
        no_key=True, skip_locked=True, of=("self", "ticket_ptr")
    )
    incident = row.first()
    if incident is None or incident.state != State.RESOLVED or is_major(incident):
        return 0
    close_incident(pk, actor=None)
    return 1
