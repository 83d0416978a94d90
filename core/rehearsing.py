"""Rehearsals: services run for real in a transaction that is undone, with a clock and numbers of their own.

Inside ``rehearsing`` the database's clock is ahead by ``shift``, numbers of records come from here instead of
a sequence (which no rollback turns back), and every new row is noted, so that it can be told what would have
been written (DOMAIN DF-34).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.models import Model

MARK = "DRY"


@dataclass
class Ledger:
    """What one rehearsal has of its own. ``token`` keeps its numbers apart from those of others that run now:
    two equal ones would wait for each other's end."""

    token: str
    shift: dt.timedelta = dt.timedelta(0)
    noted: list[tuple[dt.timedelta, Model]] = field(default_factory=list)
    drawn: int = 0

    def number(self) -> str:
        """The next number of a record; all kinds share them."""
        self.drawn += 1
        return f"{self.prefix}{self.drawn:04d}"

    @property
    def prefix(self) -> str:
        """What the numbers of this rehearsal begin with."""
        return f"{MARK}{self.token}-"


_ledger: ContextVar[Ledger | None] = ContextVar("ledger", default=None)


def ledger() -> Ledger | None:
    """The ledger of the rehearsal that runs here, or None in real life."""
    return _ledger.get()


def shift() -> dt.timedelta:
    """How far the clock is ahead; nothing in real life."""
    found = _ledger.get()
    return dt.timedelta(0) if found is None else found.shift


def note(rows: Iterable[Model]) -> None:
    """Remember new rows, and when they were made, while a rehearsal runs."""
    found = _ledger.get()
    if found is not None:
        found.noted.extend((found.shift, row) for row in rows)


@contextmanager
def rehearsing(token: str) -> Iterator[Ledger]:
    """What is written inside is a rehearsal; the caller undoes it. Raises RuntimeError inside another one."""
    if _ledger.get() is not None:
        raise RuntimeError("A rehearsal runs already.")
    made = Ledger(token)
    before = _ledger.set(made)
    try:
        yield made
    finally:
        _ledger.reset(before)
