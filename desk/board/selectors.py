"""What a board shows: one bounded read of the list, then the cards on screen and their clocks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from desk import paging, queues
from desk.counting import MOST as MOST_COUNTED
from desk.filters import Filters, state_choices
from desk.selectors.lists import Row, as_rows
from tickets import kinds
from tickets.selectors import tickets_for
from tickets.transitions import all_edges

CARDS, MOST_CARDS = 20, 100
BY = ("state", "assignee")
NOBODY = "nobody"


@dataclass(frozen=True)
class Way:
    """A move that leads on from a card's state; the reader's right to it is decided later."""

    label: str
    target: str
    url: str


@dataclass(frozen=True)
class Card:
    """One ticket on the board."""

    row: Row
    path: str
    ways: list[Way]


@dataclass(frozen=True)
class Column:
    """One state or person. ``hidden`` cards are not on screen."""

    key: str
    label: str | Promise
    count: int
    cards: list[Card]

    @property
    def hidden(self) -> int:
        """How many tickets of the column have no card."""
        return self.count - len(self.cards)


@dataclass(frozen=True)
class Board:
    """The columns; ``is_cut`` when the list holds more than are counted."""

    columns: list[Column]
    by: str
    is_cut: bool
    count: int


def board_of(actor: User, filters: Filters, by: str, more: str = "") -> Board:
    """The list as a board; ``more`` is the key of a column to show further.

    The first 1,000 tickets of the list, in its order, are placed: four queries for any number of them.
    """
    rows = paging.ordered(tickets_for(actor).filter(filters.condition(actor)), filters.sort)
    found = list(rows[: MOST_COUNTED + 1])
    placed: dict[str, list[Any]] = defaultdict(list)
    names: dict[str, str] = {}
    for ticket in found[:MOST_COUNTED]:
        key, name = _place(ticket, by)
        placed[key].append(ticket)
        names[key] = name
    shown = {key: tickets[: MOST_CARDS if key == more else CARDS] for key, tickets in placed.items()}
    cards = _cards([ticket for tickets in shown.values() for ticket in tickets], filters)
    columns = [
        Column(
            key,
            label,
            len(placed.get(key, [])),
            [cards[ticket.pk] for ticket in shown.get(key, [])],
        )
        for key, label in _keys(filters, by, names)
    ]
    return Board(columns, by, len(found) > MOST_COUNTED, min(len(found), MOST_COUNTED))


def _place(ticket: Any, by: str) -> tuple[str, str]:
    """The column of a ticket, and what that is called where no list of columns says it."""
    if by == "state":
        return ticket.state, str(kinds.get(ticket.kind).state_labels.get(ticket.state, ticket.state))
    if ticket.assignee is None:
        return NOBODY, _("Nobody")
    return ticket.assignee.username, ticket.assignee.display_name


def _keys(filters: Filters, by: str, names: dict[str, str]) -> list[tuple[str, Any]]:
    """The columns in their order: all states of the list's kinds, or nobody and then people by name."""
    if by == "state":
        asked = filters.values.get("state")
        states = state_choices(filters.path)
        if filters.path == "all":  # the states of all kinds are too many: those that are there
            return [(code, label) for code, label in states if code in names]
        return [(code, label) for code, label in states if not asked or code in asked or code in names]
    people = sorted((pair for pair in names.items() if pair[0] != NOBODY), key=lambda pair: pair[1])
    return [(NOBODY, _("Nobody")), *people]


def _cards(tickets: Sequence[Any], filters: Filters) -> dict[int, Card]:
    return {row.ticket.pk: _card(row, filters) for row in as_rows(tickets, filters.columns)}


def _card(row: Row, filters: Filters) -> Card:
    path = queues.path_of(row.ticket.kind)
    return Card(row, path, list(_ways(row.ticket, path, filters)))


def _ways(ticket: Any, path: str, filters: Filters) -> Iterable[Way]:
    for edge in all_edges(kinds.get(ticket.kind).model):
        if edge.source == ticket.state and not edge.spec.system:
            url = reverse("desk:move", args=[path, ticket.number, edge.name])
            yield Way(str(edge.spec.label), edge.target, url)
