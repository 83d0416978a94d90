"""Which tickets were brought together in one."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.models import User
from core.fields import PublicIdField
from core.trail.tracking import RowHistory
from tickets.models.ticket import Ticket


class Merge(models.Model):
    """The conversation of ``source`` goes on in ``main`` since ``at`` (PROCESSES INC-12).

    ``target`` is what it was merged into; ``main`` is another one once the target was merged itself.
    ``moved`` says what came along and how the source stood, for the way back. A merge that was undone stays.
    """

    public_id = PublicIdField()
    source = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="merges_out", db_index=False)
    target = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+", db_index=False)
    main = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="merges_in", db_index=False)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)
    moved = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source"], condition=Q(undone_at=None), name="merged_once"),
            models.CheckConstraint(
                condition=~Q(source=F("target")) & ~Q(source=F("main")), name="merged_not_into_itself"
            ),
        ]
        indexes = [models.Index(fields=["main"], condition=Q(undone_at=None), name="merged_here")]
        triggers = [RowHistory(part_of="source")]

    def __str__(self) -> str:
        return f"{self.source_id} into {self.main_id}"
