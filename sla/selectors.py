"""Reading clocks: as people see them, and as a sum of stretches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils.functional import Promise as LazyText

from accounts.policies import Actor
from core.errors import NotVisibleError
from core.prepared import Among, PreparedPlain
from schedules.bizcal import BizCal
from schedules.selectors import always_open, counted
from sla import machine
from sla.choices import OPEN_STAGES, REPAIRED, EventKind, SegmentKind, Stage, Status
from sla.models import Clock, ClockEvent, ClockSegment, SLADefinition
from tickets import kinds
from tickets.selectors import seen_by

WARN_LEFT, CRIT_LEFT = 25, 10
_PLACE = -1  # of the keys that the prepared query is asked for
_RANK = {"breached": 0, "crit": 1, "warn": 2, "ok": 3, "paused": 4, "missed": 5, "met": 6}


@dataclass(frozen=True)
class ClockView:
    """One clock as it stands now.

    ``left_seconds`` are business seconds, negative after the target; ``percent`` of the target is rounded
    down; ``state`` is ok, warn (a quarter left), crit (a tenth), breached, paused, met or missed;
    ``is_ticking`` says whether business time passes right now; ``tz`` is the zone its calendar is read in.
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
    definition_key: str
    type: str
    tz: str
    paused_since: dt.datetime | None


@dataclass(frozen=True)
class Totals:
    """What a clock's wall time was, in seconds; the four parts are the whole of it."""

    running: int
    paused: int
    off_hours: int
    solved: int


def clock_rows(*more: str) -> QuerySet[Clock]:
    """Clocks with what ``view_of`` reads, and the database's present instant as ``now``.

    ``more`` names further columns of related rows, such as ``ticket__title`` or ``ticket__group__key``.
    """
    related = {name.rpartition("__")[0] for name in more} - {""}
    return (
        Clock.objects.select_related("definition", "calendar", "ticket", *sorted(related))
        .only(
            *more,
            *(field.name for field in Clock._meta.concrete_fields),
            "definition__name_ko",
            "definition__name_en",
            "definition__target",
            "definition__key",
            "definition__type",
            "calendar__name_ko",
            "calendar__name_en",
            "calendar__stamp",
            "ticket__number",
            "ticket__kind",
            "ticket__state",
        )
        .annotate(now=Now())
    )


def clocks_for(ticket_ids: Collection[int]) -> dict[int, list[ClockView]]:
    """The clocks of these tickets, the worst first: each promise's latest cycle, cancelled ones left out.

    One query; the database's clock decides.
    """
    found: dict[int, list[ClockView]] = {}
    latest = {(clock.ticket_id, clock.track): clock for clock in _shown().read(list(ticket_ids))}
    for clock in latest.values():
        found.setdefault(clock.ticket_id, []).append(view_of(clock, clock.now))
    for views in found.values():
        views.sort(key=lambda view: (_RANK[view.state], view.left_seconds))
    return found


@cache
def _shown() -> PreparedPlain:
    """What ``view_of`` reads of the clocks of some tickets, compiled once: a list asks for a hundred."""
    rows = Clock.objects.filter(Among(F("ticket_id"), [_PLACE])).exclude(stage=Stage.CANCELLED)
    return PreparedPlain(
        rows.annotate(now=Now()).order_by("ticket_id", "track", "cycle"),
        [*(field.attname for field in Clock._meta.concrete_fields), "now"],
        {
            "definition": ("name_ko", "name_en", "target", "key", "type"),
            "calendar": ("id", "name_ko", "name_en", "stamp"),
            "ticket": ("kind", "state"),
        },
        [_PLACE],
    )


def latest_cycles(ticket_ids: Collection[int]) -> list[Clock]:
    """The latest cycle of each promise on these tickets, cancelled ones left out; one query."""
    rows = clock_rows().filter(ticket__in=ticket_ids).exclude(stage=Stage.CANCELLED)
    rows = rows.order_by("ticket", "track", "cycle")
    return list({(clock.ticket_id, clock.track): clock for clock in rows}.values())


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
        definition_key=clock.definition.key,
        type=clock.definition.type,
        tz=clock.tz,
        paused_since=clock.paused_since,
    )


def business_time_of(clock: Clock) -> BizCal:
    """The business time a clock counts by; its calendar is read with it."""
    if clock.calendar is None:
        return always_open(clock.tz)
    return counted(clock.calendar.pk, clock.calendar.stamp, clock.tz)


def clock_for(actor: Actor, public_id: UUID) -> Clock:
    """The clock of a ticket that ``actor`` may see, with what it is explained by. Raises NotVisibleError."""
    rows = Clock.objects.select_related("definition", "calendar", "ticket")
    row = rows.filter(public_id=public_id, ticket__in=seen_by(actor)).first()
    if row is None:
        raise NotVisibleError
    return row


def definitions_to_try() -> QuerySet[SLADefinition]:
    """Drafts and published definitions, by key, the newest version first."""
    rows = SLADefinition.objects.exclude(status=Status.RETIRED).select_related("calendar")
    return rows.order_by("key", "-no")


def at_risk() -> Q:
    """Tickets of which an open clock was missed or has passed its last warning, as a filter for tickets.

    A promise that never warns is at risk when it is missed; one that waits, when it was missed before.
    """
    warned = Q(stage=Stage.IN_PROGRESS, next_pct=machine.BREACH) & ~Q(definition__thresholds=[])
    missed = Q(stage__in=OPEN_STAGES, breached_at__isnull=False)
    risky = Clock.objects.filter(missed | warned)
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
    """The ended stretches of a clock, in order; after a repair those of the corrected account."""
    return segments_of_all([clock.pk]).order_by("began_at", "pk")


def segments_of_all(clock_ids: Collection[int]) -> QuerySet[ClockSegment]:
    """The ended stretches of these clocks, in no order; after a repair those of the corrected account."""
    rows = ClockSegment.objects.filter(clock__in=clock_ids).annotate(first_gen=first_gen("clock"))
    return rows.filter(gen__gte=F("first_gen"))


def events_of(clock: Clock) -> QuerySet[ClockEvent]:
    """What happened to a clock, in order; after a repair as the corrected account has it."""
    rows = ClockEvent.objects.filter(clock=clock).annotate(first_gen=first_gen("clock"))
    return rows.filter(gen__gte=F("first_gen")).order_by("at", "pk")


def first_gen(clock: str) -> Coalesce:
    """Where the account of a clock that counts begins: the target at which it was last repaired, else 1.

    ``clock`` is the name of the clock's key in the outer query. What stands before is kept, not counted.
    """
    repaired = ClockEvent.objects.filter(
        clock=OuterRef(clock), kind=EventKind.RECALC, cause__verb=REPAIRED
    ).order_by("-gen")
    return Coalesce(Subquery(repaired.values("gen")[:1]), 1)


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
