"""Incidents and their tasks."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q

from accounts.models import User
from core.settings_store import declare, value
from core.trail.tracking import RowHistory
from incidents.choices import HoldReason, MajorStatus
from incidents.lifecycle import IncidentLifecycle, IncidentTaskLifecycle
from tickets.choices import Level
from tickets.models import Ticket

declare("incident.reopen_days", default=7, help="Days after the resolution in which one may reopen.")
declare("incident.auto_close_days", default=5, help="Business days until a resolved one closes; 0 = never.")
declare(
    "incident.hold_days", default=5, help="Business days one waits for caller or vendor before it resumes."
)
declare(
    "incident.reminder_days", default=2, help="Business days until a caller is reminded to answer; 0 = never."
)
declare(
    "incident.second_reminder_days",
    default=4,
    help="The same for the second time, counted from the question.",
)
declare(
    "incident.no_answer_resolve_days",
    default=0,
    help="Business days without an answer of the caller until it is resolved; 0 = never.",
)
declare("incident.reply_reopens", default=False, help="Whether any reply reopens a resolved incident.")


class Incident(IncidentLifecycle, Ticket):
    """An unplanned interruption of a service, or a drop in its quality."""

    severity = models.PositiveSmallIntegerField(choices=Level.choices, null=True, blank=True)
    major_status = models.CharField(max_length=10, choices=MajorStatus.choices, default=MajorStatus.NONE)
    hold_reason = models.CharField(max_length=20, choices=HoldReason.choices, blank=True)
    hold_until = models.DateTimeField(null=True, blank=True)
    last_reopened_at = models.DateTimeField(null=True, blank=True)
    last_reopened_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(hold_reason="") | Q(hold_until__isnull=False), name="incident_hold_has_an_end"
            )
        ]
        indexes = [
            models.Index(
                fields=["hold_until"], condition=Q(hold_until__isnull=False), name="incident_hold_due"
            )
        ]
        triggers = [RowHistory()]

    @property
    def reopen_deadline(self) -> dt.datetime | None:
        """Until when the requester may reopen; None while it is not resolved."""
        if self.resolved_at is None:
            return None
        return self.resolved_at + dt.timedelta(days=value("incident.reopen_days"))


class IncidentTask(IncidentTaskLifecycle, Ticket):
    """What one team does for an incident, its ``parent``. ``flow_step`` is the step that waits for it."""

    flow_step = models.BigIntegerField(null=True, blank=True, db_index=True)

    class Meta:
        triggers = [RowHistory()]

    def flow_names(self) -> dict[str, str]:
        """What flows may read of the task: plain data."""
        return {"number": self.number, "title": self.title, "state": self.state}

    def flow_output(self) -> dict[str, str]:
        """What the waiting flow step gets: the state it ended in and the notes."""
        return {"number": self.number, "state": self.state, "notes": self.close_notes}


class CallerWait(models.Model):
    """An incident that awaits its caller: since when, and when the platform does what next about it (INC-04).

    It stays until the incident is found not to wait any more. Without ``due_at`` nothing is left to be done.
    """

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, primary_key=True, related_name="+")
    asked_at = models.DateTimeField()
    reminders = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="caller_wait_due")]

    def __str__(self) -> str:
        return f"{self.incident_id} since {self.asked_at}"
