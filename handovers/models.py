"""Hand-overs and the notes in them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from accounts.models import Company, Group, User
from core.formats import exact
from core.models import Record
from core.trail.tracking import AppendOnly, RowHistory
from tickets.models import Ticket


class HandOver(Record):
    """What who goes off shift leaves to the next shift of a team.

    ``since`` is when the shift began. It waits until ``taken_by`` says that they have it; from then on
    nothing of it changes.
    """

    company = models.ForeignKey(Company, on_delete=models.PROTECT, db_index=False, related_name="+")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="+", db_index=False)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(db_default=Now(), editable=False)
    since = models.DateTimeField()
    text = models.TextField(blank=True)
    taken_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True, taken_at__isnull=True)
                | Q(taken_by__isnull=False, taken_at__isnull=False),
                name="hand_over_taken_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(taken_by__isnull=True) | ~Q(taken_by=F("written_by")),
                name="hand_over_goes_to_another",
            ),
        ]
        indexes = [
            models.Index("group", F("written_at").desc(), F("id").desc(), name="hand_over_of_group"),
            models.Index(fields=["group"], condition=Q(taken_at=None), name="hand_over_waiting"),
        ]
        triggers = [RowHistory()]

    def __str__(self) -> str:
        return f"{self.group_id} {self.written_at}"

    @property
    def title(self) -> str:
        """What its history calls it."""
        return f"{self.group.name} · {exact(self.written_at)}"

    @property
    def waits(self) -> bool:
        """Whether nobody has it yet."""
        return self.taken_at is None


class HandOverNote(models.Model):
    """What is said of one ticket, for who may see that ticket; written once, with its hand-over."""

    hand_over = models.ForeignKey(HandOver, on_delete=models.PROTECT, related_name="notes", db_index=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hand_over", "ticket"], name="hand_over_notes_a_ticket_once"),
        ]
        triggers = [AppendOnly()]

    def __str__(self) -> str:
        return f"{self.hand_over_id} {self.ticket_id}"
