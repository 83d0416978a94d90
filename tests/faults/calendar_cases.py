"""Cases of F-31: clocks of the database live through odd days of a zone; an oracle counts by the minute.

``python -m tests.faults.calendar_cases SEED ZONE …`` in the environment of a stack whose worker is held
still: twenty clocks for each zone, one line of JSON for each. The clocks are attached, paused, resumed,
planned anew and fired by the product's own services; the oracle (``tests.schedules.minute_walk``) shares
nothing with them.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import sys
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import django

django.setup()

from django.db import transaction  # noqa: E402 - Django must be set up first

from core.time import db_now  # noqa: E402
from schedules import services as calendars  # noqa: E402
from schedules.bizcal import Plan  # noqa: E402
from schedules.models import Calendar  # noqa: E402
from sla.choices import Status  # noqa: E402
from sla.models import Clock, ClockEvent, SLADefinition  # noqa: E402
from sla.services import fire_due_clocks, replan_clocks  # noqa: E402
from tests.factories.sla import Probe, SLADefinitionFactory  # noqa: E402
from tests.schedules import minute_walk  # noqa: E402

UTC, MINUTE, DAY = dt.UTC, dt.timedelta(minutes=1), dt.timedelta(days=1)
CASES = (
    ["spring"] * 4 + ["autumn"] * 4 + ["leap day"] * 3 + ["year end"] * 3 + ["oddest"] * 3 + ["edited"] * 3
)
FIRST, LAST = dt.datetime(2005, 1, 1, tzinfo=UTC), dt.datetime(2027, 1, 1, tzinfo=UTC)
FIXED = {"spring": dt.datetime(2026, 3, 29, tzinfo=UTC), "autumn": dt.datetime(2026, 10, 25, tzinfo=UTC)}
LEAP_DAYS = [dt.datetime(year, 2, 29, tzinfo=UTC) for year in (2020, 2024, 2028)]
YEAR_ENDS = [dt.datetime(year, 12, 31, tzinfo=UTC) for year in (2024, 2025, 2026)]
LONGEST_DAYS = 60


def anchors(zone: ZoneInfo) -> dict[str, dt.datetime]:
    """The last changes of offset of a zone, forward and back, and the greatest one: a date may be missing."""
    found, greatest = dict(FIXED), dt.timedelta(0)
    found["oddest"] = FIXED["spring"]
    at, before = FIRST, FIRST.astimezone(zone).utcoffset() or dt.timedelta(0)
    while at < LAST:
        at += DAY
        now = at.astimezone(zone).utcoffset() or dt.timedelta(0)
        if now != before:
            found["spring" if now > before else "autumn"] = at
            if abs(now - before) > greatest:
                greatest, found["oddest"] = abs(now - before), at
        before = now
    return found


@dataclass
class Case:
    """One clock and what the oracle expects of it."""

    zone: str
    kind: str
    source: random.Random
    number: int
    plan: Plan = field(init=False)
    accrued: int = 0
    paused: int = 0
    breached: dt.datetime | None = None

    def live(self, anchor: dt.datetime) -> dict[str, Any]:
        """Walk through the events; what the database says and what the oracle says."""
        self.key = f"drill-{self.number}"
        weekly = self._week()
        calendars.create(actor=None, key=self.key, name_ko="훈련", tz=self.zone, hours=weekly)
        self.plan = Plan(tz=self.zone, weekly={day: tuple(spans) for day, spans in weekly.items()})
        for _ in range(self.source.randrange(3)):
            self._edit(anchor)
        self.target = 60 * self.source.randrange(20, 900)
        row = SLADefinitionFactory(
            key=self.key, calendar=self._calendar(), target_s=self.target, thresholds=[50]
        )
        self.since = anchor + MINUTE * self.source.randrange(-36 * 60, 12 * 60)
        self.began = self.since
        with transaction.atomic():
            self.probe = Probe(self.since)
        self._events(anchor)
        due = self.breached or self._due()
        end = self.began + LONGEST_DAYS * DAY
        while fire_due_clocks(limit=50, now=end):
            pass
        clock = self.probe.clock()
        fired = ClockEvent.objects.filter(clock=clock, kind="breach").values_list("at", flat=True)
        SLADefinition.objects.filter(pk=row.pk).update(status=Status.RETIRED, retired_at=db_now())
        return {
            "zone": self.zone, "kind": self.kind, "number": self.number,
            "ours": told([*fired], clock), "oracle": [[_text(due)], self.accrued, self.paused],
        }  # fmt: skip

    def _events(self, anchor: dt.datetime) -> None:
        """A pause in two of three cases, an edit of the calendar in half and where the case says so."""
        pauses, edits = self.source.random() < 0.66, self.kind == "edited" or self.source.random() < 0.5
        moments = sorted(self.since + MINUTE * self.source.randrange(1, 3 * 1440) for _ in range(3))
        order = self.source.choice(
            [("edit", "pause", "resume"), ("pause", "edit", "resume"), ("pause", "resume", "edit")]
        )
        for at, what in zip(moments, order, strict=True):
            if what == "edit" and edits:
                self._edit_while_running(at, anchor)
            elif what == "pause" and pauses:
                self._pause(at)
            elif what == "resume" and pauses:
                self._resume(at)

    def _edit_while_running(self, at: dt.datetime, anchor: dt.datetime) -> None:
        self._reach(at)
        fire_due_clocks(limit=50, now=at)
        self._edit(anchor)
        while replan_clocks(limit=50):
            pass

    def _pause(self, at: dt.datetime) -> None:
        self._reach(at)
        self.accrued += walked(self.plan, self.since, at)
        self.stopped = at
        with transaction.atomic():
            self.probe.write(at, state="waiting")

    def _resume(self, at: dt.datetime) -> None:
        self.paused += walked(self.plan, self.stopped, at)
        self.since = at
        with transaction.atomic():
            self.probe.write(at, state="working")

    def _reach(self, at: dt.datetime) -> None:
        """What is due by now is missed for good: no later edit changes it."""
        if self.breached is None and self.probe.ticket.phase != "waiting":
            due = self._due()
            self.breached = due if due is not None and due <= at else None

    def _due(self) -> dt.datetime | None:
        left = self.target - self.accrued
        return (
            minute_walk.due(self.plan, self.since, left, step=60, days=LONGEST_DAYS)
            if left > 0
            else self.since
        )

    # The calendar, in the database and as the oracle sees it

    def _week(self) -> dict[int, list[tuple[int, int]]]:
        """Hours of a week as there are: office, with a break, nights, round the clock, few odd days."""
        shift = self.source.randrange(0, 60)
        shapes = [
            {day: [(540, 1080)] for day in range(5)},
            {day: [(510 + shift, 720), (780, 1050 + shift)] for day in range(6)},
            {day: [(1300 + shift, 1800 + shift)] for day in range(5)},
            {day: [(0, 1440)] for day in range(7)},
            {day: [(0, 200 + shift), (240 + shift, 480), (1380, 1440)] for day in (1, 3, 5, 6)},
            {day: [(60, 120 + shift), (600, 900)] for day in range(7)},
        ]
        return self.source.choice(shapes)

    def _edit(self, anchor: dt.datetime) -> None:
        """One date near the anchor becomes a holiday or gets hours of its own, or is forgotten again."""
        date = anchor.date() + DAY * self.source.randrange(-2, 4)
        known = date in self.plan.holidays or date in self.plan.exceptions
        holidays = self.plan.holidays - {date}
        exceptions = {day: spans for day, spans in self.plan.exceptions.items() if day != date}
        if known and self.source.random() < 0.5:
            calendars.drop_day(self.key, actor=None, date=date)
        else:
            hours = self.source.choice([(), (), ((600, 755),), ((1200, 1700),)])
            calendars.set_day(self.key, actor=None, date=date, name="Drill", hours=hours)
            holidays, exceptions = (
                (holidays, exceptions | {date: hours}) if hours else (holidays | {date}, exceptions)
            )
        self.plan = Plan(self.zone, self.plan.weekly, frozenset(holidays), exceptions)

    def _calendar(self) -> Calendar:
        return Calendar.objects.get(key=self.key)


def walked(plan: Plan, start: dt.datetime, end: dt.datetime) -> int:
    """Open seconds between two instants, minute by minute."""
    *_all, (_at, total) = minute_walk.running_total(plan, start, end, step=60)
    return total


def told(fired: list[dt.datetime], clock: Clock) -> list[Any]:
    """What the database holds: instants of breaches, seconds used before the last pause, and paused."""
    assert clock.breached_at is None or [clock.breached_at] == fired == [clock.due_at]
    return [[_text(at) for at in fired], clock.accrued_s, clock.business_pause_s]


def _text(at: dt.datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()


def main(seed: int, zones: list[str]) -> None:
    """All cases of these zones."""
    made = 0
    for zone in zones:
        places = anchors(ZoneInfo(zone))
        for turn, kind in enumerate(CASES):
            source = random.Random(f"{seed} {zone} {turn}")
            more = {
                "leap day": source.choice(LEAP_DAYS),
                "year end": source.choice(YEAR_ENDS),
                "edited": places[source.choice(["spring", "autumn"])],
            }
            made += 1
            case = Case(zone, kind, source, made)
            print(json.dumps(case.live({**places, **more}[kind])), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
