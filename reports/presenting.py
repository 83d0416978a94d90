"""The report on service levels in words: tiles, tables with a way into each number, a chart and its twin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.charts import Column, Piece
from reports.choices import By, Verdict
from reports.filters import Asked, days_of
from reports.satisfaction import Said, Satisfaction
from reports.selectors import Ended, Report, Row, Tally
from sla.choices import Target
from tickets.choices import Score

MOST_ROWS = 25
TONES = {Verdict.MET: "good", Verdict.MISSED: "bad", Verdict.OVERDUE: "warn"}
STATES = {Verdict.MET: "met", Verdict.MISSED: "missed", Verdict.OVERDUE: "breached"}
# Periods that a click chooses.
QUICK = {
    "month": gettext_lazy("This month"),
    "last_month": gettext_lazy("Last month"),
    "quarter": gettext_lazy("This quarter"),
    "last_quarter": gettext_lazy("Last quarter"),
}
HEADINGS = {
    By.SERVICE: gettext_lazy("By service or item"),
    By.TEAM: gettext_lazy("By assignment group"),
    By.PRIORITY: gettext_lazy("By priority"),
    By.MONTH: gettext_lazy("By month"),
}


@dataclass(frozen=True)
class Figure:
    """A number that opens the list behind it; no address when there is nothing behind it."""

    number: int
    url: str
    column: str
    label: str


@dataclass(frozen=True)
class Line:
    """One row of a table; ``url`` narrows the report to it."""

    name: str
    url: str
    percent: str
    figures: tuple[Figure, ...]
    pieces: tuple[Piece, ...]
    sentence: str


@dataclass(frozen=True)
class Table:
    """The figures by one thing; ``left_out`` rows are in the file alone."""

    key: str
    heading: Any
    column: Any
    lines: tuple[Line, ...]
    left_out: int
    csv_url: str


@dataclass(frozen=True)
class Tile:
    """One figure in large."""

    label: str
    value: str
    note: str
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Chip:
    """One filter in force, and the address without it."""

    label: str
    url: str


def percent_text(percent: float | None) -> str:
    """``92.3 %``, or a dash for none."""
    return "–" if percent is None else f"{percent:g} %"


def tiles_of(report: Report) -> list[Tile]:
    """The four figures on top."""
    total, asked = report.total, report.asked
    of_all = _("%(part)s of %(whole)s") % {"part": f"{total.met:,}", "whole": f"{total.count:,}"}
    return [
        Tile(_("Promises met"), percent_text(total.percent), of_all, _list_url(asked)),
        Tile(
            _("Missed"),
            f"{total.missed:,}",
            _("Ended after their time"),
            _list_url(asked, verdict=Verdict.MISSED),
            "bad" if total.missed else "",
        ),
        Tile(
            _("Missed and still open"),
            f"{total.overdue:,}",
            _("Somebody still waits"),
            _list_url(asked, verdict=Verdict.OVERDUE),
            "bad" if total.overdue else "",
        ),
        _median(report.median_s),
    ]


def _median(seconds: int | None) -> Tile:
    if seconds is None:
        return Tile(_("Left at the end, median"), "–", _("Nothing has ended"))
    if seconds < 0:
        return Tile(_("Overrun, median"), formats.hours(-seconds), _("Half of them took longer"), tone="bad")
    return Tile(_("Left at the end, median"), formats.hours(seconds), _("Business time, half had more"))


def tables_of(report: Report) -> list[Table]:
    """The figures by service, team, priority and month."""
    return [_table(report, by) for by in By]


def _table(report: Report, by: By) -> Table:
    rows = report.rows[by]
    shown = list(reversed(rows)) if by == By.MONTH else rows[:MOST_ROWS]  # of months all, the latest first
    return Table(
        key=by.value,
        heading=HEADINGS[by],
        column=by.label,
        lines=tuple(_line(report.asked, by, row) for row in shown),
        left_out=len(rows) - len(shown),
        csv_url=f"{reverse('reports:sla_export')}?{report.asked.query(by=by.value)}",
    )


def _line(asked: Asked, by: By, row: Row) -> Line:
    name, narrowed = name_of(by, row), _narrowed(asked, by, row.key)
    return Line(
        name=name,
        url=f"{reverse('reports:sla')}?{asked.query(**narrowed)}",
        percent=percent_text(row.tally.percent),
        figures=tuple(_figures(asked, row.tally, narrowed, name)),
        pieces=pieces_of(row.tally),
        sentence=f"{name}. {sentence_of(row.tally)}",
    )


def _figures(asked: Asked, tally: Tally, narrowed: dict[str, Any], name: str) -> Iterator[Figure]:
    counts: list[tuple[Any, int, str]] = [
        (Verdict.MET.label, tally.met, Verdict.MET),
        (Verdict.MISSED.label, tally.missed, Verdict.MISSED),
        (Verdict.OVERDUE.label, tally.overdue, Verdict.OVERDUE),
        (_("All"), tally.count, ""),
    ]
    for label, number, verdict in counts:
        url = _list_url(asked, **narrowed, verdict=verdict) if number else ""
        yield Figure(number, url, str(label), f"{name}, {label}: {number}")


def _narrowed(asked: Asked, by: By, key: str) -> dict[str, Any]:
    """The parameters that a row stands for; a month is cut to the days of the period."""
    if by == By.MONTH:
        spans = {f"{first:%Y-%m}": (first, last) for first, last in asked.period.months()}
        return days_of(*spans[key])
    return {by.value: key}


def _list_url(asked: Asked, **changed: Any) -> str:
    return f"{reverse('reports:sla_clocks')}?{asked.query(**changed)}"


def name_of(by: By, row: Row) -> str:
    """What a row is called."""
    return month_name(row.key) if by == By.MONTH else row.name


def month_name(key: str) -> str:
    """``2026년 3월`` or ``March 2026`` of ``2026-03``."""
    return date_format(dt.date.fromisoformat(f"{key}-01"), "YEAR_MONTH_FORMAT")


def pieces_of(tally: Tally) -> tuple[Piece, ...]:
    """The parts of a bar."""
    return (
        Piece(f"{Verdict.MET.label}: {tally.met}", tally.met, TONES[Verdict.MET]),
        Piece(f"{Verdict.OVERDUE.label}: {tally.overdue}", tally.overdue, TONES[Verdict.OVERDUE]),
        Piece(f"{Verdict.MISSED.label}: {tally.missed}", tally.missed, TONES[Verdict.MISSED]),
    )


def sentence_of(tally: Tally) -> str:
    """The figures of a bar, to be read aloud."""
    parts = [piece.label for piece in pieces_of(tally) if piece.value]
    return ", ".join([f"{_('Promises met')}: {percent_text(tally.percent)}", *parts])


def columns_of(report: Report) -> tuple[list[Column], str]:
    """The chart and its sentence: months when there are several, else priorities."""
    by = By.MONTH if len(report.rows[By.MONTH]) > 1 else By.PRIORITY
    shown = [
        Column(
            _short(row.key) if by == By.MONTH else row.name,
            tuple(pieces_of(row.tally)),
            row.tally.percent if by == By.MONTH else None,
        )
        for row in report.rows[by]
    ]
    told = "; ".join(
        f"{name_of(by, row)} {percent_text(row.tally.percent)}" for row in report.rows[by] if row.tally.count
    )
    return shown, f"{HEADINGS[by]}: {told}"


def _short(key: str) -> str:
    return f"{key[2:4]}.{int(key[5:])}"


def period_words(asked: Asked) -> str:
    """The days the report is about."""
    names = {
        "from": formats.day_text(asked.period.first),
        "to": formats.day_text(asked.period.last),
        "zone": asked.zone,
    }
    return _("%(from)s – %(to)s, days in %(zone)s") % names


def chips_of(asked: Asked, names: dict[str, str], page: str) -> list[Chip]:
    """The filters in force; ``names`` has words for keys of services, teams and promises."""
    url, found = reverse(page), []
    for name, value in asked.values.items():
        found.append(Chip(_chip(name, value, names), f"{url}?{asked.query(**{name: None})}"))
    if asked.verdict:
        label = ", ".join(str(Verdict(each).label) for each in asked.verdict)
        found.append(Chip(label, f"{url}?{asked.query(verdict=None)}"))
    return found


def _chip(name: str, value: Any, names: dict[str, str]) -> str:
    if name == "priority":
        return ", ".join(f"P{level}" for level in value)
    if name == "target":
        return ", ".join(str(Target(each).label) for each in value)
    nobody = {"service": _("No service or item"), "team": _("No group")}
    return nobody[name] if value == "none" and name in nobody else names.get(value, value)


def names_in(report: Report) -> dict[str, str]:
    """Words for the keys of services and teams that the report tells of."""
    return {row.key: row.name for by in (By.SERVICE, By.TEAM) for row in report.rows[by] if row.key != "none"}


def names_behind(rows: Sequence[Ended]) -> dict[str, str]:
    """Words for the keys of services and teams of these clocks."""
    found = {}
    for row in rows:
        for place, key in ((row.ticket.group, "key"), (row.ticket.ci, "number")):
            if place is not None:
                found[getattr(place, key)] = str(place.name)
    return found


def table_rows(report: Report, by: By) -> Iterator[list[Any]]:
    """The table as a file: all rows."""
    yield [str(by.label), _("Met (%)"), *(str(each.label) for each in Verdict), _("All")]
    for row in report.rows[by]:
        tally = row.tally
        percent = "" if tally.percent is None else tally.percent
        yield [name_of(by, row), percent, tally.met, tally.missed, tally.overdue, tally.count]


def clock_lines(rows: Iterable[Ended]) -> Iterator[list[Any]]:
    """The clocks as a file."""
    yield [
        _("Number"), _("Title"), _("Priority"), _("Assignment group"), _("Service or item"), _("Promise"),
        _("Definition"), _("Target (s)"), _("Result"), _("At"), _("Left (s)"), _("Paused (s)"),
    ]  # fmt: skip
    for row in rows:
        ticket, clock = row.ticket, row.clock
        yield [
            ticket.number, ticket.title, ticket.priority, ticket.group.name if ticket.group else "",
            ticket.ci.name if ticket.ci else "", clock.name, clock.definition_key, clock.target_seconds,
            str(row.verdict.label), row.at, clock.left_seconds, clock.paused_seconds,
        ]  # fmt: skip


@dataclass(frozen=True)
class SaidLine:
    """One group's row of the table on satisfaction."""

    said: Said
    percent: str
    pieces: tuple[Piece, ...]
    sentence: str


def said_lines(report: Satisfaction) -> list[SaidLine]:
    """The rows: all together, then each group."""
    return [_said_line(said) for said in (report.total, *report.groups)]


def _said_line(said: Said) -> SaidLine:
    parts = {label: said.answers[score] for score, label in reversed(Score.choices)}
    tones = ("good", "good", "neutral", "warn", "bad")
    pieces = tuple(
        Piece(f"{label}: {count}", count, tone)
        for (label, count), tone in zip(parts.items(), tones, strict=True)
    )
    sentence = ", ".join(f"{label}: {count}" for label, count in parts.items())
    return SaidLine(said, percent_text(said.good_percent), pieces, f"{said.name}. {sentence}")


def said_table(report: Satisfaction) -> Iterator[list[Any]]:
    """The same as rows of a file, the heading first."""
    yield [
        _("Assignment group"),
        _("Asked"),
        _("Answers"),
        _("Mean (1 to 5)"),
        *(str(x) for x in Score.labels),
    ]
    for said in (report.total, *report.groups):
        counts = [said.answers[score] for score in Score.values]
        yield [said.name, said.asked, said.answered, said.mean, *counts]
