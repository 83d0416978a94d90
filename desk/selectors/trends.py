"""What produces incidents, in words: a line for each row with its chart and the ways behind its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from core import formats
from core.charts import Column, Piece
from desk.filters import encoded
from incidents.choices import Category
from problems.choices import TrendBy
from problems.services.trending import title_for
from problems.trend_selectors import Trends, known_for, span_for, trends_for
from problems.trends import WEEKS, Known, Trend

MOST_ROWS, MOST_KNOWN = 25, 3
# The filter of the list that stands for a row.
_FILTERS = {
    TrendBy.CATEGORY: "category",
    TrendBy.SERVICE: "ci",
    TrendBy.ITEM: "ci",
    TrendBy.GROUP: "group",
    TrendBy.DEPARTMENT: "department",
}


@dataclass(frozen=True)
class Line:
    """One row: its name and figures as text, its chart, the lists behind it and what may explain it."""

    row: Trend
    name: str
    growth: str
    reopened: str
    took: str
    url: str
    before_url: str
    unexplained_url: str
    columns: list[Column]
    sentence: str
    known: list[Known]
    more_known: int


@dataclass(frozen=True)
class TrendPage:
    """What the page shows; ``left_out`` rows are in the file alone."""

    trends: Trends
    total: Line
    lines: list[Line]
    left_out: int
    days: str
    days_before: str
    ways: list[dict[str, Any]]
    spans: list[dict[str, Any]]
    query: str

    @property
    def weeks(self) -> list[dict[str, Any]]:
        """The charts as a table: a row for each week, the latest first."""
        counts = zip(*(line.row.counts for line in self.lines), strict=True)
        rows = zip(self.trends.span.week_days(), counts, strict=True)
        return [{"day": formats.day_text(day), "counts": each} for day, each in reversed(list(rows))]

    @property
    def rising(self) -> int:
        """How many of the rows rise."""
        return sum(row.is_rising for row in self.trends.rows)


def trend_page(actor: User, by: TrendBy, weeks: int) -> TrendPage:
    """What produces incidents that ``actor`` sees: five queries, the same for any number of rows."""
    trends = trends_for(actor, by, span_for(actor, weeks))
    shown = trends.rows[:MOST_ROWS]
    known = known_for(actor, trends, shown)
    span = trends.span
    return TrendPage(
        trends=trends,
        total=_line(trends, trends.total, _("All"), []),
        lines=[_line(trends, row, name_in(by, row), known.get(row.key, [])) for row in shown],
        left_out=len(trends.rows) - len(shown),
        days=f"{formats.day_text(span.first)} – {formats.day_text(span.last)}",
        days_before=f"{formats.day_text(span.first_before)} – {formats.day_text(span.last_before)}",
        ways=[
            {
                "label": way.label,
                "url": f"?{encoded({'by': way.value, 'weeks': weeks})}",
                "current": way == by,
            }
            for way in TrendBy
        ],
        spans=[
            {
                "label": _("%(weeks)s weeks") % {"weeks": each},
                "url": f"?{encoded({'by': by.value, 'weeks': each})}",
                "current": each == weeks,
            }
            for each in WEEKS
        ],
        query=encoded({"by": by.value, "weeks": weeks}),
    )


def name_in(by: TrendBy, row: Trend) -> str:
    """What a row is called."""
    return str(dict(Category.choices).get(row.key, row.key)) if by == TrendBy.CATEGORY else row.name


def title_of(trends: Trends, row: Trend) -> str:
    """What a problem for the row would be called."""
    return title_for(name_in(trends.by, row), row.now, trends.span.weeks)


def growth_text(row: Trend) -> str:
    """``+40 %``, ``−12 %``, or that there was nothing before."""
    if row.growth is None:
        return _("new") if row.now else "–"
    return f"{row.growth:+d} %".replace("-", "−")


def _line(trends: Trends, row: Trend, name: str, known: list[Known]) -> Line:
    span, counts = trends.span, list(zip(trends.span.week_days(), row.counts, strict=True))
    told = ", ".join(f"{formats.day_text(day)}: {count}" for day, count in counts)
    own = {_FILTERS[trends.by]: row.key} if row.key else {}
    return Line(
        row=row,
        name=name,
        growth=growth_text(row),
        reopened="–" if row.reopened_percent is None else f"{row.reopened_percent:g} %",
        took="–" if row.mean_seconds is None else formats.hours(row.mean_seconds),
        url=_list(own, span.begin, span.end),
        before_url=_list(own, span.begin_before, span.begin),
        unexplained_url=_list(own | {"problem": "none"}, span.begin, span.end),
        columns=[
            Column(
                formats.day_short(day),
                (
                    Piece(
                        f"{formats.day_text(day)}: {count}",
                        count,
                        "accent" if day >= span.first else "neutral",
                    ),
                ),
            )
            for day, count in counts
        ],
        sentence=_("%(name)s: incidents by week, from the day named. %(told)s")
        % {"name": name, "told": told},
        known=known[:MOST_KNOWN],
        more_known=max(len(known) - MOST_KNOWN, 0),
    )


def _list(own: dict[str, str], begin: Any, end: Any) -> str:
    instants = {"opened_from": begin.isoformat(), "opened_before": end.isoformat()}
    return f"{reverse('desk:incidents')}?{encoded({'view': 'counted'} | own | instants)}"


def file_rows(trends: Trends) -> Iterator[list[Any]]:
    """All rows as a file: figures of the later period, then the weeks of both."""
    days = trends.span.week_days()
    yield [
        str(trends.by.label), _("Key"), _("Incidents"), _("Weeks before"), _("Growth (%)"), _("Rising"),
        _("Reopened (%)"), _("Mean time to resolve (s)"), _("Without a problem"),
        *(_("Week from %(day)s") % {"day": day.isoformat()} for day in days),
    ]  # fmt: skip
    for row in trends.rows:
        yield [
            name_in(trends.by, row), row.key, row.now, row.before, row.growth, row.is_rising,
            row.reopened_percent, row.mean_seconds, row.unexplained, *row.counts,
        ]  # fmt: skip
