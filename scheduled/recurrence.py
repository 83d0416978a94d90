"""When a schedule comes due: pure arithmetic of days, and of the wall clock of a zone.

A rule names days; each has one instant, at the same wall time in summer and winter. A wall time that a clock
change leaves out is the first instant after the gap; one that comes twice counts the first time. A day of the
month that a month does not have is its last day. A day on which nobody works may move to a working day; two
that move to the same one are one.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count, islice
from zoneinfo import ZoneInfo

from scheduled.choices import Nth, OffDay, Repeat

FIRST_DAY, LAST_DAY = dt.date(2000, 1, 1), dt.date(2099, 12, 31)
_DAY, _SECOND = dt.timedelta(days=1), dt.timedelta(seconds=1)
# A clock change moves an instant by a day at most (Samoa left out a whole one).
_MARGIN = 2 * _DAY
MOST_MOVED = 14  # days until the next working day; the longest holidays of Korea have ten


@dataclass(frozen=True)
class Rule:
    """What ``models.TicketSchedule`` says of days and times."""

    repeat: str
    starts_on: dt.date
    at: dt.time
    tz: str
    every: int = 1
    weekdays: tuple[int, ...] = ()
    month_day: int | None = None
    nth: int | None = None
    nth_weekday: int | None = None
    ends_on: dt.date | None = None
    off_day: str = OffDay.OPEN
    works_on: Callable[[dt.date], bool] | None = None  # needed unless ``off_day`` is OPEN


def following(rule: Rule, after: dt.datetime) -> dt.datetime | None:
    """The first instant after ``after``, in UTC; None when there is none until the end of 2099."""
    return next(_instants(rule, after), None)


def coming(rule: Rule, after: dt.datetime, most: int) -> list[dt.datetime]:
    """The first instants after ``after``, at most ``most``."""
    return list(islice(_instants(rule, after), most))


def between(rule: Rule, since: dt.datetime, until: dt.datetime) -> list[dt.datetime]:
    """The instants from ``since`` to ``until``, both included, in their order."""
    found = []
    for at in _instants(rule, since - _SECOND):
        if at > until:
            break
        if at >= since:
            found.append(at)
    return found


def days(rule: Rule, since: dt.date) -> Iterator[dt.date]:
    """The days from ``since`` on when it comes due, in their order, each once.

    One that moves may lie before ``starts_on`` or behind ``ends_on``; those name the days it moves from.
    """
    works_on = rule.works_on
    if works_on is None or rule.off_day == OffDay.OPEN:
        yield from _named(rule, since)
        return
    newest = since - _DAY
    for day in _named(rule, since - MOST_MOVED * _DAY):
        moved = _moved(day, rule.off_day, works_on)
        if moved is not None and moved > newest:
            newest = moved
            yield moved


def _moved(day: dt.date, off_day: str, works_on: Callable[[dt.date], bool]) -> dt.date | None:
    """The working day in its place; None when it is left out, or none is near."""
    if works_on(day):
        return day
    if off_day == OffDay.SKIP:
        return None
    step = _DAY if off_day == OffDay.NEXT else -_DAY
    near = (day + nth * step for nth in range(1, MOST_MOVED + 1))
    return next((each for each in near if works_on(each)), None)


def _named(rule: Rule, since: dt.date) -> Iterator[dt.date]:
    """The days from ``since`` on that the rule names, in their order, each once."""
    first = max(since, rule.starts_on)
    last = min(rule.ends_on or LAST_DAY, LAST_DAY)
    for day in _steps(rule, first):
        if day > last:
            return
        if day >= first:
            yield day


def moment(day: dt.date, at: dt.time, tz: str) -> dt.datetime:
    """The instant at which the clock of the zone shows that time of that day, in UTC."""
    zone = ZoneInfo(tz)
    wall = dt.datetime.combine(day, at)
    found = wall.replace(tzinfo=zone).astimezone(dt.UTC)
    if found.astimezone(zone).replace(tzinfo=None) == wall:
        return found
    before, behind = wall.replace(tzinfo=zone, fold=1).astimezone(dt.UTC), found
    return _change(zone, before, behind)


def _instants(rule: Rule, after: dt.datetime) -> Iterator[dt.datetime]:
    """The instants after ``after``; two days that a left-out day puts at one instant are one."""
    if after.year >= LAST_DAY.year + 1:
        return
    newest = after
    for day in days(rule, after.astimezone(ZoneInfo(rule.tz)).date() - _MARGIN):
        at = moment(day, rule.at, rule.tz)
        if at > newest:
            yield at
            newest = at


def _change(zone: ZoneInfo, low: dt.datetime, high: dt.datetime) -> dt.datetime:
    """The instant of the clock change after ``low``, at or before ``high``, to the second."""
    offset = low.astimezone(zone).utcoffset()
    span = int((high - low).total_seconds())
    left, right = 0, span
    while right - left > 1:
        middle = (left + right) // 2
        if (low + middle * _SECOND).astimezone(zone).utcoffset() == offset:
            left = middle
        else:
            right = middle
    return low + right * _SECOND


def _steps(rule: Rule, since: dt.date) -> Iterator[dt.date]:
    """The days of the rule in their order, from the step on in which ``since`` lies."""
    if rule.repeat == Repeat.ONCE:
        return iter((rule.starts_on,))
    if rule.repeat == Repeat.DAILY:
        return _daily(rule, since)
    return _weekly(rule, since) if rule.repeat == Repeat.WEEKLY else _monthly(rule, since)


def _daily(rule: Rule, since: dt.date) -> Iterator[dt.date]:
    done = (since - rule.starts_on).days // rule.every
    for step in count(done):
        yield rule.starts_on + step * rule.every * _DAY


def _weekly(rule: Rule, since: dt.date) -> Iterator[dt.date]:
    """Weeks begin on Monday; the first one is that of ``starts_on``."""
    monday = rule.starts_on - rule.starts_on.weekday() * _DAY
    done = (since - monday).days // (7 * rule.every)
    for step in count(done):
        week = monday + step * rule.every * 7 * _DAY
        for weekday in sorted(rule.weekdays or (rule.starts_on.weekday(),)):
            yield week + weekday * _DAY


def _monthly(rule: Rule, since: dt.date) -> Iterator[dt.date]:
    """Months, or years of twelve, counted from that of ``starts_on``."""
    size = rule.every * (12 if rule.repeat == Repeat.YEARLY else 1)
    first = _months(rule.starts_on)
    done = (_months(since) - first) // size
    for step in count(done):
        year, month = divmod(first + step * size, 12)
        if year > LAST_DAY.year + 1:
            return
        yield _day_of(rule, year, month + 1)


def _months(day: dt.date) -> int:
    return day.year * 12 + day.month - 1


def _day_of(rule: Rule, year: int, month: int) -> dt.date:
    last = calendar.monthrange(year, month)[1]
    if rule.repeat == Repeat.YEARLY:
        return dt.date(year, month, min(rule.starts_on.day, last))
    if rule.nth is None or rule.nth_weekday is None:
        return dt.date(year, month, min(rule.month_day or rule.starts_on.day, last))
    if rule.nth == Nth.LAST:
        end = dt.date(year, month, last)
        return end - (end.weekday() - rule.nth_weekday) % 7 * _DAY
    begin = dt.date(year, month, 1)
    return begin + ((rule.nth_weekday - begin.weekday()) % 7 + 7 * (rule.nth - 1)) * _DAY
