"""What fields suggest while somebody types."""

from __future__ import annotations

from accounts.models import User
from accounts.selectors import people_for
from cmdb.models import CI
from cmdb.selectors import cis_for

SHORTEST, FEW = 1, 8


def suggested_people(actor: User, text: str) -> list[User]:
    """People of whom ``text`` is a part of name, user name or mail."""
    return list(people_for(actor, query=text)[:FEW]) if len(text) >= SHORTEST else []


def suggested_items(actor: User, text: str) -> list[CI]:
    """Configuration items of which ``text`` is a part of the name, or the number."""
    return list(cis_for(actor, query=text)[:FEW]) if len(text) >= SHORTEST else []
