"""What a merge brought together: the one place that says which conversation belongs to a ticket.

Rows of activity are never moved. A ticket's conversation is its own rows and, of the tickets that were merged
into it, what was said: public words for whoever reads the ticket, internal ones for who reads internal notes.
Nobody merges a ticket into one that more people see as a whole (``incidents.services.merging``).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, CharField, F, Lookup, Q, QuerySet, Value, When

from tickets.choices import ActivityKind
from tickets.models import Activity, Merge, Ticket, TimeEntry

RowT = TypeVar("RowT", Activity, TimeEntry)
SPOKEN = (ActivityKind.COMMENT, ActivityKind.MAIL, ActivityKind.WORK_NOTE, ActivityKind.ATTACHMENT)
_ORIGIN = ("number", "kind", "requester", "on_behalf_of", "opened_by")


class _BroughtTogether(Lookup):
    """Whether a row belongs to the ticket, or to one of the others.

    PostgreSQL works the list out once and then goes by the index; of ``OR`` it would read the whole table.
    """

    lookup_name = "brought_together"
    prepare_rhs = False

    def __init__(self, pk: int) -> None:
        merged = Merge.objects.filter(main=pk, undone_at=None).values("source")
        super().__init__(F("ticket"), ArraySubquery(merged))
        self.own = pk

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        """The condition and its parameters."""
        column, of_column = self.process_lhs(compiler, connection)
        others, of_others = self.process_rhs(compiler, connection)
        return f"{column} = ANY({others} || %s::bigint)", (*of_column, *of_others, self.own)


def in_conversation(pk: int) -> Q:
    """The rows of activity that belong to the ticket, its own and what was said on those merged into it."""
    return Q(_BroughtTogether(pk)) & (Q(ticket=pk) | Q(kind__in=SPOKEN))


def among_files(pk: int) -> Q:
    """The files of the ticket and of those merged into it."""
    return Q(_BroughtTogether(pk))


def among_times(pk: int) -> Q:
    """The time that was spent on the ticket and on those merged into it."""
    return Q(_BroughtTogether(pk))


def merge_of(pk: int) -> Merge | None:
    """The merge by which the ticket goes on in another one; None for a ticket that stands for itself."""
    return Merge.objects.select_related("main").filter(source=pk, undone_at=None).first()


def merges_at(pk: int) -> QuerySet[Merge]:
    """By what the ticket went on elsewhere, and what goes on in it; the latest first."""
    rows = Merge.objects.filter(Q(source=pk) | Q(main=pk), undone_at=None)
    people = ("source__requester", "source__opened_by", "by")
    return rows.select_related("source", "main", *people).order_by("-pk")


def mark_origin(ticket: Ticket, rows: Iterable[Any]) -> None:
    """Let each row of a conversation know from which merged ticket it came: ``came_from``, None for its own.

    One query where there is any.
    """
    shown = list(rows)
    others = {row.ticket_id for row in shown} - {ticket.pk}
    found = Ticket.objects.only(*_ORIGIN).in_bulk(others) if others else {}
    for row in shown:
        row.came_from = found.get(row.ticket_id)


def numbers_of(rows: QuerySet[RowT], pk: int) -> QuerySet[RowT]:
    """The rows with ``merged_from``: the number of the ticket they came from, None for the ticket's own."""
    from_there = Case(
        When(ticket=pk, then=Value(None)), default=F("ticket__number"), output_field=CharField()
    )
    return rows.annotate(merged_from=from_there)
