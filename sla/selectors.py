"""Reading clocks: as people see them, and as a sum of stretches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.functional import Promise as LazyText

from schedules.bizcal import BizCal
from schedules.selectors import always_open, counted
from sla import machine
from sla.choices import SegmentKind, Stage
from sla.models import Clock, ClockSegment
from tickets import kinds

WARN_LEFT, CRIT_LEFT = 25, 10
_RANK = {"breached": 0, "crit": 1, "warn": 2, "ok": 3, "paused": 4, "missed": 5, "met": 6}


@dataclass(frozen=True)
class ClockView:
    """One clock as it stands now.

    ``left_seconds`` are business seconds, negative after the target; ``percent`` of the target is rounded
    down; ``state`` is ok, warn (a quarter left), crit (a tenth), breached, paused, met or missed;
    ``is_ticking`` says whether business time passes right now.
    """

    name: str
    target: str
    stage: str
    left_seconds: int
    due_at: dt.datetime | None
    percent: int
    state: str
    calendar_name: str
    pause_reason: str
    track: str
    cycle: int
    target_seconds: int
    paused_seconds: int
    breached_at: dt.datetime | None
    is_ticking: bool
    public_id: str


@dataclass(frozen=True)
class Totals:
    """What a clock's wall time was, in seconds; the four parts are the whole of it."""

    running: int
    paused: int
    off_hours: int
    solved: int


def clocks_for(ticket_ids: Collection[int]) -> dict[int, list[ClockView]]:
    """The clocks of these tickets, the worst first: each promise's latest cycle, cancelled ones left out.

    One query; the database's clock decides.
    """
    rows = (
        Clock.objects.filter(ticket__in=ticket_ids)
        .exclude(stage=Stage.CANCELLED)
        .select_related("definition", "calendar", "ticket")
        .only(
            *(field.name for field in Clock._meta.concrete_fields),
            "definition__name_ko",
            "definition__name_en",
            "definition__target",
            "calendar__name_ko",
            "calendar__name_en",
            "calendar__stamp",
            "ticket__kind",
            "ticket__state",
        )
        .annotate(now=Now())
        .order_by("ticket", "track", "cycle")
    )
    latest = {(clock.ticket_id, clock.track): clock for clock in rows}
    found: dict[int, list[ClockView]] = {}
    for (ticket_id, _track), clock in latest.items():
        found.setdefault(ticket_id, []).append(view_of(clock, clock.now))
    for views in found.values():
        views.sort(key=lambda view: (_RANK[view.state], view.left_seconds))
    return found


def view_of(clock: Clock, now: dt.datetime) -> ClockView:
    """The clock as it stands at ``now``."""
    biz = business_time_of(clock)
    used = machine.elapsed(clock, biz, now)
    left = clock.target_s - used
    running = clock.stage == Stage.IN_PROGRESS
    return ClockView(
        name=clock.definition.name,
        target=clock.definition.target,
        stage=clock.stage,
        left_seconds=left,
        due_at=clock.due_at,
        percent=used * 100 // clock.target_s,
        state=_state(clock, left),
        calendar_name=clock.calendar.name if clock.calendar else "",
        pause_reason=_pause_reason(clock),
        track=clock.track,
        cycle=clock.cycle,
        target_seconds=clock.target_s,
        paused_seconds=clock.business_pause_s,
        breached_at=clock.breached_at,
        is_ticking=running and biz.is_open(now),
        public_id=str(clock.public_id),
    )


def business_time_of(clock: Clock) -> BizCal:
    """The business time a clock counts by; its calendar is read with it."""
    if clock.calendar is None:
        return always_open(clock.tz)
    return counted(clock.calendar.pk, clock.calendar.stamp, clock.tz)


def at_risk() -> Q:
    """Tickets of which a clock was missed or has passed its last warning, as a filter for tickets."""
    risky = Clock.objects.filter(stage=Stage.IN_PROGRESS).filter(
        Q(breached_at__isnull=False) | Q(next_pct=machine.BREACH)
    )
    return Q(pk__in=risky.values("ticket"))


def is_any_due(now: dt.datetime | None = None) -> bool:
    """Whether a mark is due by the database's clock or at ``now``: one probe of the index of due times.

    Every process asks this every second, mostly for nothing, so it is plain SQL and no transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM sla_clock WHERE next_fire_at <= coalesce(%s, now())"
            " ORDER BY next_fire_at, id LIMIT 1",
            [now],
        )
        return cursor.fetchone() is not None


def stale_calendars() -> list[int]:
    """The calendars that have running clocks planned by an older version; a probe of the index for each.

    The oldest version is asked for, not just any older one: for that the planner reads the whole table.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.id FROM schedules_calendar k CROSS JOIN LATERAL (SELECT c.calendar_version"
            " FROM sla_clock c WHERE c.stage = 'in_progress' AND c.calendar_id = k.id"
            " ORDER BY c.calendar_version LIMIT 1) oldest"
            " WHERE oldest.calendar_version < k.version ORDER BY k.id"
        )
        return [row[0] for row in cursor.fetchall()]


def segments_of(clock: Clock) -> QuerySet[ClockSegment]:
    """The ended stretches of a clock, in order."""
    return ClockSegment.objects.filter(clock=clock).order_by("began_at", "pk")


def totals_of(clock: Clock, *, now: dt.datetime) -> Totals:
    """How the clock's wall time up to ``now``, or to its end, divides (SLA-14)."""
    stretches = [(row.kind, _wall(row.began_at, row.ended_at), row.open_s) for row in segments_of(clock)]
    biz = business_time_of(clock)
    for since, kind in ((clock.running_since, SegmentKind.RUNNING), (clock.paused_since, SegmentKind.PAUSED)):
        if since is not None:
            stretches.append((kind, _wall(since, now), biz.elapsed(since, now)))
    running = [(wall, open_s) for kind, wall, open_s in stretches if kind == SegmentKind.RUNNING]
    return Totals(
        running=sum(open_s for _all, open_s in running),
        paused=sum(wall for kind, wall, _open in stretches if kind == SegmentKind.PAUSED),
        off_hours=sum(wall - open_s for wall, open_s in running),
        solved=sum(wall for kind, wall, _open in stretches if kind == SegmentKind.SOLVED),
    )


def _wall(began: dt.datetime, ended: dt.datetime) -> int:
    return int((ended - began).total_seconds())


def _state(clock: Clock, left: int) -> str:
    if clock.stage == Stage.COMPLETED:
        return "met" if clock.breached_at is None else "missed"
    if left <= 0:
        return "breached"
    if clock.stage == Stage.PAUSED:
        return "paused"
    return _by_share(left * 100, clock.target_s)


def _by_share(left: int, target: int) -> str:
    if left <= CRIT_LEFT * target:
        return "crit"
    return "warn" if left <= WARN_LEFT * target else "ok"


def _pause_reason(clock: Clock) -> str:
    if clock.stage != Stage.PAUSED:
        return ""
    try:
        labels: dict[str, str | LazyText] = kinds.get(clock.ticket.kind).state_labels
    except KeyError:
        labels = {}
    return str(labels.get(clock.ticket.state, clock.ticket.state))
