"""Why a clock is due when it is, told as the steps of its life; each names the change that caused it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from django.db.models import F
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core import formats
from core.time import db_now
from schedules.bizcal import BizCal
from schedules.models import CalendarHoliday
from sla.choices import REPAIRED, EventKind, SegmentKind, Stage
from sla.models import Clock, ClockEvent, ClockSegment
from sla.selectors import ClockView, business_time_of, first_gen, segments_of_all, view_of
from tickets import kinds
from tickets.models import Activity, Ticket
from tickets.transitions import all_edges

T = TypeVar("T", ClockSegment, ClockEvent)
HOUR = 3600
MOST_PIECES = 400  # beyond it a stretch is drawn as one, with its share of open time
MOST_HOLIDAYS = 20
MOST_LINES = 2_000
OPEN, CLOSED, PAUSED, SOLVED = "open", "closed", "paused", "solved"
_VERBS: dict[str, str | LazyText] = {
    "opened": gettext_lazy("Opened"),
    "updated": gettext_lazy("Changed"),
    "comment": gettext_lazy("Public comment"),
    "sweep": gettext_lazy("Time passed"),
    "stage": gettext_lazy("A stage of the flow"),
    "calendar_changed": gettext_lazy("The calendar was changed"),
    REPAIRED: gettext_lazy("Put right"),
}
_MOVES = frozenset({EventKind.ATTACH, EventKind.PAUSE, EventKind.RESUME, EventKind.RETARGET})


@dataclass(frozen=True)
class By:
    """The change behind a stretch or a step: its verb, in words too, who made it, and its line of activity.

    ``activity`` is the line's public id, ``line`` its key, by which pages mark it.
    """

    verb: str = ""
    label: str = ""
    actor: str = ""
    activity: str = ""
    line: int = 0


@dataclass(frozen=True)
class Band:
    """A piece of a clock's wall time: open, closed (outside business hours), paused or solved."""

    kind: str
    began_at: dt.datetime
    ended_at: dt.datetime
    open_s: int
    by: By

    @property
    def seconds(self) -> int:
        """Its length on the wall."""
        return int((self.ended_at - self.began_at).total_seconds())


@dataclass(frozen=True)
class Step:
    """One line of the arithmetic. ``open_s``: the business seconds that it is about."""

    key: str
    text: str
    at: dt.datetime
    open_s: int | None = None
    by: By = field(default_factory=By)


@dataclass(frozen=True)
class Explained:
    """One clock with its bands up to now and its steps."""

    clock: Clock
    view: ClockView
    bands: tuple[Band, ...]
    steps: tuple[Step, ...]


def why_due(clock: Clock, *, now: dt.datetime | None = None) -> tuple[Step, ...]:
    """The arithmetic of one clock, step by step."""
    return explained_clock(clock, now=now).steps


def explained_clock(clock: Clock, *, now: dt.datetime | None = None) -> Explained:
    """One clock; its ticket, definition and calendar are read with it."""
    return _explained([clock], clock.ticket, now or db_now())[0]


def explained_clocks(ticket: Ticket, *, now: dt.datetime | None = None) -> list[Explained]:
    """All clocks of the ticket, the running ones first, each promise's cycles in their order.

    The same number of queries for any number of clocks and any length of their lives.
    """
    rows = Clock.objects.filter(ticket=ticket.pk).select_related("definition", "calendar", "ticket")
    found = sorted(
        rows, key=lambda clock: (not clock.is_open, clock.definition.order, clock.track, clock.cycle)
    )
    return _explained(found, ticket, now or db_now())


def _explained(clocks: list[Clock], ticket: Ticket, now: dt.datetime) -> list[Explained]:
    ids = [clock.pk for clock in clocks]
    if not ids:
        return []
    events = ClockEvent.objects.filter(clock__in=ids).annotate(first_gen=first_gen("clock"))
    booked = _by_clock(segments_of_all(ids).order_by("began_at", "pk"))
    happened = _by_clock(events.filter(gen__gte=F("first_gen")).order_by("at", "pk"))
    names = _Names(ticket, [event for each in happened.values() for event in each])
    holidays = _holidays({clock.calendar_id for clock in clocks if clock.calendar_id}, clocks, now)
    return [
        _Telling(clock, now, booked.get(clock.pk, []), happened.get(clock.pk, []), names, holidays).told()
        for clock in clocks
    ]


def _by_clock(rows: Iterable[T]) -> dict[int, list[T]]:
    found: dict[int, list[T]] = {}
    for row in rows:
        found.setdefault(row.clock_id, []).append(row)
    return found


class _Names:
    """Verbs and people in words, and the lines of activity that the causes stand for."""

    def __init__(self, ticket: Ticket, events: Sequence[ClockEvent]) -> None:
        people = {event.cause.get("actor") for event in events}
        rows = User.objects.in_bulk([pk for pk in people if isinstance(pk, int)])
        self.people = {pk: person.display_name for pk, person in rows.items()}
        self.labels = {**{name: str(label) for name, label in _VERBS.items()}, **_edges_of(ticket.kind)}
        seconds = {event.at for event in events}
        lines = Activity.objects.filter(ticket=ticket.pk)
        if seconds:
            lines = lines.filter(at__gte=min(seconds), at__lt=max(seconds) + dt.timedelta(seconds=1))
        self.lines: dict[tuple[dt.datetime, str], tuple[str, int]] = {}
        columns = ("at", "verb", "kind", "public_id", "pk")
        for at, verb, kind, key, pk in lines.order_by("-pk").values_list(*columns)[:MOST_LINES]:
            self.lines[at.replace(microsecond=0), verb or kind] = (str(key), pk)

    def by(self, event: ClockEvent | None, verb: str = "") -> By:
        """The change behind an event; without one only the verb is known."""
        if event is None:
            return By(verb, self.labels.get(verb, verb))
        verb = str(event.cause.get("verb", ""))
        actor = self.people.get(event.cause.get("actor") or 0, "")
        return By(verb, self.labels.get(verb, verb), actor, *self.lines.get((event.at, verb), ("", 0)))


def _edges_of(kind: str) -> dict[str, str]:
    try:
        model = kinds.get(kind).model
    except KeyError:
        return {}
    return {edge.name: str(edge.spec.label) for edge in all_edges(model)}


Holidays = dict[int, list[tuple[dt.date, str]]]


def _holidays(calendars: set[int], clocks: list[Clock], now: dt.datetime) -> Holidays:
    """The holidays of these calendars while any of the clocks lived or will be due."""
    if not calendars:
        return {}
    first = min(clock.started_at for clock in clocks).date() - dt.timedelta(days=1)
    last = max(_until(clock, now) for clock in clocks).date() + dt.timedelta(days=1)
    found: Holidays = {}
    rows = CalendarHoliday.objects.filter(calendar__in=calendars, date__range=(first, last)).order_by("date")
    for calendar_id, day, name in rows.values_list("calendar", "date", "name"):
        found.setdefault(calendar_id, []).append((day, name))
    return found


def _until(clock: Clock, now: dt.datetime) -> dt.datetime:
    return clock.stopped_at or max(clock.due_at or now, now)


class _Telling:
    """One clock being told."""

    def __init__(
        self,
        clock: Clock,
        now: dt.datetime,
        segments: list[ClockSegment],
        events: list[ClockEvent],
        names: _Names,
        holidays: Holidays,
    ) -> None:
        self.clock, self.now, self.names = clock, max(now.replace(microsecond=0), clock.started_at), names
        self.segments, self.events, self.holidays = segments, events, holidays
        self.biz = business_time_of(clock)
        self.view = view_of(clock, self.now)

    def told(self) -> Explained:
        """Bands and steps."""
        steps = sorted([*self._started(), *self._stretches(), *self._retargets()], key=lambda step: step.at)
        rest = [*self._present(), *self._target(), *self._skipped(), *self._outcome()]
        return Explained(self.clock, self.view, tuple(self._bands()), (*steps, *rest))

    def _event(self, at: dt.datetime, kinds_of: Iterable[str]) -> ClockEvent | None:
        found = [event for event in self.events if event.at == at and event.kind in kinds_of]
        return found[-1] if found else None

    def _began(self, at: dt.datetime, verb: str) -> By:
        return self.names.by(self._event(at, _MOVES), verb)

    def _bands(self) -> Iterator[Band]:
        stretches = [
            (str(row.kind), row.began_at, row.ended_at, row.open_s, row.began_by) for row in self.segments
        ]
        for since, kind in (
            (self.clock.running_since, str(SegmentKind.RUNNING)),
            (self.clock.paused_since, str(SegmentKind.PAUSED)),
        ):
            if since is not None and since < self.now:
                used = self.biz.elapsed(since, self.now)
                stretches.append((kind, since, self.now, used, self.clock.since_verb))
        for kind, began, ended, open_s, verb in stretches:
            by = self._began(began, verb)
            if kind == SegmentKind.RUNNING:
                yield from _pieces(self.biz, began, ended, open_s, by)
            else:
                yield Band(PAUSED if kind == SegmentKind.PAUSED else SOLVED, began, ended, open_s, by)

    def _started(self) -> Iterator[Step]:
        at = self.clock.started_at
        text = _("Started at %(at)s.") % {"at": formats.exact(at)}
        yield Step("started", text, at, 0, self._began(at, ""))

    def _stretches(self) -> Iterator[Step]:
        texts = {
            SegmentKind.RUNNING: _(
                "From %(began)s to %(ended)s it ran: %(open)s of business time were used."
            ),
            SegmentKind.PAUSED: _(
                "From %(began)s to %(ended)s it waited: %(open)s of business time do not count."
            ),
            SegmentKind.SOLVED: _("From %(began)s to %(ended)s the ticket was solved; nothing counts."),
        }
        for row in self.segments:
            words = {
                "began": formats.exact(row.began_at),
                "ended": formats.exact(row.ended_at),
                "open": _hours(row.open_s),
            }
            text = texts[SegmentKind(row.kind)] % words
            yield Step(str(row.kind), text, row.began_at, row.open_s, self._began(row.began_at, row.began_by))

    def _retargets(self) -> Iterator[Step]:
        for event in self.events:
            if event.kind == EventKind.RETARGET:
                text = _("Another target took over at %(at)s; time used and pauses were carried.")
                yield Step(
                    "retarget", text % {"at": formats.exact(event.at)}, event.at, None, self.names.by(event)
                )

    def _present(self) -> Iterator[Step]:
        clock = self.clock
        if clock.running_since is not None:
            text = _("It runs since %(at)s; %(used)s were used by then.")
            since = clock.running_since
        elif clock.paused_since is not None:
            text = _("It waits since %(at)s; %(used)s were used by then.")
            since = clock.paused_since
        else:
            return
        words = {"at": formats.exact(since), "used": _hours(clock.accrued_s)}
        yield Step("since", text % words, since, clock.accrued_s, self._began(since, clock.since_verb))

    def _target(self) -> Iterator[Step]:
        clock = self.clock
        name = clock.calendar.name if clock.calendar else _("round the clock")
        text = _("The target is %(target)s, counted by %(calendar)s in the zone %(zone)s.")
        words = {"target": _hours(clock.target_s), "calendar": name, "zone": clock.tz}
        yield Step("target", text % words, clock.started_at, clock.target_s)

    def _skipped(self) -> Iterator[Step]:
        """Holidays that fell on days with hours."""
        clock, zone, plan = self.clock, self.biz.zone, self.biz.plan
        if clock.calendar_id is None:
            return
        first = clock.started_at.astimezone(zone).date()
        last = _until(clock, self.now).astimezone(zone).date()
        days = [
            (day, name)
            for day, name in self.holidays.get(clock.calendar_id, [])
            if first <= day <= last and plan.weekly.get(day.weekday()) and day not in plan.exceptions
        ]
        if days:
            told = ", ".join(f"{formats.day_text(day)} {name}".strip() for day, name in days[:MOST_HOLIDAYS])
            more = len(days) - MOST_HOLIDAYS
            told += _(" and %(more)s more") % {"more": more} if more > 0 else ""
            yield Step("holidays", _("Holidays skipped: %(days)s.") % {"days": told}, clock.started_at)

    def _outcome(self) -> Iterator[Step]:
        clock, left = self.clock, self.view.left_seconds
        used = {"used": _hours(clock.target_s - left)}
        if clock.stopped_at is not None:
            texts = {
                Stage.COMPLETED: _("It was kept: it ended at %(at)s with %(used)s used."),
                Stage.CANCELLED: _("It was withdrawn at %(at)s; it does not count in reports."),
            }
            text = texts[Stage(clock.stage)]
            if clock.stage == Stage.COMPLETED and clock.breached_at is not None:
                text = _("It was missed: it ended at %(at)s with %(used)s used.")
            ended = self._event(clock.stopped_at, (EventKind.COMPLETE, EventKind.CANCEL))
            by = self.names.by(ended, clock.since_verb)
            words = {"at": formats.exact(clock.stopped_at), **used}
            yield Step("ended", text % words, clock.stopped_at, clock.target_s - left, by)
        elif clock.breached_at is not None:
            text = _("The target was used up at %(at)s: it is missed.")
            at = clock.breached_at
            yield Step("missed", text % {"at": formats.exact(at)}, at, clock.target_s)
        elif clock.stage == Stage.PAUSED:
            text = _("While it waits it has no due time; %(left)s are left.") % {"left": _hours(left)}
            yield Step("waiting", text, clock.paused_since or self.now, left)
        elif clock.due_at is None:
            yield Step("never", _("This calendar has not so much open time left."), self.now, left)
        else:
            text = _("%(rest)s were left at %(since)s, so it is due at %(due)s.") % {
                "rest": _hours(clock.target_s - clock.accrued_s),
                "since": formats.exact(clock.running_since or clock.started_at),
                "due": formats.exact(clock.due_at),
            }
            yield Step("due", text, clock.due_at, clock.target_s - clock.accrued_s)


def _hours(seconds: int) -> str:
    """A length of business time to the minute; never in days, which would be of 24 hours."""
    if abs(seconds) < HOUR:
        return formats.span(seconds)
    hours, rest = divmod(max(seconds, 0), HOUR)
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest // 60}


def _pieces(biz: BizCal, began: dt.datetime, ended: dt.datetime, open_s: int, by: By) -> Iterator[Band]:
    """A running stretch as open and closed pieces."""
    found = list(biz.open_segments(began, ended))
    if len(found) > MOST_PIECES:
        yield Band(OPEN, began, ended, open_s, by)
        return
    at = began
    for first, last in found:
        if at < first:
            yield Band(CLOSED, at, first, 0, by)
        yield Band(OPEN, first, last, int((last - first).total_seconds()), by)
        at = last
    if at < ended:
        yield Band(CLOSED, at, ended, 0, by)
