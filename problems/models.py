"""Problems, their tasks, and what their incidents were told."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import Company, Group, User
from cmdb.models import CI
from core.models import Record
from core.settings_store import declare
from core.trail.tracking import RowHistory
from problems.choices import Bone, Reason, Standing, TaskType, Told, Verdict
from problems.lifecycle import ProblemLifecycle, ProblemTaskLifecycle
from tickets.models import Ticket

declare("problem.cancel_open_tasks", default=True, help="Whether closing a problem cancels its open tasks.")
declare("problem.candidate_days", default=30, help="Days back in which incidents count as coming again.")
declare(
    "problem.candidate_repeats", default=5, help="Incidents on one item and category that propose a problem."
)
declare("problem.candidate_alike", default=3, help="Incidents with texts alike that propose a problem.")
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
    # The major incident whose end made the platform open it: one for each, for ever (INC-15).
    opened_for = models.OneToOneField(
        Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

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


class Why(Record):
    """An answer in a problem's tree of whys: to why it is, or to why the answer above is (PRB-11)."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="whys")
    above = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="below")
    answer = models.CharField(max_length=300)
    evidence = models.TextField(blank=True)
    is_root = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["problem"], condition=Q(is_root=True), name="problem_has_one_root_cause"
            ),
            models.CheckConstraint(condition=~Q(answer=""), name="why_has_an_answer"),
        ]
        triggers = [RowHistory(part_of="problem")]

    def __str__(self) -> str:
        return self.answer


class BoneName(Record):
    """The name that one category has in the cause-and-effect diagram of one problem."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="bone_names")
    bone = models.CharField(max_length=12, choices=Bone.choices)
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["problem", "bone"], name="bone_named_once"),
            models.CheckConstraint(condition=~Q(name=""), name="bone_name_is_not_empty"),
        ]
        triggers = [RowHistory(part_of="problem")]

    def __str__(self) -> str:
        return self.name


class Factor(Record):
    """A possible cause in one category of a problem's cause-and-effect diagram."""

    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, related_name="factors")
    bone = models.CharField(max_length=12, choices=Bone.choices)
    text = models.CharField(max_length=300)
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.SUSPECTED)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="factor_has_a_text")]
        triggers = [RowHistory(part_of="problem")]

    def __str__(self) -> str:
        return self.text


class Candidate(models.Model):
    """Incidents that come again and may have one cause: a proposal until a person decides (PRB-10).

    All members are of one company, and of the restricted ``group`` where there is one, so that a candidate is
    seen by who sees all of them. ``dismissed_size`` is how large it was when somebody dismissed it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+")
    signature = models.CharField(max_length=64)
    reason = models.CharField(max_length=10, choices=Reason.choices)
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.OPEN)
    ci = models.ForeignKey(CI, on_delete=models.PROTECT, null=True, related_name="+")
    category = models.CharField(max_length=60, blank=True)
    size = models.PositiveIntegerField()
    score = models.FloatField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    found_at = models.DateTimeField(db_default=Now())
    dismissed_size = models.PositiveIntegerField(null=True)
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, null=True, related_name="+")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["company", "signature"],
                condition=~Q(verdict=Verdict.ACCEPTED),
                name="candidate_proposed_once",
            ),
            models.CheckConstraint(
                condition=Q(verdict=Verdict.ACCEPTED, problem__isnull=False)
                | (~Q(verdict=Verdict.ACCEPTED) & Q(problem=None)),
                name="candidate_accepted_iff_problem",
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.DISMISSED) | Q(dismissed_size__isnull=False),
                name="candidate_dismissed_has_size",
            ),
        ]
        indexes = [models.Index(fields=["company", "verdict", "-score"], name="candidate_by_score")]

    def __str__(self) -> str:
        return f"{self.reason} {self.public_id}"


class CandidateMember(models.Model):
    """An incident of a candidate."""

    candidate = models.ForeignKey(Candidate, on_delete=models.CASCADE, related_name="members")
    incident = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["candidate", "incident"], name="candidate_member_once")
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} of {self.candidate_id}"
