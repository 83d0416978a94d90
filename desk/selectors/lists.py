"""The list pane: one page of tickets, the counts of the rail, the next clock of each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import IntegerField, QuerySet, Subquery
from django.db.models.functions import Now
from django.urls import reverse
from django.utils.functional import Promise

from accounts.models import Company, User
from desk import paging, promises, queues
from desk.filters import Filters, group_words
from problems.policies import why_candidates
from tickets import kinds
from tickets.choices import Phase
from tickets.models import Ticket
from tickets.policies import visible_to
from tickets.selectors import tickets_for

MOST_COUNTED = 1000


class CappedCount(Subquery):
    """How many rows a sliced query has; the database stops counting at the slice's end."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()
    empty_result_set_value = 0


@dataclass(frozen=True)
class RailEntry:
    """One queue of the rail with its live count."""

    queue: queues.Queue
    url: str
    count: str
    current: bool


@dataclass(frozen=True)
class Frame:
    """What surrounds the list: the rail by headings, and the moment it was read.

    ``decides_problems``: whether the reader is shown what is proposed as a problem.
    """

    rail: list[tuple[str | Promise, list[RailEntry]]]
    now: dt.datetime
    decides_problems: bool


@dataclass(frozen=True)
class Row:
    """One ticket in the list."""

    ticket: Ticket
    state_label: str | Promise
    clock: Any | None
    can_be_taken: bool

    @property
    def url(self) -> str:
        """The ticket's own address."""
        return reverse("desk:ticket", args=[queues.path_of(self.ticket.kind), self.ticket.number])

    @property
    def about(self) -> str:
        """Whom it is for and what it is about, for the small line."""
        place = self.ticket.ci.name if self.ticket.ci else ""
        return " · ".join(part for part in (self.ticket.requester.display_name, place) if part)


@dataclass(frozen=True)
class ListPage:
    """One page of a list; ``next_cursor`` is empty on the last one."""

    rows: list[Row]
    next_cursor: str
    group_names: dict[str, str]


def counted(number: int) -> str:
    """A count as the rail shows it: at most "1,000+"."""
    return f"{MOST_COUNTED:,}+" if number > MOST_COUNTED else f"{number:,}"


def frame_for(actor: User, filters: Filters | None) -> Frame:
    """The rail with all counts, the moment they hold at: one query."""
    shown = [queue for _heading, entries in queues.RAIL for queue in entries]
    counts = {f"count_{place}": CappedCount(_few(actor, queue)) for place, queue in enumerate(shown)}
    company: Any = Company.objects.filter(pk=actor.company_id).annotate(read_at=Now(), **counts).get()
    numbers = {(queue.key, queue.path): getattr(company, f"count_{i}") for i, queue in enumerate(shown)}
    rail = [
        (heading, [_entry(queue, numbers[queue.key, queue.path], filters) for queue in entries])
        for heading, entries in queues.RAIL
    ]
    return Frame(rail, company.read_at, bool(why_candidates(actor)))


def _few(actor: User, queue: queues.Queue) -> QuerySet[Ticket, Any]:
    rows = Ticket.objects.filter(visible_to(actor)).filter(
        queues.narrowed(queue.path) & queue.condition(actor)
    )
    return rows.values("pk")[: MOST_COUNTED + 1]


def _entry(queue: queues.Queue, number: int, filters: Filters | None) -> RailEntry:
    current = filters is not None and filters.queue == queue and filters.path == queue.path
    return RailEntry(queue, f"/w/{queue.path}/?view={queue.key}", counted(number), current)


def list_page(actor: User, filters: Filters) -> ListPage:
    """One page of visible tickets with their next clocks: two queries, the same for any number of rows."""
    rows = paging.ordered(tickets_for(actor).filter(filters.condition(actor)), filters.sort)
    if filters.after:
        rows = rows.filter(paging.rows_after(filters.sort, filters.after))
    page = list(rows[: paging.SIZE + 1])
    more = len(page) > paging.SIZE
    page = page[: paging.SIZE]
    return ListPage(
        rows=as_rows(page),
        next_cursor=paging.cursor_after(filters.sort, page[-1]) if more else "",
        group_names=group_words(ticket.group for ticket in page),
    )


def as_rows(page: Sequence[Ticket]) -> list[Row]:
    """The tickets as list rows, their clocks read in one query."""
    clocks = promises.clocks_of([ticket.pk for ticket in page])
    return [_row(ticket, clocks.get(ticket.pk, [])) for ticket in page]


def row_of(ticket: Ticket) -> Row:
    """One ticket as a list row."""
    return as_rows([ticket])[0]


def _row(ticket: Ticket, clocks: Sequence[Any]) -> Row:
    spec = kinds.get(ticket.kind)
    return Row(
        ticket=ticket,
        state_label=spec.state_labels.get(ticket.state) or ticket.state,
        clock=promises.next_clock(clocks),
        can_be_taken=ticket.phase != Phase.DONE and "assignee" in spec.editable,
    )


def fresh_count(actor: User, filters: Filters, since: dt.datetime) -> int:
    """How many tickets of the list were opened after ``since``, at most MOST_COUNTED + 1."""
    rows = Ticket.objects.filter(visible_to(actor)).filter(filters.condition(actor), opened_at__gt=since)
    return len(rows.values_list("pk", flat=True)[: MOST_COUNTED + 1])
