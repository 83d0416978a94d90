"""Moves of incidents; each wraps and raises as ``tickets.services.apply_transition``."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core.errors import NotAllowedError, invalid
from core.settings_store import value
from core.time import db_now
from incidents.choices import HoldReason
from incidents.models import Incident
from incidents.services.merging import merge_incident
from incidents.services.tasks import end_open_tasks
from incidents.waiting import begin as begin_waiting
from schedules.selectors import business_time_of_group
from tickets.policies import may
from tickets.services import apply_transition, locked


def start_incident(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> Incident:
    """Begin work: the incident goes to ``in_progress``. Raises as ``apply_transition``."""
    return apply_transition(Incident, pk, "start", actor=actor, expected_version=expected_version, **words)


@transaction.atomic
def hold_incident(
    pk: int,
    *,
    actor: Actor,
    hold_reason: str,
    hold_until: dt.datetime | None = None,
    comment: str = "",
    expected_version: int | None = None,
    **words: str,
) -> Incident:
    """Let the incident wait. Awaiting the caller needs a public comment, and reminds of it (INC-04).

    ``hold_until`` defaults by reason, in business days of the group. Raises as ``apply_transition``.
    """
    if hold_reason == HoldReason.AWAITING_CALLER and not comment:
        raise invalid("comment", _("Tell the requester what you need from them."), code="required")
    now = db_now()
    until = hold_until or _default_hold_end(pk, hold_reason, now)
    if until <= now:
        raise invalid("hold_until", _("This must lie in the future."))
    held = apply_transition(
        Incident,
        pk,
        "hold",
        actor=actor,
        expected_version=expected_version,
        hold_reason=hold_reason,
        hold_until=until,
        comment=comment,
        **words,
    )
    if hold_reason == HoldReason.AWAITING_CALLER:
        begin_waiting(held, now=now)
    return held


def _default_hold_end(pk: int, reason: str, now: dt.datetime) -> dt.datetime:
    days = 30 if reason == HoldReason.AWAITING_PROBLEM else value("incident.hold_days")
    if reason == HoldReason.AWAITING_CALLER:  # it does not go on before it is given up
        days = max(days, value("incident.no_answer_resolve_days"))
    group_id = Incident.objects.filter(pk=pk).values_list("group", flat=True).first()
    return business_time_of_group(group_id).add_business_days(now, days)


def resume_incident(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> Incident:
    """End the waiting. Raises as ``apply_transition``."""
    return apply_transition(Incident, pk, "resume", actor=actor, expected_version=expected_version, **words)


@transaction.atomic
def resolve_incident(
    pk: int, *, actor: Actor, expected_version: int | None = None, close_tasks: bool = False, **inputs: Any
) -> Incident:
    """Record that service is restored; agents give ``close_code`` and ``close_notes``.

    It is refused while a task is open, unless ``close_tasks`` says to close them as incomplete (INC-09).
    Raises as above.
    """
    if close_tasks:
        incident = locked(Incident, pk, actor=actor, expected_version=expected_version)
        if not may(actor, incident, "add_task"):
            raise NotAllowedError
        notes = _("%(number)s was resolved before this task was done.") % {"number": incident.number}
        end_open_tasks(incident, "incomplete", notes)
    return apply_transition(Incident, pk, "resolve", actor=actor, expected_version=expected_version, **inputs)


def reopen_incident(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> Incident:
    """Take a resolved incident up again; the requester says why in ``comment``. Raises as above."""
    return apply_transition(Incident, pk, "reopen", actor=actor, expected_version=expected_version, **words)


def close_incident(pk: int, *, actor: Actor, expected_version: int | None = None, **words: str) -> Incident:
    """Close a resolved incident for good. Raises as above."""
    return apply_transition(Incident, pk, "close", actor=actor, expected_version=expected_version, **words)


def cancel_incident(
    pk: int, *, actor: Actor, reason_text: str, expected_version: int | None = None, **words: str
) -> Incident:
    """Withdraw an incident with a reason. Raises as above."""
    return apply_transition(
        Incident,
        pk,
        "cancel",
        actor=actor,
        expected_version=expected_version,
        reason_text=reason_text,
        **words,
    )


SERVICES = {
    "start": start_incident,
    "hold": hold_incident,
    "resume": resume_incident,
    "resolve": resolve_incident,
    "reopen": reopen_incident,
    "close": close_incident,
    "cancel": cancel_incident,
    "merge": merge_incident,
}
