"""Business time: how many open seconds lie between two instants, and when a number of them has passed.

Pure Python: no Django, no clock. An instant is open iff its local wall clock lies in an interval
``[start, end)`` of its date, or in an interval of the date before that runs past midnight (DOMAIN DS-1).
Instants are aware datetimes outside and whole epoch seconds inside, rounded down.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTES_PER_DAY = 1440
DAY = 86_400
FLOOR = 0
CEILING = 4_102_444_800  # 2100-01-01: nothing is planned beyond it
_BACK, _AHEAD = 200 * DAY, 400 * DAY
_BLOCK = 400 * DAY
_PROBE = DAY // 4
_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()
_MAX_SEARCH_DAYS = 3_700

Interval = tuple[int, int]
Segment = tuple[dt.datetime, dt.datetime]


@dataclass(frozen=True)
class Plan:
    """When a calendar is open: minutes after local midnight; an end beyond 1440 runs into the next date.

    ``weekly`` is keyed 0 (Monday) to 6. ``exceptions`` replace the intervals of a date and beat ``holidays``.
    """

    tz: str = "UTC"
    weekly: Mapping[int, tuple[Interval, ...]] = field(default_factory=dict)
    holidays: frozenset[dt.date] = frozenset()
    exceptions: Mapping[dt.date, tuple[Interval, ...]] = field(default_factory=dict)

    def intervals(self, ordinal: int) -> tuple[Interval, ...]:
        """The intervals that begin on the date with this proleptic ordinal."""
        day = dt.date.fromordinal(ordinal)
        if day in self.exceptions:
            return self.exceptions[day]
        if day in self.holidays:
            return ()
        return self.weekly.get(day.weekday(), ())

    @property
    def is_always_open(self) -> bool:
        """Whether every instant is open: such a calendar needs no table."""
        full = all(self.weekly.get(dow) == ((0, MINUTES_PER_DAY),) for dow in range(7))
        return full and not self.holidays and not self.exceptions

    def opens_after(self, second: int) -> bool:
        """Whether the calendar has hours from ``second`` on, holidays aside."""
        last = dt.datetime.fromtimestamp(second, dt.UTC).date() - dt.timedelta(days=3)
        return any(self.weekly.values()) or any(
            day > last and spans for day, spans in self.exceptions.items()
        )


ALWAYS: Mapping[int, tuple[Interval, ...]] = dict.fromkeys(range(7), ((0, MINUTES_PER_DAY),))


@dataclass(frozen=True)
class _Table:
    """Sorted, merged open segments of ``[low, high)`` with the open seconds before each."""

    low: int
    high: int
    opens: list[int]
    closes: list[int]
    before: list[int]

    def passed(self, second: int) -> int:
        """F: open seconds from ``low`` up to ``second``."""
        at = bisect_right(self.opens, second) - 1
        return 0 if at < 0 else self.before[at] + min(second, self.closes[at]) - self.opens[at]

    def reached(self, amount: int) -> int | None:
        """G: the earliest instant with ``amount`` open seconds before it; None beyond the table."""
        if amount <= 0:
            return self.low
        at = bisect_left(self.before, amount) - 1
        second = self.opens[at] + amount - self.before[at] if at >= 0 else self.high
        return second if at >= 0 and second <= self.closes[at] else None


class BizCal:
    """A calendar in one zone, ready to count; its table grows as far as it is asked about, up to 2100."""

    def __init__(self, plan: Plan, *, around: dt.datetime | None = None) -> None:
        """``around``: an instant near the ones that will be asked about (default: the first one asked)."""
        self.plan = plan
        self.zone = ZoneInfo(plan.tz)
        self._never_closes = plan.is_always_open  # asked once: every question begins with it
        self._table: _Table | None = None
        if around is not None:
            self._covering(epoch(around), epoch(around))

    def elapsed(self, start: dt.datetime, end: dt.datetime) -> int:
        """Open seconds from ``start`` to ``end``; negative when ``end`` is earlier."""
        low, high = epoch(start), epoch(end)
        if self._never_closes:
            return high - low
        table = self._covering(min(low, high), max(low, high))
        return table.passed(high) - table.passed(low)

    def add(self, start: dt.datetime, seconds: int) -> dt.datetime | None:
        """The earliest instant with ``seconds`` of open time since ``start``; None if none comes before 2100.

        Landing on a closing edge gives the closing instant. Negative ``seconds`` go back in open time.
        """
        origin = epoch(start)
        if seconds == 0:
            return instant(origin)
        if self._never_closes:
            return instant(origin + seconds) if FLOOR <= origin + seconds <= CEILING else None
        table = self._covering(origin, origin)
        while True:
            target = table.passed(origin) + seconds
            reached = table.reached(target) if target > 0 else None
            if reached is not None:
                return instant(reached)
            wider = self._widened(table, later=target > 0)
            if wider is table:
                return None
            table = wider

    def is_open(self, at: dt.datetime) -> bool:
        """Whether the instant lies in open time."""
        second = epoch(at)
        table = self._covering(second, second + 1)
        return table.passed(second + 1) > table.passed(second)

    def next_open(self, at: dt.datetime) -> dt.datetime | None:
        """``at`` itself in open time, else the next opening instant; None when there is none before 2100."""
        if self.is_open(at):
            return instant(epoch(at))
        after = self.add(at, 1)
        return None if after is None else after - dt.timedelta(seconds=1)

    def open_segments(self, start: dt.datetime, end: dt.datetime) -> Iterator[Segment]:
        """The open stretches inside ``[start, end)``, in order."""
        low, high = epoch(start), epoch(end)
        table = self._covering(low, high)
        for at in range(max(bisect_right(table.opens, low) - 1, 0), bisect_left(table.opens, high)):
            begin, finish = max(table.opens[at], low), min(table.closes[at], high)
            if begin < finish:
                yield instant(begin), instant(finish)

    def is_business_day(self, day: dt.date) -> bool:
        """Whether any interval begins on this local date."""
        return bool(self.plan.intervals(day.toordinal()))

    def add_business_days(self, start: dt.datetime, days: int) -> dt.datetime:
        """The same wall-clock time on the ``days``-th business date after that of ``start``.

        A calendar that has fewer within ten years counts every date: a deadline must not get lost.
        """
        local = instant(epoch(start)).astimezone(self.zone)
        day, left = local.date(), days
        for _step in range(_MAX_SEARCH_DAYS):
            if left <= 0:
                break
            day += dt.timedelta(days=1)
            left -= self.is_business_day(day)
        else:
            day = local.date() + dt.timedelta(days=days)
        return dt.datetime.combine(day, local.timetz()).astimezone(dt.UTC)

    def _covering(self, low: int, high: int) -> _Table:
        if low < FLOOR or high > CEILING:
            raise ValueError("Business time is known from 1970 to 2100.")
        table = self._table
        if table is not None and table.low <= low and high < table.high:
            return table
        if table is not None:
            low, high = min(low, table.low), max(high, table.high)
        return self._build(low - _BACK, high + _AHEAD)

    def _widened(self, table: _Table, *, later: bool) -> _Table:
        """Twice the table in the wanted direction, or the same one when nothing more can be found there."""
        span = table.high - table.low
        if later:
            exhausted = table.high >= CEILING + DAY or not self.plan.opens_after(table.high)
            return table if exhausted else self._build(table.low, table.high + span)
        return table if table.low <= FLOOR else self._build(table.low - span, table.high)

    def _build(self, low: int, high: int) -> _Table:
        low, high = max(low, FLOOR), min(high, CEILING + DAY)
        opens, closes = _segments(self.plan, self.zone, low, high)
        before, total = [], 0
        for begin, finish in zip(opens, closes, strict=True):
            before.append(total)
            total += finish - begin
        self._table = _Table(low, high, opens, closes, before)
        return self._table


def epoch(at: dt.datetime) -> int:
    """Whole seconds since 1970, rounded down. Raises ValueError for a datetime without a zone."""
    if at.tzinfo is None:
        raise ValueError("An instant needs a time zone.")
    return int(at.timestamp() // 1)


def instant(second: int) -> dt.datetime:
    """The UTC datetime of an epoch second."""
    return dt.datetime.fromtimestamp(second, dt.UTC)


def _segments(plan: Plan, zone: ZoneInfo, low: int, high: int) -> tuple[list[int], list[int]]:
    """Open segments in UTC: the local ones shifted by each offset in force, cut at the exact change."""
    opens: list[int] = []
    closes: list[int] = []
    for start, end, offset in _offsets(zone, low, high):
        for local_begin, local_finish in _local_ranges(plan, start + offset, end + offset):
            begin, finish = max(local_begin - offset, start), min(local_finish - offset, end)
            if begin >= finish:
                continue
            if closes and begin <= closes[-1]:
                closes[-1] = max(closes[-1], finish)
            else:
                opens.append(begin)
                closes.append(finish)
    return opens, closes


def _local_ranges(plan: Plan, low: int, high: int) -> Iterator[tuple[int, int]]:
    """Open ranges in naive local seconds that touch ``[low, high)``, ordered by their start."""
    for day in range(low // DAY - 2, high // DAY + 1):
        midnight = day * DAY
        for start, end in sorted(plan.intervals(day + _EPOCH_ORDINAL)):
            if midnight + end * 60 > low and midnight + start * 60 < high:
                yield midnight + start * 60, midnight + end * 60


def _offsets(zone: ZoneInfo, low: int, high: int) -> Iterator[tuple[int, int, int]]:
    """Stretches of constant UTC offset inside ``[low, high)``: start, end and the offset in seconds."""
    for block in range(low // _BLOCK, (high - 1) // _BLOCK + 1):
        for start, end, offset in _offsets_in_block(zone, block):
            if start < high and end > low:
                yield max(start, low), min(end, high), offset


@lru_cache(maxsize=1024)
def _offsets_in_block(zone: ZoneInfo, block: int) -> tuple[tuple[int, int, int], ...]:
    found = []
    start = probe = block * _BLOCK
    high = start + _BLOCK
    offset = _offset(zone, start)
    while probe < high:
        following = min(probe + _PROBE, high)
        if _offset(zone, following) != offset:
            following = _change_between(zone, probe, following, offset)
            found.append((start, following, offset))
            start, offset = following, _offset(zone, following)
        probe = following
    if start < high:
        found.append((start, high, offset))
    return tuple(found)


def _change_between(zone: ZoneInfo, low: int, high: int, offset: int) -> int:
    """The first second after ``low`` whose offset is not ``offset``."""
    while high - low > 1:
        middle = (low + high) // 2
        if _offset(zone, middle) == offset:
            low = middle
        else:
            high = middle
    return high


def _offset(zone: ZoneInfo, second: int) -> int:
    shift = dt.datetime.fromtimestamp(second, zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0
