"""Tables as CSV files that a spreadsheet opens: streamed row by row, no cell of which is run as a formula."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language, override

# A byte order mark: without it Excel reads Korean as something else.
MARK = "\ufeff"
_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Echo:
    """A file whose writes are handed on."""

    def write(self, text: str) -> str:
        """The text itself."""
        return text


def cell(value: Any) -> str | int | float:
    """The value as a cell: numbers stay numbers, moments are ISO 8601, text is never a formula.

    A text that a spreadsheet would run is preceded by an apostrophe (OWASP, CSV injection).
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return value
    if isinstance(value, dt.datetime | dt.date):
        return value.isoformat()
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_STARTS_A_FORMULA) else text


def lines(rows: Iterable[Iterable[Any]]) -> Iterator[str]:
    """The rows as lines of CSV, the first of which begins with the byte order mark."""
    writer = csv.writer(_Echo())
    mark = MARK
    for row in rows:
        line: Any = writer.writerow([cell(value) for value in row])
        yield mark + line
        mark = ""


def _spoken(rows: Iterable[Iterable[Any]], language: str) -> Iterator[list[Any]]:
    """The rows, each made in that language: the request is over by the time the browser takes them."""
    left = iter(rows)
    while True:
        with override(language):
            row = next(left, None)
            if row is None:
                return
            made = [str(value) if isinstance(value, Promise) else value for value in row]
        yield made


def download(name: str, rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """The rows as a file of that name; a row is made when the browser takes it, in the reader's language."""
    told = lines(_spoken(rows, get_language() or "ko"))
    response = StreamingHttpResponse(told, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
