"""Lists: pages of the API by cursor, read as they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

from maru_client.session import Session, query

T = TypeVar("T")
JOINED = frozenset({"fields", "expand", "ordering"})
PAGE_SIZE = 100


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page. ``count`` is there with the filter ``count="capped"`` or ``"exact"``."""

    results: list[T]
    is_last: bool
    count: int | None = None
    count_capped: bool = False


class Listing(Generic[T]):
    """The rows of a list, each exactly once, also while others are added; a call for each page.

    Going through it again asks again. ``fields``, ``expand`` and ``ordering`` may be lists.
    """

    def __init__(
        self,
        session: Session,
        path: str,
        filters: Mapping[str, Any],
        make: Callable[[dict[str, Any]], T],
        *,
        joined: Iterable[str] = (),
    ) -> None:
        self._session, self._path, self._make = session, path, make
        self._query = query(filters, JOINED.union(joined))

    def __iter__(self) -> Iterator[T]:
        for page in self.pages():
            yield from page.results

    def pages(self) -> Iterator[Page[T]]:
        """Page by page."""
        asked = self._query
        while True:
            body, _tag = self._session.get(self._path + asked)
            rows = [self._make(row) for row in body["results"]]
            following = body.get("next")
            yield Page(rows, not following, body.get("count"), bool(body.get("count_capped")))
            if not following:
                return
            # Only what is asked is taken over: the server may know itself by another name than we do.
            asked = "?" + urlsplit(following).query

    def first(self) -> T | None:
        """The first row, None when there is none."""
        return next(iter(self), None)

    def take(self, most: int) -> list[T]:
        """At most that many rows."""
        return list(islice(self, most))
