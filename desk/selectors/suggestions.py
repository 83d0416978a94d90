"""What fields and the palette suggest while somebody types."""

from __future__ import annotations

from accounts.models import User
from accounts.selectors import people_for
from cmdb.models import CI
from cmdb.selectors import cis_for
from tickets.models import Ticket
from tickets.selectors import search, tickets_for

SHORTEST, FEW = 1, 8


def suggested_people(actor: User, text: str) -> list[User]:
    """People of whom ``text`` is a part of name, user name or mail."""
    return list(people_for(actor, query=text)[:FEW]) if len(text) >= SHORTEST else []


def suggested_items(actor: User, text: str) -> list[CI]:
    """Configuration items of which ``text`` is a part of the name, or the number."""
    return list(cis_for(actor, query=text)[:FEW]) if len(text) >= SHORTEST else []


def suggested_tickets(actor: User, text: str, *, most: int = FEW) -> list[Ticket]:
    """Tickets of which ``text`` begins the number or is part of the title, newest first."""
    if len(text) < SHORTEST:
        return []
    return list(tickets_for(actor).filter(search(actor, text))[:most])
