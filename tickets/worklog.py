"""The checklist of a ticket and the time spent on it: how much there may be, and reading it."""

from __future__ import annotations

from django.db.models import QuerySet

from accounts.policies import Actor
from tickets.merges import among_times, numbers_of
from tickets.models import ChecklistItem, TimeEntry
from tickets.policies import reads_internal

MOST_ITEMS, MOST_ENTRIES = 100, 500
LONGEST_ITEM, LONGEST_NOTE = 200, 500


def checklist_of(actor: Actor, pk: int) -> QuerySet[ChecklistItem]:
    """The checklist of a visible ticket in its order; none of it for who reads nothing internal."""
    rows = ChecklistItem.objects.filter(ticket=pk) if reads_internal(actor) else ChecklistItem.objects.none()
    return rows.select_related("done_by", "created_by").order_by("position", "pk")


def time_of(actor: Actor, pk: int) -> QuerySet[TimeEntry]:
    """The time spent on a visible ticket and on those merged into it, the latest first; as ``checklist_of``.

    ``merged_from`` is the number of the merged ticket on which it was spent, None for the ticket's own.
    """
    rows = TimeEntry.objects.filter(among_times(pk)) if reads_internal(actor) else TimeEntry.objects.none()
    return numbers_of(rows, pk).select_related("person").order_by("-day", "-pk")
