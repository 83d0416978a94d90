"""Replies that were sent and can still be taken back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from accounts.models import User
from core.fields import PublicIdField
from tickets.models.ticket import Ticket


class HeldReply(models.Model):
    """The words of a reply until ``due_at``: seen by their author alone, then said on the ticket, once."""

    public_id = PublicIdField()
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    held_at = models.DateTimeField(db_default=Now())
    due_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(body=""), name="held_reply_says_something")]
        indexes = [models.Index(fields=["due_at", "id"], name="held_reply_due")]

    def __str__(self) -> str:
        return f"{self.author_id} on {self.ticket_id}"
