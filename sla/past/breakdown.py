"""Whose time it was: a clock's stretches divided among the groups and assignees who had the ticket (SLA-14).

A stretch's business seconds are those the ledger booked; where the owner changed within it they are divided
by the calendar, and made to fit should the calendar have changed since. The parts are the whole, always.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Protocol

from django.db.models import Q

from accounts.models import Group
from accounts.selectors import people
from sla.choices import SegmentKind
from sla.models import Clock
from sla.selectors import ClockView, business_time_of, segments_of_all, view_of
from tickets.choices import ActivityKind
from tickets.models import Activity, Ticket

GROUP, ASSIGNEE = "group", "assignee"
BEGINNING = dt.datetime.min.replace(tzinfo=dt.UTC)
# The row that tells of a new owner is stamped when it is written; the write waited for locks at most so long.
MOMENT = dt.timedelta(seconds=3)


class BusinessTime(Protocol):
    """What counts open seconds, such as ``schedules.bizcal.BizCal``."""

    def elapsed(self, start: dt.datetime, end: dt.datetime) -> int:
        """Open seconds between two instants."""


@dataclass(frozen=True)
class Stretch:
    """A stretch of a clock's life and the business seconds in it."""

    kind: str
    began_at: dt.datetime
    ended_at: dt.datetime
    open_s: int


@dataclass(frozen=True)
class Hold:
    """From when on the ticket was whose; the first begins with the ticket."""

    since: dt.datetime
    owner: int | None


@dataclass(frozen=True)
class Parts:
    """What somebody's time with a ticket was, in seconds.

    ``running`` counts business time; ``off_hours`` is the rest of running stretches; ``paused`` and
    ``solved`` count by the wall, of which ``paused_open`` were business seconds.
    """

    running: int = 0
    off_hours: int = 0
    paused: int = 0
    paused_open: int = 0
    solved: int = 0

    def __add__(self, other: Parts) -> Parts:
        """Both together."""
        return Parts(
            self.running + other.running,
            self.off_hours + other.off_hours,
            self.paused + other.paused,
            self.paused_open + other.paused_open,
            self.solved + other.solved,
        )

    @property
    def wall(self) -> int:
        """All of it, by the wall."""
        return self.running + self.off_hours + self.paused + self.solved


@dataclass(frozen=True)
class Share:
    """One owner's part; ``key`` is a group's key or a user name, both texts are empty for nobody."""

    key: str
    name: str
    parts: Parts


@dataclass(frozen=True)
class Breakdown:
    """A clock as it stands, its stretches in order, and whose the time was; the largest share first."""

    clock: ClockView
    stretches: tuple[Stretch, ...]
    total: Parts
    groups: tuple[Share, ...]
    assignees: tuple[Share, ...]


def breakdowns_of(ticket: Ticket, clocks: Sequence[Clock], *, now: dt.datetime) -> list[Breakdown]:
    """The breakdown of each of these clocks of one visible ticket up to ``now``, in their order.

    Four queries for any number of clocks: stretches, changes of owner, groups, people. The clocks come from
    ``sla.selectors.clock_rows``.
    """
    stretches = _stretches(clocks, now)
    changes = _changes_of(ticket)
    divided = []
    for clock in clocks:
        shares = {
            name: divide(stretches[clock.pk], holds_of(changes, name, current), business_time_of(clock))
            for name, current in ((GROUP, ticket.group_id), (ASSIGNEE, ticket.assignee_id))
        }
        divided.append((clock, shares))
    groups = Group.objects.in_bulk(_owners(shares[GROUP] for _clock, shares in divided))
    persons = people(_owners(shares[ASSIGNEE] for _clock, shares in divided))
    return [
        Breakdown(
            clock=view_of(clock, now),
            stretches=tuple(stretches[clock.pk]),
            total=sum(shares[GROUP].values(), Parts()),
            groups=_named(shares[GROUP], {pk: (row.key, row.name) for pk, row in groups.items()}),
            assignees=_named(
                shares[ASSIGNEE], {pk: (row.username, row.display_name) for pk, row in persons.items()}
            ),
        )
        for clock, shares in divided
    ]


def divide(stretches: Iterable[Stretch], holds: Sequence[Hold], biz: BusinessTime) -> dict[int | None, Parts]:
    """The stretches by owner: no second is lost or counted twice, of no kind."""
    found: dict[int | None, Parts] = {}
    for stretch in stretches:
        pieces = _pieces(stretch, holds)
        walls = [_seconds(began, ended) for _owner, began, ended in pieces]
        opens = _open_seconds(stretch, pieces, walls, biz)
        for (owner, _began, _ended), wall, open_s in zip(pieces, walls, opens, strict=True):
            found[owner] = found.get(owner, Parts()) + _parts(stretch.kind, wall, open_s)
    return found


def holds_of(
    changes: Sequence[tuple[dt.datetime, Mapping[str, Any]]], name: str, current: int | None
) -> list[Hold]:
    """Who had the ticket when, from the changes of one field in their order; ``current`` if there is none."""
    told = [(at.replace(microsecond=0), change[name]) for at, change in changes if name in change]
    first = told[0][1][0] if told else current
    return [
        Hold(BEGINNING, first),
        *sorted((Hold(at, pair[1]) for at, pair in told), key=lambda hold: hold.since),
    ]


def _changes_of(ticket: Ticket) -> list[tuple[dt.datetime, dict[str, Any]]]:
    rows = Activity.objects.filter(ticket=ticket.pk, kind=ActivityKind.FIELD)
    rows = rows.filter(Q(changes__has_key=GROUP) | Q(changes__has_key=ASSIGNEE))
    return list(rows.order_by("pk").values_list("at", "changes"))


def _stretches(clocks: Sequence[Clock], now: dt.datetime) -> dict[int, list[Stretch]]:
    """What the ledger has, and the stretch that has not ended."""
    found: dict[int, list[Stretch]] = {clock.pk: [] for clock in clocks}
    for row in segments_of_all(list(found)).order_by("clock", "began_at", "pk"):
        found[row.clock_id].append(Stretch(row.kind, row.began_at, row.ended_at, row.open_s))
    until = now.replace(microsecond=0)
    for clock in clocks:
        since, kind = clock.running_since or clock.paused_since, SegmentKind.RUNNING
        if clock.running_since is None:
            kind = SegmentKind.PAUSED
        if since is not None and since < until:
            open_s = business_time_of(clock).elapsed(since, until)
            found[clock.pk].append(Stretch(kind, since, until, open_s))
    return found


def _pieces(stretch: Stretch, holds: Sequence[Hold]) -> list[tuple[int | None, dt.datetime, dt.datetime]]:
    """Owner, beginning and end of each part of the stretch."""
    began, ended = stretch.began_at, stretch.ended_at
    moved = [
        Hold(began if began < hold.since <= began + MOMENT and hold.since < ended else hold.since, hold.owner)
        for hold in holds
    ]
    edges = sorted({began, ended, *(hold.since for hold in moved if began < hold.since < ended)})
    return [
        (next(hold.owner for hold in reversed(moved) if hold.since <= start), start, end)
        for start, end in pairwise(edges)
    ]


def _open_seconds(
    stretch: Stretch,
    pieces: Sequence[tuple[int | None, dt.datetime, dt.datetime]],
    walls: Sequence[int],
    biz: BusinessTime,
) -> list[int]:
    """The business seconds of each piece: together those that were booked, none more than its length."""
    if len(pieces) == 1:
        return [stretch.open_s]
    counted = [biz.elapsed(began, ended) for _owner, began, ended in pieces]
    missing = stretch.open_s - sum(counted)
    if missing < 0:
        return _spread(stretch.open_s, counted)
    closed = [wall - open_s for wall, open_s in zip(walls, counted, strict=True)]
    return [open_s + more for open_s, more in zip(counted, _spread(missing, closed), strict=True)]


def _spread(amount: int, weights: Sequence[int]) -> list[int]:
    """``amount`` by the weights in whole numbers, none above its weight while ``amount`` is not above all."""
    total, passed, given, found = sum(weights), 0, 0, []
    for weight in weights:
        passed += weight
        upto = amount * passed // total if total else 0
        found.append(upto - given)
        given = upto
    return found


def _parts(kind: str, wall: int, open_s: int) -> Parts:
    if kind == SegmentKind.RUNNING:
        return Parts(running=open_s, off_hours=wall - open_s)
    if kind == SegmentKind.PAUSED:
        return Parts(paused=wall, paused_open=open_s)
    return Parts(solved=wall)


def _seconds(began: dt.datetime, ended: dt.datetime) -> int:
    return int((ended - began).total_seconds())


def _owners(shares: Iterable[Mapping[int | None, Parts]]) -> set[int]:
    return {owner for each in shares for owner in each if owner is not None}


def _named(shares: Mapping[int | None, Parts], names: Mapping[int, tuple[str, str]]) -> tuple[Share, ...]:
    rows = []
    for owner, parts in shares.items():
        key, name = ("", "") if owner is None else names.get(owner, ("", ""))
        rows.append(Share(key, name, parts))
    return tuple(sorted(rows, key=lambda share: (-share.parts.wall, share.key)))
