"""Stamps of configuration: a process keeps its copy while the stamp in the database stays the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

import pgtrigger
from django.db import connection

T = TypeVar("T")
Stamps = Mapping[str, str]


def new_revision(name: str, key: str, *columns: str) -> pgtrigger.Trigger:
    """A trigger that gives the revision ``key`` a new stamp at each statement on the table.

    With ``columns`` an UPDATE counts only when it names one of them: a pointer that moves with each ticket is
    no configuration.
    """
    update = pgtrigger.UpdateOf(*columns) if columns else pgtrigger.Update  # type: ignore[no-untyped-call]
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert | update | pgtrigger.Delete,
        func=(
            f"INSERT INTO core_revision (key, stamp) VALUES ('{key}', gen_random_uuid())"  # noqa: S608
            " ON CONFLICT (key) DO UPDATE SET stamp = excluded.stamp; RETURN NULL;"
        ),
    )


def revisions() -> Stamps:
    """The stamp of each set of configuration; a copy taken under another stamp is old. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key, stamp::text FROM core_revision")
        return dict(cursor.fetchall())


class Kept(Generic[T]):
    """This process's copy of what ``load`` reads, renewed when one of the stamps ``keys`` is another.

    The stamps are read before: what is loaded may be newer than they say, then the next call loads again.
    Threads may renew it at once; each result is right.
    """

    def __init__(self, load: Callable[[], T], *keys: str) -> None:
        self._load, self._keys = load, keys
        self._held: tuple[tuple[str | None, ...], T] | None = None

    def under(self, stamps: Stamps) -> T:
        """The copy for these stamps."""
        wanted = tuple(stamps.get(key) for key in self._keys)
        held = self._held
        if held is not None and held[0] == wanted:
            return held[1]
        value = self._load()
        self._held = (wanted, value)
        return value
