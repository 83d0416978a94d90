"""Configuration items as something that access is explained of (``accounts.access``)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.access.decisions import Decision
from accounts.access.subjects import Subject, askable, named
from accounts.models import User
from accounts.policies import company_wall
from cmdb.models import CI
from cmdb.policies import ACTIONS, visible_to, why


def find(asker: User, reference: str) -> CI | None:
    """The item with that number, if ``asker`` may ask about it."""
    rows = askable(asker, company_wall(asker), visible_to(asker))
    return CI.objects.filter(rows, number=reference.upper()).first()


def decisions(person: User, item: CI, action: str) -> list[Decision]:
    """Whether the person sees it, and may change it."""
    seen = why(person, item, "read")
    return [seen] if action == "read" else [seen, why(person, item, action)]


SUBJECT = Subject(
    "ci", _("Configuration item"), lambda row: row.number, find, lambda _row: named(*ACTIONS), decisions
)
