"""What is proposed as a problem, as the page of recurring incidents shows it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from core import formats
from core.charts import Column, Piece
from core.settings_store import value
from desk.selectors.orders import Related, related
from incidents.choices import Category
from problems.choices import Reason
from problems.models import Candidate
from problems.selectors import days_of, incidents_of_candidates, open_candidates
from tickets.models import Ticket

MOST_SHOWN, MOST_INCIDENTS = 20, 5


@dataclass(frozen=True)
class Proposal:
    """One candidate: the newest of its incidents, how many there are on which day, and why it is proposed."""

    candidate: Candidate
    incidents: list[Related]
    more: int
    why: str
    columns: list[Column]
    told: str

    @property
    def title(self) -> str:
        """What the problem would be called."""
        return self.incidents[0].ticket.title


@dataclass(frozen=True)
class Proposals:
    """Those that wait for a decision, the best first."""

    shown: list[Proposal]
    has_more: bool


def proposals(actor: User) -> Proposals:
    """What ``actor`` may decide about: two queries for any number."""
    rows = list(open_candidates(actor)[: MOST_SHOWN + 1])
    incidents = incidents_of_candidates(rows[:MOST_SHOWN])
    shown = [_proposal(row, incidents[row.pk]) for row in rows[:MOST_SHOWN]]
    return Proposals(shown, len(rows) > MOST_SHOWN)


def _proposal(row: Candidate, incidents: list[Ticket]) -> Proposal:
    counts = days_of(incidents)
    return Proposal(
        row,
        [related(each) for each in incidents[:MOST_INCIDENTS]],
        max(len(incidents) - MOST_INCIDENTS, 0),
        _why(row),
        _columns(counts),
        ", ".join(f"{formats.day_text(day)}: {count}" for day, count in counts.items()),
    )


def _why(row: Candidate) -> str:
    words = {"count": row.size, "days": value("problem.candidate_days")}
    if row.reason == Reason.ALIKE:
        text = ngettext(
            "%(count)s incident with a text like the others in %(days)s days",
            "%(count)s incidents with texts alike in %(days)s days",
            row.size,
        )
        return text % words
    words["item"] = row.ci.name if row.ci else ""
    words["category"] = dict(Category.choices).get(row.category, row.category) or _("no category")
    text = ngettext(
        "%(count)s incident on %(item)s (%(category)s) in %(days)s days",
        "%(count)s incidents on %(item)s (%(category)s) in %(days)s days",
        row.size,
    )
    return text % words


def _columns(counts: dict[dt.date, int]) -> list[Column]:
    """A column for each day of the window, also for those without an incident."""
    today = timezone.localdate()
    days = [today - dt.timedelta(days=back) for back in range(value("problem.candidate_days"), -1, -1)]
    return [
        Column(formats.day_short(day), (Piece(f"{formats.day_text(day)}: {number}", number, "accent"),))
        for day in days
        for number in [counts.get(day, 0)]
    ]
