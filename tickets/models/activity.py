"""What happened on a ticket, and what people keep beside it."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models import F
from django.db.models.functions import Now

from accounts.models import User
from core.fields import PublicIdField
from core.models import Attachment, Record
from core.trail.tracking import RowHistory
from tickets.choices import ActivityKind
from tickets.models.ticket import Ticket


class Activity(models.Model):
    """One thing that happened: written beside the change, never edited, never deleted."""

    public_id = PublicIdField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="activities", db_index=False)
    at = models.DateTimeField(db_default=Now())
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=12, choices=ActivityKind.choices)
    is_public = models.BooleanField(default=False)
    verb = models.CharField(max_length=40, blank=True)
    body = models.TextField(blank=True)
    changes = models.JSONField(default=dict)
    channel = models.CharField(max_length=10)
    cause_chain = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index("ticket", F("id").desc(), name="activity_of_ticket")]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.kind} on {self.ticket_id}"


class Watcher(models.Model):
    """A person who follows a ticket."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="watchers")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="watches")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "user"], name="watch_once")]
        triggers = [RowHistory(part_of="ticket")]

    def __str__(self) -> str:
        return f"{self.user_id} watches {self.ticket_id}"


class TicketAttachment(models.Model):
    """A file on a ticket; internal ones are for agents only."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="attachments")
    attachment = models.OneToOneField(Attachment, on_delete=models.PROTECT, related_name="place")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="attachments")
    is_public = models.BooleanField(default=True)

    class Meta:
        triggers = [RowHistory(part_of="ticket")]

    def __str__(self) -> str:
        return f"{self.attachment_id} on {self.ticket_id}"


class Draft(Record):
    """What a person has typed and not sent yet, per ticket and tab (UI rule 5)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, null=True)
    tab = models.CharField(max_length=40)
    body = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "ticket", "tab"], nulls_distinct=False, name="one_draft_per_tab"
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.tab}"
