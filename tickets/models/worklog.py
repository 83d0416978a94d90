"""What agents tick off on a ticket, and the time that they spent on it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.models import User
from core.models import Record
from core.trail.tracking import RowHistory
from tickets.models.ticket import Ticket


class ChecklistItem(Record):
    """One line of a ticket's checklist, for agents alone. ``position`` counts from 1, without gaps."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="checklist", db_index=False)
    text = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()
    is_done = models.BooleanField(default=False)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    done_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        constraints = [
            # Deferred: the places of several lines change in one statement.
            models.UniqueConstraint(
                fields=["ticket", "position"],
                name="checklist_place_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(condition=~Q(text=""), name="checklist_item_has_a_text"),
            models.CheckConstraint(
                condition=Q(is_done=False, done_by=None, done_at=None)
                | Q(is_done=True, done_at__isnull=False),
                name="checklist_item_done_iff_since",
            ),
        ]
        # Where the others stand follows from a move that is told already.
        triggers = [RowHistory(part_of="ticket", noise=["position"])]

    def __str__(self) -> str:
        return self.text


class TimeEntry(Record):
    """How long somebody worked on a ticket on one day. Of what was changed or taken away a line stays."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="time_entries")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveSmallIntegerField()
    day = models.DateField()
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(minutes__range=(1, 1440)), name="time_entry_is_of_one_day")
        ]
        triggers = [RowHistory(part_of="ticket")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}: {self.minutes}"
