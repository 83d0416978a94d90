"""What a ticket is found by."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from tickets.models.ticket import Ticket


class TicketText(models.Model):
    """The pieces of all that is said on a ticket: once what everybody reads who sees it, once with the notes.

    A table of its own, so that a ticket that moves does not have its pieces indexed again. The second row
    holds the first one too: words of the title and of a note are found together.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="texts", db_index=False)
    is_public = models.BooleanField()
    words = SearchVectorField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "is_public"], name="one_text_for_each")]
        indexes = [GinIndex(fields=["words"], name="text_words")]

    def __str__(self) -> str:
        return f"words of {self.ticket_id}"
