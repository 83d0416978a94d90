"""Questions to the past: what would another definition or calendar have made of these tickets?"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from core.fields import PublicIdField
from schedules.models import Calendar
from sla.choices import LIVE_TRIALS, TrialStatus


class WhatIf(models.Model):
    """A candidate run over the tickets of the last months; it is the only row that the run writes.

    ``candidate`` is what was asked about, as it was then. Tickets with keys up to ``cursor`` are in
    ``result`` already, so that any worker goes on where another was killed. ``as_of`` is the instant at which
    open tickets are judged, the same for all of them.
    """

    public_id = PublicIdField()
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    definition = models.ForeignKey("sla.SLADefinition", on_delete=models.SET_NULL, null=True, blank=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.SET_NULL, null=True, blank=True)
    label = models.CharField(max_length=200)
    candidate = models.JSONField()
    months = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    as_of = models.DateTimeField()
    status = models.CharField(max_length=10, choices=TrialStatus.choices, default=TrialStatus.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    cursor = models.BigIntegerField(default=0)
    result = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(months__range=(1, 36)), name="what_if_months"),
            models.CheckConstraint(
                condition=Q(status__in=LIVE_TRIALS, finished_at=None)
                | (~Q(status__in=LIVE_TRIALS) & Q(finished_at__isnull=False)),
                name="what_if_finished_iff_over",
            ),
        ]
        indexes = [models.Index(fields=["id"], condition=Q(status__in=LIVE_TRIALS), name="what_if_live")]

    def __str__(self) -> str:
        return f"{self.label}, {self.months} months"

    @property
    def title(self) -> str:
        """What it is about, in the reader's language while that is still there."""
        if self.definition is not None:
            return f"{self.definition.name} ({self.definition.key} {self.definition.no})"
        return self.label if self.calendar is None else f"{self.calendar.name} ({self.calendar.key})"

    @property
    def percent(self) -> int:
        """How much of it is done, rounded down."""
        return 100 if self.status == TrialStatus.DONE else self.done * 100 // self.total if self.total else 0

    @property
    def is_live(self) -> bool:
        """Whether work on it goes on."""
        return self.status in LIVE_TRIALS
