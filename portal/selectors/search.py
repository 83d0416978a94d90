"""One search over what can be ordered and what was asked for (UI rule 1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import User
from catalog.models import CatalogItemVersion
from catalog.selectors import entries_for
from catalog.selectors import search as search_versions
from core import hangul, searching
from core.synonyms import alike
from portal.selectors.ordering import Offer, offer_of
from portal.selectors.requests import Row, own, row_of
from tickets.finding import LEAST_ALIKE
from tickets.finding import find as find_tickets

FORMS, TICKETS = 12, 12
SUGGESTED = 5
LONGEST = 200


@dataclass(frozen=True)
class Hits:
    """What was found, and the text it was looked for with."""

    query: str
    forms: list[Offer]
    requests: list[Row]

    @property
    def found(self) -> bool:
        """Whether there is anything to show."""
        return bool(self.forms or self.requests)


def clean_query(text: str) -> str:
    """What was typed, without what cannot be searched for."""
    return searching.cleaned(text)[:LONGEST]


def is_long_enough(query: str) -> bool:
    """Whether suggestions make sense: two letters, or one Hangul syllable."""
    return len(query) >= 2 or (bool(query) and not query.isascii())


def find(actor: User, text: str, *, forms: int = FORMS, tickets: int = TICKETS) -> Hits:
    """Forms the person may order and their own requests that match; articles will join them here.

    Notes among agents are not looked into, whoever searches.
    """
    query = clean_query(text)
    if not query:
        return Hits("", [], [])
    matching = [row_of(row) for row in find_tickets(own(actor), query, internal=False, most=tickets).rows]
    found = _forms(entries_for(actor), query)[:forms]
    return Hits(query, [offer_of(version) for version in found], matching)


def suggest(actor: User, text: str) -> Hits:
    """The first few of each group; nothing for a text that is too short."""
    query = clean_query(text)
    if not is_long_enough(query):
        return Hits(query, [], [])
    return find(actor, query, forms=SUGGESTED, tickets=SUGGESTED)


def _forms(versions: Sequence[CatalogItemVersion], query: str) -> list[CatalogItemVersion]:
    if hangul.is_initials(query):
        wanted = "".join(query.split())
        return [row for row in versions if wanted in hangul.initials("".join(row.name_ko.split()))]
    found = search_versions(versions, query)
    meant = hangul.from_latin_keys(query)
    if found or not meant:
        return found or _alike(versions, query)
    return search_versions(versions, meant)


def _alike(versions: Sequence[CatalogItemVersion], query: str) -> list[CatalogItemVersion]:
    """Items of a name with one letter wrong, or by another word of the same meaning."""
    for each in alike(searching.folded(query))[1:]:
        found = search_versions(versions, each)
        if found:
            return found
    scored = [
        (max(searching.likeness(query, name) for name in (row.name_ko, row.name_en)), row) for row in versions
    ]
    near = sorted((each for each in scored if each[0] >= LEAST_ALIKE), key=lambda each: -each[0])
    return [row for _score, row in near]
