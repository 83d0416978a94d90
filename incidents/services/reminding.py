"""Reminding callers who do not answer, and giving up (PROCESSES INC-04)."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from core import outbox, rows, sweep
from core.errors import DomainError
from core.time import db_now
from incidents.choices import CloseCode, HoldReason, State
from incidents.models import CallerWait, Incident
from incidents.selectors import last_question
from incidents.services.moving import resolve_incident
from incidents.waiting import next_step
from tickets.choices import ActivityKind
from tickets.services import add_work_note
from tickets.services.writing import activity

_PAUSE = dt.timedelta(days=1)  # between two steps, also after the platform has stood still


@sweep.register
def remind_callers(*, limit: int) -> int:
    """Remind callers who were asked ``incident.reminder_days`` ago, and resolve what nobody answers.

    Publishes ``incident.caller_reminded``. Returns how many incidents something was done about.
    """
    due = CallerWait.objects.filter(due_at__lte=db_now()).order_by("due_at", "pk")
    return sum(_act(pk) for pk in due.values_list("pk", flat=True)[: min(limit, 50)])


@transaction.atomic
def _act(pk: int) -> int:
    row = Incident.objects.filter(pk=pk)
    incident = row.select_for_update(no_key=True, skip_locked=True, of=("self", "ticket_ptr")).first()
    wait = CallerWait.objects.filter(pk=pk).first()
    if incident is None or wait is None:
        return 0  # somebody works on it right now
    if incident.state != State.ON_HOLD or incident.hold_reason != HoldReason.AWAITING_CALLER:
        wait.delete()
        return 0
    now = db_now()
    step = next_step(incident, wait.asked_at, reminders=wait.reminders)
    if step is None or step.at > now:  # settings, group or calendar are others by now
        _look_again(wait, step.at if step else None)
        return 0
    if step.gives_up:
        _give_up(incident)
        _look_again(wait, None)
        return 1
    _remind(incident, now)
    wait.reminders += 1
    after = next_step(incident, wait.asked_at, reminders=wait.reminders)
    _look_again(wait, max(after.at, now + _PAUSE) if after else None)
    return 1


def _look_again(wait: CallerWait, due_at: dt.datetime | None) -> None:
    wait.due_at = due_at
    wait.save(update_fields=["reminders", "due_at"])


def _remind(incident: Incident, now: dt.datetime) -> None:
    line = activity(incident, None, ActivityKind.SYSTEM, verb="caller_reminded", is_public=True, at=now)
    rows.insert([line])
    payload = {"ticket_id": incident.pk, "number": incident.number, "kind": incident.kind}
    outbox.publish("incident.caller_reminded", payload | {"question_id": last_question(incident)})


def _give_up(incident: Incident) -> None:
    try:
        with transaction.atomic():
            resolve_incident(
                incident.pk,
                actor=None,
                close_code=CloseCode.NO_RESOLUTION_PROVIDED,
                close_notes=_("We had no answer to our question. Answer or reopen, and we go on."),
            )
    except DomainError as refusal:
        reason = refusal.errors[0].detail if refusal.errors else refusal.detail
        note = _("The caller does not answer, but it cannot be resolved: %(reason)s")
        add_work_note(incident.pk, actor=None, body=note % {"reason": reason})
