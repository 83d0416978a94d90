"""Finding tickets by what is said on them, the reader's access inside every query (DOMAIN DQ-3, DQ-4).

First the hits, by the index of pieces alone and as a statement of their own (BENCH section 8: asked for
together with the order, the planner walks the wrong way). Then, of these and of what the reader sees, one
page: the number itself, titles, texts, each with the newest first. Where a word is in so many tickets that
listing them would be the work, the newest tickets are walked instead, and a page is soon full.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, TextField, Value, When

from accounts.policies import Actor
from core import searching
from core.prepared import Among
from tickets import kinds
from tickets.models import Ticket, TicketText
from tickets.policies import reads_internal

# More hits than these are not listed: the newest tickets are walked instead (decision 0037).
MOST_LISTED = 5_000
MOST_GUESSED = 200
LEAST_ALIKE = 0.7
DIGITS = 7
PATIENCE_MS = 3_000
_QUERY_CANCELED = "57014"
_NUMBER = re.compile(r"(?:([a-z]{2,8})[\s\-#]*)?0*(\d{1,9})", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True)
class Found:
    """One page of hits; ``meant`` is what else was looked for when what was typed was nowhere.

    ``words`` are what to mark, ``more`` whether another page follows, ``too_slow`` that the time was over.
    """

    rows: list[Ticket]
    more: bool = False
    meant: str = ""
    words: tuple[str, ...] = ()
    too_slow: bool = False


def find(rows: QuerySet[Ticket], text: str, *, internal: bool, most: int, start: int = 0) -> Found:
    """A page of ``rows``, which the caller has cut to what the reader sees, that hold ``text``.

    What nothing holds is looked for as typed on the other keyboard layout, then with one letter wrong.
    ``internal`` also looks into work notes.
    """
    try:
        with within(PATIENCE_MS):
            return _find(rows, text, internal=internal, most=most, start=start)
    except OperationalError as error:
        if getattr(error.__cause__, "pgcode", "") != _QUERY_CANCELED:
            raise
        return Found([], too_slow=True)


def _find(rows: QuerySet[Ticket], text: str, *, internal: bool, most: int, start: int) -> Found:
    numbers = numbers_meant(text)
    exact = list(rows.filter(Among(F("number"), numbers)).order_by("number")) if numbers else []
    for said in (text, searching.other_layout(text)):
        wanted = searching.wanted(said) if said else None
        if wanted is None:
            continue
        page = _page(rows, wanted, exact, internal=internal, most=most, start=start)
        if page or start:
            meant = "" if said is text else said
            return Found(page[:most], len(page) > most, meant, wanted.words)
    guessed = exact or _near(rows, text)
    words = searching.wanted(text)
    return Found(guessed[:most], words=words.words if words else ())


def _page(
    rows: QuerySet[Ticket],
    wanted: searching.Wanted,
    exact: list[Ticket],
    *,
    internal: bool,
    most: int,
    start: int,
) -> list[Ticket]:
    """The rows from ``start`` on, one more than ``most`` when there are more."""
    rest = rows.exclude(pk__in=[row.pk for row in exact]) if exact else rows
    first = exact[start : start + most + 1]
    begin, left = max(start - len(exact), 0), most + 1 - len(first)
    titles = listed(wanted.title, internal=False)
    texts = listed(wanted.anywhere, internal=internal)
    if titles is not None and texts is not None:
        tier = Case(
            When(Among(F("id"), titles), then=Value(0)), default=Value(1), output_field=IntegerField()
        )
        either = rest.filter(Among(F("id"), list({*titles, *texts})))
        return [*first, *either.order_by(tier, "-opened_at", "-pk")[begin : begin + left]]
    in_title = rest.filter(holding(titles, wanted.title, internal=False)).order_by("-opened_at", "-pk")
    found = list(in_title[begin : begin + left])
    if len(found) < left:
        above = begin + len(found) if found else in_title[:begin].count()
        others = rest.filter(holding(texts, wanted.anywhere, internal=internal))
        others = others.exclude(holding(titles, wanted.title, internal=False)).order_by("-opened_at", "-pk")
        place = max(begin - above, 0)
        found += others[place : place + left - len(found)]
    return [*first, *found]


def listed(query: str, *, internal: bool) -> list[int] | None:
    """The keys of all tickets that a query hits, seen or not; None when there are too many to list."""
    hits = _texts(query, internal=internal).values_list("ticket_id", flat=True)
    keys = list(hits[: MOST_LISTED + 1])
    return None if len(keys) > MOST_LISTED else keys


def holding(keys: list[int] | None, query: str, *, internal: bool) -> Q:
    """The condition for tickets that a query hits: by their keys, or by looking at each."""
    if keys is not None:
        return Q(Among(F("id"), keys))
    return Q(Exists(_texts(query, internal=internal).filter(ticket=OuterRef("pk"))))


def _texts(query: str, *, internal: bool) -> QuerySet[TicketText]:
    rows = TicketText.objects.filter(searching.Matches(F("words"), Value(query, output_field=TextField())))
    return rows if internal else rows.filter(is_public=True)


def search(actor: Actor, text: str, *, at_once: bool = True) -> Q:
    """The condition for tickets whose number is meant by ``text`` or that hold it; for ordered lists.

    With ``at_once`` the hits are asked for now, by a statement of their own; else they are part of the
    caller's statement, as one that counts many searches needs it.
    """
    internal = reads_internal(actor)
    numbers, wanted = numbers_meant(text), searching.wanted(text)
    found = Q(Among(F("number"), numbers))
    if wanted is None:
        return found
    hits = listed(wanted.anywhere, internal=internal) if at_once else None
    return found | holding(hits, wanted.anywhere, internal=internal)


def numbers_meant(text: str) -> list[str]:
    """The numbers that ``inc 1012``, ``INC-1012`` or ``1012`` stand for: of its kind, or of every one."""
    found = _NUMBER.fullmatch(searching.folded(searching.cleaned(text)))
    if found is None:
        return []
    given, digits = (found[1] or "").upper(), found[2]
    if given:
        return [f"{given}{int(digits):0{DIGITS}d}"]
    return [f"{spec.prefix}{int(digits):0{DIGITS}d}" for spec in kinds.all_kinds()]


def _near(rows: QuerySet[Ticket], text: str) -> list[Ticket]:
    """Rows with a title that was probably meant, the likest first."""
    wanted = searching.near(text)
    if wanted is None:
        return []
    hits = rows.filter(holding(listed(wanted.title, internal=False), wanted.title, internal=False))
    scored = [
        (searching.likeness(text, row.title), row)
        for row in hits.order_by("-opened_at", "-pk")[:MOST_GUESSED]
    ]
    best = [each for each in scored if each[0] >= LEAST_ALIKE]
    return [row for _score, row in sorted(best, key=lambda each: -each[0])]


@contextmanager
def within(milliseconds: int) -> Iterator[None]:
    """Statements that take longer are cut off: a search is no reason for a server to stand still."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
        yield
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
