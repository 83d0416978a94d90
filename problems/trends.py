"""What produces incidents, and whether it produces more of them than before; pure.

Whether a count rises is asked of two Poisson counts over periods of equal length: under the hypothesis of one
rate, each incident of both periods together falls into either with probability 1/2 (J. Przyborowski and
H. Wilenski, "Homogeneity of results in testing samples from Poisson series", Biometrika 31, 1940), so
z = (now − before) / √(now + before) is about standard normal. Rising is z ≥ 1.96, that is at most one quiet
row in forty, of at least 5 incidents.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

WEEKS = (4, 13, 26)
LEAST = 5
_Z_SQUARED = 1.96**2
_WEEK = 7


@dataclass(frozen=True)
class Span:
    """Two periods of so many weeks side by side; the later one ends with the day ``last`` in ``zone``."""

    weeks: int
    last: dt.date
    zone: str

    @property
    def first(self) -> dt.date:
        """The first day of the later period."""
        return self.last - dt.timedelta(days=self.weeks * _WEEK - 1)

    @property
    def first_before(self) -> dt.date:
        """The first day of the earlier period."""
        return self.first - dt.timedelta(days=self.weeks * _WEEK)

    @property
    def last_before(self) -> dt.date:
        """The last day of the earlier period."""
        return self.first - dt.timedelta(days=1)

    @property
    def begin_before(self) -> dt.datetime:
        """When the earlier period begins."""
        return self._midnight(self.first_before)

    @property
    def begin(self) -> dt.datetime:
        """When the later one begins, with which the earlier one ends."""
        return self._midnight(self.first)

    @property
    def end(self) -> dt.datetime:
        """The instant after the later one."""
        return self._midnight(self.last + dt.timedelta(days=1))

    def week_days(self) -> list[dt.date]:
        """The first day of each week of both, oldest first."""
        return [self.first_before + dt.timedelta(days=_WEEK * week) for week in range(2 * self.weeks)]

    def _midnight(self, day: dt.date) -> dt.datetime:
        return dt.datetime.combine(day, dt.time(), ZoneInfo(self.zone)).astimezone(dt.UTC)


def rise(now: int, before: int) -> float:
    """How far two counts of equally long periods are apart in standard deviations; 0 of none."""
    return (now - before) / math.sqrt(now + before) if now + before else 0.0


def is_rising(now: int, before: int) -> bool:
    """Whether the later count is so much larger that chance alone would seldom do it."""
    return now >= LEAST and now > before and (now - before) ** 2 >= _Z_SQUARED * (now + before)


@dataclass(frozen=True)
class Known:
    """A problem that is not closed and may explain a row."""

    number: str
    title: str
    state: str
    is_known_error: bool


@dataclass(frozen=True)
class Trend:
    """What one category, item, group or department produced; ``key`` is its value in an address.

    ``counts`` are incidents by week, those of the earlier period first. The other figures are of the later
    period: reopened at least once, resolved, the seconds from opening to that, and explained by a problem.
    """

    key: str
    name: str
    counts: tuple[int, ...]
    reopened: int = 0
    resolved: int = 0
    seconds: float = 0
    explained: int = 0

    @property
    def before(self) -> int:
        """How many the earlier period had."""
        return sum(self.counts[: len(self.counts) // 2])

    @property
    def now(self) -> int:
        """How many the later period had."""
        return sum(self.counts[len(self.counts) // 2 :])

    @property
    def growth(self) -> int | None:
        """By how many percent it grew, rounded; None when there was nothing before."""
        return round((self.now - self.before) * 100 / self.before) if self.before else None

    @property
    def is_rising(self) -> bool:
        """Whether it grew by more than chance explains."""
        return is_rising(self.now, self.before)

    @property
    def reopened_percent(self) -> float | None:
        """How many of a hundred were reopened, to a tenth; None of none."""
        return round(self.reopened * 1000 / self.now) / 10 if self.now else None

    @property
    def mean_seconds(self) -> int | None:
        """How long it took from opening to the resolution, on average; None when nothing was resolved."""
        return round(self.seconds / self.resolved) if self.resolved else None

    @property
    def unexplained(self) -> int:
        """How many no problem explains."""
        return self.now - self.explained


def in_order(rows: Iterable[Trend]) -> list[Trend]:
    """What rises first, the most surprising first; then where most happens. What has none now is left out."""

    def place(row: Trend) -> tuple[float, int, str]:
        return (-rise(row.now, row.before) if row.is_rising else 0.0, -row.now, row.key)

    return sorted((row for row in rows if row.now), key=place)


def total_of(rows: Sequence[Trend], weeks: int) -> Trend:
    """All rows together."""
    counts = [sum(week) for week in zip(*(row.counts for row in rows), strict=True)] or [0] * (2 * weeks)
    return Trend(
        key="",
        name="",
        counts=tuple(counts),
        reopened=sum(row.reopened for row in rows),
        resolved=sum(row.resolved for row in rows),
        seconds=sum(row.seconds for row in rows),
        explained=sum(row.explained for row in rows),
    )
