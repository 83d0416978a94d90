"""How many tickets each of many lists holds for one reader, in one statement.

Building a count costs ten times what the database needs to answer it, and a rail has up to fifty of them.
So the text of each count is kept: it follows from the list and from what the reader may see, and from nothing
else; moments in it are the database's own (``Now()``).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from accounts.models import User
from accounts.policies import group_ids
from desk.filters import Filters
from tickets.policies import Rights, rights_of
from tickets.selectors import seen_by

MOST = 1000
_KEPT = 8192
_Statement = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class _List:
    """All that a list's condition depends on; its order, page and columns do not count."""

    path: str
    queue: str
    values: str
    filters: Filters = field(compare=False)


def counts(actor: User, lists: Sequence[Filters]) -> tuple[dt.datetime, list[int]]:
    """The database's instant, and how many tickets of each list ``actor`` sees: at most ``MOST`` + 1.

    One statement, however many lists.
    """
    rights, groups = rights_of(actor), group_ids(actor)
    parts = [_count(rights, groups, _list(each)) for each in lists]
    columns = ["statement_timestamp()", *(sql for sql, _params in parts)]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)}", [value for _sql, params in parts for value in params])
        read_at, *found = cursor.fetchone()
    return read_at, found


def _list(filters: Filters) -> _List:
    return _List(filters.path, filters.queue.key, repr(filters.values), filters)


@lru_cache(maxsize=_KEPT)
def _count(rights: Rights, _groups: frozenset[int], of: _List) -> _Statement:
    """One count as a column. In the order of the indexes of open tickets (DI-1 to DI-4): so they are read.

    The conditions of lists ask for the groups too ("in my teams").
    """
    rows = seen_by(rights.actor).filter(of.filters.condition(rights.actor, counted=True))
    few = rows.order_by("priority", "-opened_at", "-pk").values("pk")[: MOST + 1]
    try:
        sql, params = few.query.sql_with_params()
    except EmptyResultSet:
        return "0", ()
    return f"(SELECT COUNT(*) FROM ({sql}) AS few)", params  # noqa: S608 - made by the ORM


def words(number: int) -> str:
    """A count as it is shown: at most "1,000+"."""
    return f"{MOST:,}+" if number > MOST else f"{number:,}"
