"""What people say of a ticket that is over."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import Group, User
from core.models import Record
from core.settings_store import declare
from core.trail.tracking import RowHistory
from tickets.choices import Score
from tickets.models.ticket import Ticket

declare("survey.percent", default=100, help="Of a hundred closed tickets, how many people are asked about.")
declare("survey.days", default=30, help="Days in which people may answer how their ticket went.")


class Survey(Record):
    """The one question to who asked for a ticket, how it went, and the answer (PROCESSES INC-16).

    ``group`` had the ticket when it was closed. Without ``score`` nobody has answered yet.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="survey")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    closes_at = models.DateTimeField()
    score = models.PositiveSmallIntegerField(choices=Score.choices, null=True)
    comment = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(score=None, answered_at=None, comment="")
                | Q(score__isnull=False, score__range=(1, 5), answered_at__isnull=False),
                name="survey_answered_iff_score",
            )
        ]
        indexes = [models.Index(fields=["created_at"], name="survey_asked")]
        triggers = [RowHistory(part_of="ticket")]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.score}"
