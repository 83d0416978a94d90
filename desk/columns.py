"""The columns a list can show beside priority, number, title and clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from incidents.choices import Category
from tickets import kinds

LABELS: dict[str, str | Promise] = {
    "state": _("State"),
    "requester": _("Requester"),
    "ci": _("Configuration item"),
    "group": _("Group"),
    "assignee": _("Assignee"),
    "kind": _("Kind"),
    "category": _("Category"),
    "opened": _("Opened"),
    "updated": _("Last changed"),
}
DEFAULT = ("state", "requester", "ci")


@dataclass(frozen=True)
class Cell:
    """What a ticket says in one column: a text, or a moment."""

    key: str
    label: str
    text: str = ""
    at: dt.datetime | None = None


_TEXTS: dict[str, Callable[[Any], Any]] = {
    "state": lambda ticket: kinds.get(ticket.kind).state_labels.get(ticket.state) or ticket.state,
    "requester": lambda ticket: ticket.requester.display_name,
    "ci": lambda ticket: ticket.ci.name if ticket.ci else "",
    "group": lambda ticket: ticket.group.name if ticket.group else "",
    "assignee": lambda ticket: ticket.assignee.display_name if ticket.assignee else "",
    "kind": lambda ticket: kinds.get(ticket.kind).label,
    "category": lambda ticket: dict(Category.choices).get(ticket.category, ticket.category),
}
_MOMENTS: dict[str, Callable[[Any], dt.datetime]] = {
    "opened": lambda ticket: ticket.opened_at,
    "updated": lambda ticket: ticket.updated_at,
}


class Cells:
    """The chosen columns of many tickets; words that come again are looked up in the language once."""

    def __init__(self, chosen: Iterable[str]) -> None:
        self._labels = [(key, str(LABELS[key])) for key in chosen]
        self._states: dict[tuple[str, str], str] = {}

    def of(self, ticket: Any) -> list[Cell]:
        """What the ticket says in them."""
        return [
            Cell(key, label, at=_MOMENTS[key](ticket))
            if key in _MOMENTS
            else Cell(key, label, text=self._text(key, ticket))
            for key, label in self._labels
        ]

    def _text(self, key: str, ticket: Any) -> str:
        if key != "state":
            return str(_TEXTS[key](ticket))
        place = (ticket.kind, ticket.state)
        if place not in self._states:
            self._states[place] = str(_TEXTS[key](ticket))
        return self._states[place]
