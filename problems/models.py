"""Problems, their tasks, and what their incidents were told."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from core.settings_store import declare
from core.trail.tracking import RowHistory
from problems.choices import TaskType, Told
from problems.lifecycle import ProblemLifecycle, ProblemTaskLifecycle
from tickets.models import Ticket

declare("problem.cancel_open_tasks", default=True, help="Whether closing a problem cancels its open tasks.")
declare("problem.tasks_on_closed", default=False, help="Whether a closed problem may get new tasks.")


class Problem(ProblemLifecycle, Ticket):
    """The cause of incidents. How it ended is ``close_code`` (see ``choices.Resolution``).

    A known error has a workaround: its incidents are answered with it until the cause is gone.
    """

    cause_notes = models.TextField(blank=True)
    fix_notes = models.TextField(blank=True)
    workaround = models.TextField(blank=True)
    is_known_error = models.BooleanField(default=False)
    risk_reason = models.TextField(blank=True)
    risk_review_date = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_known_error=False) | ~Q(workaround=""), name="known_error_has_a_workaround"
            )
        ]
        indexes = [
            models.Index(
                fields=["risk_review_date"],
                condition=Q(risk_review_date__isnull=False),
                name="problem_risk_review",
            ),
            models.Index(
                fields=["is_known_error"], condition=Q(is_known_error=True), name="problem_known_errors"
            ),
        ]
        triggers = [RowHistory()]

    def flow_names(self) -> dict[str, str | bool]:
        """What flows may read of the problem: plain data."""
        return {"number": self.number, "state": self.state, "is_known_error": self.is_known_error}


class ProblemTask(ProblemTaskLifecycle, Ticket):
    """A piece of work for a problem, its ``parent``. ``flow_step`` is the step that waits for it."""

    type = models.CharField(max_length=12, choices=TaskType.choices, default=TaskType.GENERAL)
    flow_step = models.BigIntegerField(null=True, blank=True, db_index=True)

    class Meta:
        triggers = [RowHistory()]

    def flow_names(self) -> dict[str, str]:
        """What flows may read of the task: plain data."""
        return {"number": self.number, "title": self.title, "state": self.state}

    def flow_output(self) -> dict[str, str]:
        """What the waiting flow step gets: how it ended and the notes."""
        return {"number": self.number, "state": self.state, "notes": self.close_notes}


class Telling(models.Model):
    """An incident that was told a text of a problem, once: ``digest`` is the text's."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="tellings")
    incident = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=10, choices=Told.choices)
    digest = models.CharField(max_length=64)
    is_public = models.BooleanField()
    told_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["problem", "incident", "what", "digest", "is_public"], name="told_once"
            )
        ]
        triggers = [RowHistory(part_of="problem")]

    def __str__(self) -> str:
        return f"{self.what} of {self.problem_id} to {self.incident_id}"
