"""One search over tickets of every kind, people and configuration items, each cut to what the reader sees.

Articles join as one more ``Group`` and one more sort: they bring their own ``find``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.selectors import people_for
from cmdb.models import CI
from cmdb.selectors import cis_for
from core import searching
from desk import queues
from desk.selectors.lists import Row, as_rows
from tickets import kinds
from tickets.choices import Phase
from tickets.finding import Found, find
from tickets.models import Ticket
from tickets.selectors import tickets_for

PEOPLE, ITEMS = "people", "items"
PAGE, BESIDE, FEW = 50, 5, 6
LAST_PAGE = 20

Parts = list[tuple[str, bool]]


@dataclass(frozen=True)
class Hit:
    """One thing that was found: its words, cut where they are marked, and where it is."""

    icon: str
    title: Parts
    code: str
    about: str
    url: str = ""
    row: Row | None = None


@dataclass(frozen=True)
class Group:
    """The hits of one sort, and the address with these alone."""

    key: str
    label: str | Promise
    hits: list[Hit]
    url: str


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the words, one sort or all, open tickets alone, and the page."""

    text: str
    sort: str = ""
    only_open: bool = False
    page: int = 1

    def url(self, **changed: Any) -> str:
        """The address of this search, something in it changed."""
        pairs = {
            "q": self.text,
            "type": self.sort,
            "open": "1" if self.only_open else "",
            "page": "",
        } | changed
        return f"{reverse('desk:search')}?{urlencode({name: each for name, each in pairs.items() if each})}"


@dataclass(frozen=True)
class Results:
    """One page of a search."""

    asked: Asked
    groups: list[Group] = field(default_factory=list)
    meant: str = ""
    next_url: str = ""
    too_slow: bool = False

    @property
    def choices(self) -> list[tuple[str | Promise, str, bool]]:
        """The sorts one can narrow to: word, address, whether it is the present one."""
        sorts = [("", _("Everything")), *((spec.key, spec.plural) for spec in kinds.all_kinds())]
        sorts += [(PEOPLE, _("People")), (ITEMS, _("Configuration items"))]
        return [(label, self.asked.url(type=key), key == self.asked.sort) for key, label in sorts]


def sorts() -> set[str]:
    """What a search may be narrowed to."""
    return {spec.key for spec in kinds.all_kinds()} | {PEOPLE, ITEMS}


def search(actor: User, asked: Asked) -> Results:
    """One page of what the reader finds: tickets by kind in the order of their best hit, people and items."""
    if not asked.text:
        return Results(asked)
    found = Found([])
    if asked.sort not in {PEOPLE, ITEMS}:
        found = find_tickets(actor, asked, most=PAGE)
    groups = _by_kind(asked, found)
    if asked.page == 1 or asked.sort:
        groups += [_people(actor, asked), _items(actor, asked)]
    groups = [group for group in groups if group.hits]
    follows = asked.url(page=asked.page + 1) if found.more and asked.page < LAST_PAGE else ""
    return Results(asked, groups, found.meant, follows, found.too_slow)


def find_tickets(actor: User, asked: Asked, *, most: int) -> Found:
    """The tickets alone."""
    wanted = Q(kind=asked.sort) if asked.sort else Q()
    if asked.only_open:
        wanted &= Q(active=True) & ~Q(phase=Phase.DONE)
    rows = tickets_for(actor).filter(wanted)
    return find(rows, asked.text, internal=True, most=most, start=(asked.page - 1) * most)


def _by_kind(asked: Asked, found: Found) -> list[Group]:
    groups: dict[str, list[Hit]] = {}
    for row in as_rows(found.rows):
        ticket, spec = row.ticket, kinds.get(row.ticket.kind)
        title = searching.marked(ticket.title, found.words)
        hit = Hit(spec.icon, title, ticket.number, row.about, _address(ticket), row)
        groups.setdefault(ticket.kind, []).append(hit)
    return [Group(kind, kinds.get(kind).plural, hits, asked.url(type=kind)) for kind, hits in groups.items()]


def _short(ticket: Ticket, words: tuple[str, ...]) -> Hit:
    spec = kinds.get(ticket.kind)
    title = searching.marked(ticket.title, words)
    return Hit(spec.icon, title, ticket.number, str(spec.label), _address(ticket))


def _address(ticket: Ticket) -> str:
    return reverse("desk:ticket", args=[queues.path_of(ticket.kind), ticket.number])


def _people(actor: User, asked: Asked) -> Group:
    most = PAGE if asked.sort == PEOPLE else BESIDE if not asked.sort else 0
    rows = people_for(actor, query=asked.text)[:most] if most else []
    return Group(PEOPLE, _("People"), [person_hit(row, asked.text) for row in rows], asked.url(type=PEOPLE))


def person_hit(person: User, text: str) -> Hit:
    """A person; the address has the tickets they asked for."""
    about = [person.username, person.department.name if person.department else "", person.email]
    place = f"{reverse('desk:all')}?{urlencode({'view': 'open', 'requester': person.username})}"
    title = searching.marked(person.display_name, searching.readings(searching.folded(text)))
    return Hit("user", title, "", " · ".join(filter(None, about)), place)


def _items(actor: User, asked: Asked) -> Group:
    most = PAGE if asked.sort == ITEMS else BESIDE if not asked.sort else 0
    rows = cis_for(actor, query=asked.text)[:most] if most else []
    hits = [item_hit(row, asked.text) for row in rows]
    return Group(ITEMS, _("Configuration items"), hits, asked.url(type=ITEMS))


def item_hit(item: CI, text: str) -> Hit:
    """A configuration item."""
    title = searching.marked(item.name, searching.readings(searching.folded(text)))
    return Hit(item.ci_class.icon, title, item.number, f"{item.ci_class.name} · {item.get_status_display()}")


@dataclass(frozen=True)
class AtHand:
    """The first few of each sort, for the palette."""

    tickets: list[Hit]
    people: list[Hit]
    items: list[Hit]
    meant: str
    url: str


def at_hand(actor: User, text: str) -> AtHand:
    """The first few tickets, people and items; ``url`` has all of them."""
    asked = Asked(text)
    found = find_tickets(actor, asked, most=FEW)
    hits = [_short(row, found.words) for row in found.rows]
    people, items = _people(actor, asked).hits, _items(actor, asked).hits
    return AtHand(hits, people[:FEW], items[:FEW], found.meant, asked.url())
