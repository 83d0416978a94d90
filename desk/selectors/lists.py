"""The list pane: one page of tickets, the counts of the rail, the next clock of each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Audience
from accounts.models import User
from core.errors import BadInputError
from desk import columns, counting, paging, promises, queues
from desk.filters import Filters, group_words, whole
from desk.models import SavedView
from desk.presence import Present, present_at
from desk.saved.selectors import filters_of, views_for
from problems.policies import why_candidates
from tickets import kinds
from tickets.choices import Phase
from tickets.models import Ticket
from tickets.selectors import listed, seen_by

MOST_VIEWS, MOST_COUNTED_VIEWS = 200, 40
_SECTIONS: tuple[tuple[str, str | Promise], ...] = (
    (Audience.EVERYONE, gettext_lazy("For all agents")),
    (Audience.TEAM, gettext_lazy("Team views")),
    (Audience.MINE, gettext_lazy("My views")),
)


@dataclass(frozen=True)
class RailEntry:
    """One queue or saved view of the rail with its live count; ``queue`` is None for a view.

    ``count`` is empty where there are too many views to count them all.
    """

    queue: queues.Queue | None
    label: str | Promise
    icon: str
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
    cells: list[columns.Cell]
    clock: Any | None
    can_be_taken: bool
    present: Sequence[Present] = ()

    @property
    def url(self) -> str:
        """The ticket's own address."""
        return reverse("desk:ticket", args=[queues.path_of(self.ticket.kind), self.ticket.number])

    @property
    def about(self) -> str:
        """The chosen columns in one line."""
        return " · ".join(str(cell.text) for cell in self.cells if cell.text)

    @property
    def pick_words(self) -> str:
        """What the box says that chooses it."""
        return _("Choose %(number)s") % {"number": self.ticket.number}

    @property
    def take_words(self) -> str:
        """What the button says that assigns it to the reader."""
        return _("Take %(number)s") % {"number": self.ticket.number}

    @property
    def assign_words(self) -> str:
        """What the link says that changes who works on it."""
        if self.ticket.assignee is None:
            return _("Assign %(number)s") % {"number": self.ticket.number}
        names = {"number": self.ticket.number, "name": self.ticket.assignee.display_name}
        return _("Assign %(number)s, now %(name)s") % names

    @property
    def present_names(self) -> str:
        """Who else has it open."""
        return ", ".join(each.person.display_name for each in self.present)


@dataclass(frozen=True)
class ListPage:
    """One page of a list; ``next_cursor`` is empty on the last one."""

    rows: list[Row]
    next_cursor: str
    group_names: dict[str, str]


def frame_for(actor: User, filters: Filters | None) -> Frame:
    """The rail with all counts and the moment they hold at: one query for saved views, one for counts."""
    shown = [queue for _heading, entries in queues.RAIL for queue in entries]
    views = [(view, asked) for view in views_for(actor)[:MOST_VIEWS] if (asked := _asked(view))]
    lists = [whole(queue) for queue in shown] + [asked for _view, asked in views[:MOST_COUNTED_VIEWS]]
    read_at, found = counting.counts(actor, lists)
    numbers = [counting.words(number) for number in found]
    by_queue = {(queue.key, queue.path): number for queue, number in zip(shown, numbers, strict=False)}
    rail = [
        (heading, [_entry(queue, by_queue[queue.key, queue.path], filters) for queue in entries])
        for heading, entries in queues.RAIL
    ]
    numbers_of_views = numbers[len(shown) :] + [""] * len(views)
    own = [
        (view, _view_entry(view, asked, number, filters))
        for (view, asked), number in zip(views, numbers_of_views, strict=False)
    ]
    rail += [
        (heading, [entry for view, entry in own if view.audience == audience])
        for audience, heading in _SECTIONS
        if any(view.audience == audience for view, _entry in own)
    ]
    return Frame(rail, read_at, bool(why_candidates(actor)))


def _asked(view: SavedView) -> Filters | None:
    """What the view asks; None for one that names what is no more, which its own page tells."""
    try:
        return filters_of(view)
    except BadInputError:
        return None


def _entry(queue: queues.Queue, count: str, filters: Filters | None) -> RailEntry:
    current = (
        filters is not None and not filters.saved and filters.queue == queue and filters.path == queue.path
    )
    url = f"/w/{queue.path}/?view={queue.key}"
    return RailEntry(queue, queue.label, queue.icon, url, count, current)


def _view_entry(view: SavedView, asked: Filters, count: Any, filters: Filters | None) -> RailEntry:
    current = filters is not None and filters.saved == asked.saved
    return RailEntry(None, view.name, "star", f"/w/{view.path}/?saved={asked.saved}", count, current)


def list_page(actor: User, filters: Filters) -> ListPage:
    """One page of visible tickets with their next clocks: three queries, the same for any number of rows."""
    rows = seen_by(actor).filter(filters.condition(actor))
    rows = paging.ordered(rows, filters.sort)
    if filters.after:
        rows = rows.filter(paging.rows_after(filters.sort, filters.after))
    keys = list(rows.values_list(*paging.columns_of(filters.sort))[: paging.SIZE + 1])
    more = len(keys) > paging.SIZE
    page = listed([values[-1] for values in keys[: paging.SIZE]])
    return ListPage(
        rows=as_rows(page, filters.columns, reader=actor),
        next_cursor=paging.cursor_after(keys[paging.SIZE - 1]) if more else "",
        group_names=group_words(ticket.group for ticket in page),
    )


def as_rows(
    page: Sequence[Ticket], chosen: Sequence[str] = columns.DEFAULT, *, reader: User | None = None
) -> list[Row]:
    """The tickets as list rows with the chosen columns, their clocks read in one query.

    For a ``reader`` also who else has them open, in one question to the broker.
    """
    keys = [ticket.pk for ticket in page]
    clocks = promises.clocks_of(keys)
    present = present_at(keys, but=reader.pk) if reader else {}
    cells = columns.Cells(chosen)
    return [_row(ticket, clocks.get(ticket.pk, []), present.get(ticket.pk, []), cells) for ticket in page]


def row_of(ticket: Ticket, filters: Filters, *, reader: User) -> Row:
    """One ticket as a row of that list."""
    return as_rows([ticket], filters.columns, reader=reader)[0]


def _row(ticket: Ticket, clocks: Sequence[Any], present: Sequence[Present], cells: columns.Cells) -> Row:
    spec = kinds.get(ticket.kind)
    return Row(
        ticket=ticket,
        cells=cells.of(ticket),
        clock=promises.next_clock(clocks),
        can_be_taken=ticket.phase != Phase.DONE and "assignee" in spec.editable,
        present=present,
    )


def fresh_count(actor: User, filters: Filters, since: dt.datetime) -> int:
    """How many tickets of the list were opened after ``since``, at most counting.MOST + 1."""
    rows = seen_by(actor).filter(filters.condition(actor), opened_at__gt=since)
    return len(rows.values_list("pk", flat=True)[: counting.MOST + 1])
