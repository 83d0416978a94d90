"""The figures of the report on service levels, and the clocks behind each: one gate, few queries."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Aggregate,
    Case,
    Count,
    ExpressionWrapper,
    F,
    FloatField,
    IntegerField,
    Q,
    QuerySet,
    When,
)
from django.db.models.functions import Now, TruncMonth
from django.utils.translation import gettext as _

from accounts.models import Company, Group, User
from cmdb.models import CI
from core.errors import BadInputError, FieldError
from reports.choices import By, Verdict
from reports.filters import MET, MISSED, NONE, OVERDUE, Asked
from sla.choices import Stage
from sla.models import Clock, SLADefinition
from sla.selectors import ClockView, clock_rows, view_of
from tickets.models import Ticket
from tickets.selectors import seen_by

PAGE = 50
CHUNK = 2000
# When a clock counts: at its end, or when it was missed if it is still open.
_MOMENT = Case(When(stage=Stage.COMPLETED, then=F("stopped_at")), default=F("breached_at"))
_LEFT = ExpressionWrapper(F("target_s") - F("accrued_s"), output_field=IntegerField())
_BEHIND = (
    "ticket__title",
    "ticket__priority",
    "ticket__group__key",
    "ticket__group__name_ko",
    "ticket__group__name_en",
    "ticket__ci__number",
    "ticket__ci__name",
)


class Median(Aggregate):
    """The middle value; between two of them their mean."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True)
class Tally:
    """How many clocks ended how; ``overdue`` are missed and still open."""

    met: int = 0
    missed: int = 0
    overdue: int = 0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(self.met + other.met, self.missed + other.missed, self.overdue + other.overdue)

    @property
    def count(self) -> int:
        """All of them."""
        return self.met + self.missed + self.overdue

    @property
    def percent(self) -> float | None:
        """How many of a hundred were met, rounded down to a tenth, so that 100 means all; None of none."""
        return self.met * 1000 // self.count / 10 if self.count else None


@dataclass(frozen=True)
class Row:
    """The figures for one service, team, priority or month; ``key`` is its value as a filter."""

    key: str
    name: str
    tally: Tally


@dataclass(frozen=True)
class Report:
    """The figures of a period; ``median_s`` is the business time left at the end, negative when overrun."""

    asked: Asked
    total: Tally
    median_s: int | None
    rows: dict[By, list[Row]]

    @property
    def services(self) -> list[Row]:
        """By the ticket's service or item, where most was missed first."""
        return self.rows[By.SERVICE]

    @property
    def teams(self) -> list[Row]:
        """By assignment group, where most was missed first."""
        return self.rows[By.TEAM]

    @property
    def priorities(self) -> list[Row]:
        """By priority, the most urgent first."""
        return self.rows[By.PRIORITY]

    @property
    def months(self) -> list[Row]:
        """By month, in order."""
        return self.rows[By.MONTH]


@dataclass(frozen=True)
class Ended:
    """One clock behind a figure, with its ticket."""

    clock: ClockView
    ticket: Ticket
    verdict: Verdict
    at: dt.datetime


@dataclass(frozen=True)
class Page:
    """Some of the clocks behind a figure; ``after`` is empty on the last page."""

    rows: list[Ended]
    after: str


def here_and_now(actor: User) -> tuple[str, dt.datetime]:
    """The zone of the actor's company and the database's instant; one query."""
    rows = Company.objects.filter(pk=actor.company_id).annotate(now=Now())
    zone, now = rows.values_list("time_zone", "now").get()
    return zone, now


def definitions_named() -> list[tuple[str, str]]:
    """Key and name of each promise that ever was published, by name."""
    rows = SLADefinition.objects.exclude(published_at=None).order_by("key", "-no").distinct("key")
    found = [(row.key, f"{row.name} · {row.key}") for row in rows]
    return sorted(found, key=lambda pair: pair[1])


def counted(actor: User, asked: Asked, rows: QuerySet[Clock] | None = None) -> Any:
    """The clocks that count and that ``actor`` may see, each with the ``moment`` it counts at."""
    tickets = seen_by(actor).filter(asked.tickets())
    every = Clock.objects.all() if rows is None else rows
    return every.filter(asked.clocks(), ticket__in=tickets.values("pk")).annotate(moment=_MOMENT)


def report_for(actor: User, asked: Asked) -> Report:
    """The figures, the same number of queries for any number of clocks: figures, median, two of names."""
    clocks = counted(actor, asked)
    cells = list(
        clocks.annotate(month=TruncMonth("moment", tzinfo=ZoneInfo(asked.zone)))
        .values_list("ticket__ci", "ticket__group", "ticket__priority", "month")
        .annotate(
            met=Count("pk", filter=MET),
            missed=Count("pk", filter=MISSED),
            overdue=Count("pk", filter=OVERDUE),
        )
        .order_by()
    )
    median = clocks.filter(stage=Stage.COMPLETED).aggregate(median=Median(_LEFT))["median"]
    tallies = [(cell[:4], Tally(*cell[4:])) for cell in cells]
    return Report(
        asked=asked,
        total=sum((tally for _place, tally in tallies), Tally()),
        median_s=None if median is None else round(median),
        rows={
            By.SERVICE: _services(_summed(tallies, 0)),
            By.TEAM: _teams(_summed(tallies, 1)),
            By.PRIORITY: _priorities(_summed(tallies, 2)),
            By.MONTH: _months(_summed(tallies, 3), asked),
        },
    )


def page_for(actor: User, asked: Asked) -> Page:
    """One page of the clocks behind a figure, the latest first. Raises BadInputError for a foreign place."""
    rows = counted(actor, asked, clock_rows(*_BEHIND)).order_by("-moment", "-pk")
    if asked.after is not None:
        last = counted(actor, asked).filter(public_id=asked.after).values_list("moment", "pk").first()
        if last is None:
            told = _("This page address is not complete. Open the list again.")
            raise BadInputError(errors=[FieldError("after", "invalid", told)])
        rows = rows.filter(Q(moment__lt=last[0]) | Q(moment=last[0], pk__lt=last[1]))
    found = list(rows[: PAGE + 1])
    page = [_ended(clock) for clock in found[:PAGE]]
    return Page(page, page[-1].clock.public_id if len(found) > PAGE else "")


def all_behind(actor: User, asked: Asked) -> Iterator[Ended]:
    """Every clock behind a figure, the latest first, read in pieces while they are taken."""
    rows = counted(actor, asked, clock_rows(*_BEHIND)).order_by("-moment", "-pk")
    return (_ended(clock) for clock in rows.iterator(chunk_size=CHUNK))


def _ended(clock: Any) -> Ended:
    if clock.stage == Stage.COMPLETED:
        verdict = Verdict.MET if clock.breached_at is None else Verdict.MISSED
    else:
        verdict = Verdict.OVERDUE
    return Ended(view_of(clock, clock.now), clock.ticket, verdict, clock.moment)


def _summed(tallies: Iterable[tuple[Any, Tally]], place: int) -> dict[Any, Tally]:
    found: dict[Any, Tally] = {}
    for cell, tally in tallies:
        found[cell[place]] = found.get(cell[place], Tally()) + tally
    return found


def _services(sums: dict[int | None, Tally]) -> list[Row]:
    known = CI.objects.only("number", "name").in_bulk([pk for pk in sums if pk is not None])
    names = {pk: (ci.number, ci.name) for pk, ci in known.items()}
    return _by_weight(sums, names, _("No service or item"))


def _teams(sums: dict[int | None, Tally]) -> list[Row]:
    known = Group.objects.in_bulk([pk for pk in sums if pk is not None])
    names = {pk: (group.key, group.name) for pk, group in known.items()}
    return _by_weight(sums, names, _("No group"))


def _by_weight(sums: dict[int | None, Tally], names: dict[int, tuple[str, str]], nobody: str) -> list[Row]:
    """Where most was missed first."""
    rows = [Row(*((NONE, nobody) if pk is None else names[pk]), tally) for pk, tally in sums.items()]
    return sorted(rows, key=lambda row: (-row.tally.missed - row.tally.overdue, -row.tally.count, row.key))


def _priorities(sums: dict[int, Tally]) -> list[Row]:
    return [Row(str(level), f"P{level}", tally) for level, tally in sorted(sums.items())]


def _months(sums: dict[dt.datetime, Tally], asked: Asked) -> list[Row]:
    """Every month of the period, those without a clock too."""
    by_name = {f"{month:%Y-%m}": tally for month, tally in sums.items()}
    return [
        Row(key, key, by_name.get(key, Tally()))
        for key in (f"{first:%Y-%m}" for first, _last in asked.period.months())
    ]
