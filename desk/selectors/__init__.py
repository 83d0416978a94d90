"""What the workspace reads, in as few queries as a page of a million tickets allows (DOMAIN 5.4)."""

from desk.selectors.families import Family, family_of
from desk.selectors.likeness import Alike, known_already
from desk.selectors.lists import Frame, ListPage, Row, as_rows, frame_for, fresh_count, list_page, row_of
from desk.selectors.suggestions import suggested_items, suggested_people
from desk.selectors.tickets import TicketPage, desk_ticket, links_of, ticket_page

__all__ = [
    "Alike",
    "Family",
    "Frame",
    "ListPage",
    "Row",
    "TicketPage",
    "as_rows",
    "desk_ticket",
    "family_of",
    "frame_for",
    "fresh_count",
    "known_already",
    "links_of",
    "list_page",
    "row_of",
    "suggested_items",
    "suggested_people",
    "ticket_page",
]
