"""Keeps what tickets are found by: in the transaction of the write itself (decision 0037)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from core import searching
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket, TicketText

# A change of one of these makes the pieces anew; all else that is said is added.
TEXTS = ("title", "description", "close_notes")
_SPOKEN = (ActivityKind.COMMENT, ActivityKind.MAIL, ActivityKind.WORK_NOTE)
# Beyond so many different pieces a text grows no more: a tsvector has at most a megabyte.
_MOST_PIECES = 12_000
_LONGEST = 20_000
BATCH = 500


def note(ticket: Ticket, *, changed: Sequence[str] | None, said: Sequence[Activity]) -> None:
    """Bring the pieces up to date with a write: ``changed`` fields (None for a new ticket) and ``said`` rows.

    One statement for a new ticket and for each thing said; a change of the texts reads all that was said.
    """
    spoken = [row for row in said if row.kind in _SPOKEN and row.body]
    if changed is None or any(name in TEXTS for name in changed):
        older = [] if changed is None else _spoken_on([ticket.pk])
        _write(_rows(ticket, [*older, *(row for row in spoken if row not in older)]))
        return
    for row in spoken:
        _add(ticket.pk, searching.more(row.body), is_public=row.is_public)


def rebuild(*, least: int = 0, only_missing: bool = True, batch: int = BATCH) -> int:
    """Make the pieces of tickets anew, the newest first, a transaction for each batch; how many were made.

    ``only_missing``: of those alone that have none. May be stopped and run again at any time.
    """
    made, below = 0, 0
    while True:
        with transaction.atomic():
            rows = Ticket.objects.filter(pk__gt=least).order_by("-pk")
            if below:
                rows = rows.filter(pk__lt=below)
            if only_missing:
                rows = rows.filter(~Exists(TicketText.objects.filter(ticket=OuterRef("pk"))))
            page = list(rows.only("number", *TEXTS).select_for_update(no_key=True, of=("self",))[:batch])
            if not page:
                return made
            said: dict[int, list[Activity]] = {}
            for row in _spoken_on([each.pk for each in page]):
                said.setdefault(row.ticket_id, []).append(row)
            for ticket in page:
                _write(_rows(ticket, said.get(ticket.pk, [])))
        made, below = made + len(page), page[-1].pk


def fill(**_kwargs: object) -> None:
    """After a migration: the pieces of tickets older than this table. Goes on where it was stopped."""
    if not {Ticket._meta.db_table, TicketText._meta.db_table} <= set(connection.introspection.table_names()):
        return  # migrated back to before there was such a thing
    oldest = Ticket.objects.order_by("pk").values_list("pk", flat=True).first()
    if oldest is not None and not TicketText.objects.filter(ticket=oldest).exists():
        rebuild()


def _spoken_on(tickets: Sequence[int]) -> list[Activity]:
    rows = Activity.objects.filter(ticket__in=tickets, kind__in=_SPOKEN).exclude(body="")
    return list(rows.only("ticket", "kind", "is_public", "body").order_by("pk"))


def _rows(ticket: Ticket, said: Sequence[Activity]) -> list[TicketText]:
    texts = [ticket.description, ticket.close_notes]
    public = [*texts, *(row.body for row in said if row.is_public)]
    rows = [_row(ticket, public, is_public=True)]
    if any(not row.is_public for row in said):
        rows.append(_row(ticket, [*texts, *(row.body for row in said)], is_public=False))
    return rows


def _row(ticket: Ticket, texts: Sequence[str], *, is_public: bool) -> TicketText:
    """Its pieces; what is longest is cut so that the whole fits into one."""
    joined = "\n".join(each[:_LONGEST] for each in texts)[: 4 * _LONGEST]
    words = searching.vector(f"{ticket.title} {ticket.number}", joined)
    return TicketText(ticket_id=ticket.pk, is_public=is_public, words=words)


def _write(rows: Sequence[TicketText]) -> None:
    """Store them in the place of the ones there are."""
    lines = ", ".join(["(%s, %s, %s::tsvector)"] * len(rows))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO tickets_tickettext (ticket_id, is_public, words) VALUES {lines}"  # noqa: S608 - marks
            " ON CONFLICT (ticket_id, is_public) DO UPDATE SET words = excluded.words",
            [value for row in rows for value in (row.ticket_id, row.is_public, row.words)],
        )


def _add(ticket: int, words: str, *, is_public: bool) -> None:
    """Put more pieces behind those there are: a comment's into both rows, a note's into that with notes."""
    with connection.cursor() as cursor:
        if is_public:
            cursor.execute(
                "UPDATE tickets_tickettext SET words = words || %s::tsvector"
                " WHERE ticket_id = %s AND length(words) < %s",
                [words, ticket, _MOST_PIECES],
            )
            return
        cursor.execute(
            "INSERT INTO tickets_tickettext (ticket_id, is_public, words)"
            " SELECT ticket_id, false, words || %s::tsvector FROM tickets_tickettext"
            " WHERE ticket_id = %s AND is_public"
            " ON CONFLICT (ticket_id, is_public) DO UPDATE SET words = CASE"
            " WHEN length(tickets_tickettext.words) < %s THEN tickets_tickettext.words || %s::tsvector"
            " ELSE tickets_tickettext.words END",
            [words, ticket, _MOST_PIECES, words],
        )
