"""The event log: what the outbox holds, in the order in which it became visible, for who reads it by polling.

An event gets its position after the commit, here and nowhere else: one process at a time numbers what is
visible and has no number, the oldest first. So a position is given out only when no earlier one can still
appear, and a poller that goes on behind the last one it saw never misses any (API A-54,
docs/decisions/0016-positions-after-the-commit.md).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from itertools import takewhile

from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from core import housekeeping, sweep
from core.models import Delivery, OutboxEvent

KEPT = dt.timedelta(days=30)
LOOKED_AT = 500  # how many events one page looks at, whoever may see them
REMOVED_AT_ONCE = 20_000
_LOCK = 0x6D61_7275_0001  # "maru", and what is numbered
_NUMBER = """
    UPDATE core_outboxevent SET position = given.position
    FROM (
        SELECT id, nextval('core_event_position') AS position FROM unnest(%s::bigint[]) AS listed(id)
    ) AS given
    WHERE core_outboxevent.id = given.id
"""


@dataclass(frozen=True)
class Stretch:
    """A piece of the log: the events in it that were asked for, and where it ends.

    ``last`` is the position to go on behind; ``more`` whether the log goes on there already.
    """

    events: list[OutboxEvent]
    last: int
    more: bool


@sweep.register
def number_events(*, limit: int) -> int:
    """Give positions to at most ``limit`` events that have none, the oldest first; returns how many got one.

    While somebody else numbers, or holds the oldest of them, nothing is done: the next round does it. Nobody
    who writes, relays or handles events waits for it.
    """
    fresh = OutboxEvent.objects.filter(position=None).order_by("pk").values_list("pk", flat=True)
    if not fresh.exists():
        return 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        listed = list(fresh[:limit])
        rows = OutboxEvent.objects.filter(pk__in=listed).select_for_update(skip_locked=True, no_key=True)
        free = set(rows.values_list("pk", flat=True))
        # A row that the relay holds at this moment ends the list: what stands behind it may follow from it.
        ready = list(takewhile(free.__contains__, listed))
        if ready:
            cursor.execute(_NUMBER, [ready])
    return len(ready)


def stretch_after(position: int, wanted: Callable[[str], bool]) -> Stretch:
    """The next events behind ``position``, of the last 30 days, whose name is ``wanted``; one query.

    It looks at a bounded number of events, so it may hold none and still end further on.
    """
    young = OutboxEvent.objects.filter(position__gt=position, created_at__gt=Now() - KEPT)
    found = list(young.order_by("position")[: LOOKED_AT + 1])
    seen = found[:LOOKED_AT]
    last = place_of(seen[-1]) if seen else position
    return Stretch([each for each in seen if wanted(each.name)], last, len(found) > LOOKED_AT)


def place_of(event: OutboxEvent) -> int:
    """The position of an event that has one."""
    assert event.position is not None  # noqa: S101 - what was found by its position has one
    return event.position


def newest() -> int:
    """The last position that was given; 0 before the first."""
    row = OutboxEvent.objects.filter(position__isnull=False).order_by("-position").first()
    return 0 if row is None else place_of(row)


def forget_old() -> int:
    """Remove events that nobody can ask for any more and that are handed over; returns how many."""
    oldest = OutboxEvent.objects.filter(position__isnull=False).order_by("position").values("pk")
    undone = Delivery.objects.filter(event=OuterRef("pk"), done_at=None)
    over = OutboxEvent.objects.filter(
        ~Exists(undone),
        pk__in=oldest[:REMOVED_AT_ONCE],
        relayed_at__isnull=False,
        created_at__lt=Now() - KEPT,
    )
    ids = list(over.values_list("pk", flat=True))
    Delivery.objects.filter(event__in=ids).delete()
    OutboxEvent.objects.filter(pk__in=ids).delete()
    return len(ids)


housekeeping.register(forget_old)
