"""Incidents and their tasks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from core.fields import PublicIdField
from core.models import Record
from core.revisions import new_revision
from core.settings_store import declare, value
from core.trail.tracking import RowHistory
from incidents.choices import Audience, HoldReason, MajorAction, MajorStatus, Part, UpdateChannel, Verdict
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
declare("major.update_minutes", default=30, help="Minutes until the next update of a major incident is due.")
declare(
    "major.create",
    default="promote_existing",
    help="promote_existing: the incident itself is the major one; create_new: a new one above it is.",
)
declare("major.group", default="", help="Key of the group that has major incidents; empty = none.")


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


class MajorRule(Record):
    """Finds incidents that may be major ones (INC-14): by order, the first that fits counts.

    ``condition`` is asked of the incident. Where set, at least so many children hang on it, or so many people
    reported something on its configuration item within ``people_minutes``.
    """

    key = models.SlugField(unique=True)
    name_ko = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    order = models.PositiveIntegerField(default=100)
    condition = models.JSONField(default=dict, blank=True)
    least_children = models.PositiveIntegerField(null=True, blank=True)
    least_people = models.PositiveIntegerField(null=True, blank=True)
    people_minutes = models.PositiveIntegerField(default=15)
    action = models.CharField(max_length=10, choices=MajorAction.choices, default=MajorAction.PROPOSE)
    enabled = models.BooleanField(default=True)

    class Meta:
        triggers = [RowHistory(), new_revision("major_rule_revision", "major")]

    def __str__(self) -> str:
        return self.key


def _person(**kwargs: Any) -> Any:
    return models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", **kwargs)


class MajorProposal(models.Model):
    """That an incident is a major one, said by a person or found by a rule, and what became of it.

    A rule says so once of an incident: what was rejected is not proposed by it again.
    """

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="major_proposals")
    rule = models.ForeignKey(MajorRule, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_by = _person()
    proposed_at = models.DateTimeField(db_default=Now())
    reason = models.TextField()
    business_impact = models.TextField(blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    decided_by = _person()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["incident", "rule"], condition=Q(rule__isnull=False), name="rule_proposes_once"
            ),
            models.UniqueConstraint(
                fields=["incident"], condition=Q(verdict=Verdict.OPEN), name="one_open_proposal"
            ),
        ]
        triggers = [RowHistory(part_of="incident")]

    def __str__(self) -> str:
        return f"{self.verdict} of {self.incident_id}"


class MajorRoom(Record):
    """What is particular to an incident that was accepted as a major one.

    ``next_update_at`` is empty while no update is due: it ended. ``alerted_for`` is the due time that people
    were alerted of.
    """

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="room")
    started_at = models.DateTimeField()
    accepted_by = _person()
    business_impact = models.TextField()
    next_update_at = models.DateTimeField(null=True)
    alerted_for = models.DateTimeField(null=True)
    late_updates = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(
                fields=["next_update_at"], condition=Q(next_update_at__isnull=False), name="major_update_due"
            )
        ]
        triggers = [RowHistory(part_of="incident", noise=["alerted_for", "late_updates"])]

    def __str__(self) -> str:
        return f"room of {self.incident_id}"


class MajorSeat(models.Model):
    """Who does one part of the work on a major incident."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="major_seats")
    part = models.CharField(max_length=20, choices=Part.choices)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    since = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["incident", "part"], name="major_seat_once")]
        triggers = [RowHistory(part_of="incident")]

    def __str__(self) -> str:
        return f"{self.part} of {self.incident_id}"


class MajorUpdate(models.Model):
    """What was said about a major incident: by whom, to whom, in the languages it was written in."""

    public_id = PublicIdField()
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="major_updates")
    author = _person()
    audience = models.CharField(max_length=10, choices=Audience.choices)
    channel = models.CharField(max_length=10, choices=UpdateChannel.choices)
    text_ko = models.TextField(blank=True)
    text_en = models.TextField(blank=True)
    sent_at = models.DateTimeField(db_default=Now())
    reached = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text_ko="", text_en=""), name="major_update_says_something")
        ]
        triggers = [RowHistory(part_of="incident")]

    def __str__(self) -> str:
        return f"{self.audience} {self.public_id}"

    @property
    def korean(self) -> str:
        """What a Korean reader gets."""
        return self.text_ko or self.text_en

    @property
    def english(self) -> str:
        """What an English reader gets."""
        return self.text_en or self.text_ko


class MajorTodo(Record):
    """Something to be done about a major incident, by somebody."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="major_todos")
    text = models.CharField(max_length=300)
    owner = _person()
    done_at = models.DateTimeField(null=True)
    done_by = _person()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="major_todo_has_a_text")]
        triggers = [RowHistory(part_of="incident")]

    def __str__(self) -> str:
        return self.text


class MajorReview(Record):
    """What is learnt from a major incident: drafted when it is resolved, finished by its manager."""

    incident = models.OneToOneField(Incident, on_delete=models.PROTECT, related_name="major_review")
    summary = models.TextField(blank=True)
    timeline = models.TextField(blank=True)
    updates = models.TextField(blank=True)
    actions = models.TextField(blank=True)
    lessons = models.TextField(blank=True)
    accept_minutes = models.PositiveIntegerField()
    resolve_minutes = models.PositiveIntegerField()
    finished_at = models.DateTimeField(null=True)
    finished_by = _person()

    class Meta:
        triggers = [RowHistory(part_of="incident")]

    def __str__(self) -> str:
        return f"review of {self.incident_id}"
