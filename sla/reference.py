"""Seed definitions: response and resolution of incidents by priority, requested items, purchases."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.time import db_now
from schedules.models import Calendar
from schedules.reference import load as load_calendars
from sla import lint
from sla.choices import CalendarSource, Status, Target
from sla.models import SLADefinition

MINUTE, HOUR = 60, 3600
OFFICE_DAY = 9 * HOUR
ALWAYS, OFFICE = None, "kr-office"
# Priority: seconds and calendar of the response, then of the resolution.
INCIDENTS: dict[int, tuple[int, str | None, int, str | None]] = {
    1: (15 * MINUTE, ALWAYS, 4 * HOUR, ALWAYS),
    2: (30 * MINUTE, ALWAYS, 8 * HOUR, ALWAYS),
    3: (4 * HOUR, OFFICE, 3 * OFFICE_DAY, OFFICE),
    4: (8 * HOUR, OFFICE, 5 * OFFICE_DAY, OFFICE),
    5: (2 * OFFICE_DAY, OFFICE, 10 * OFFICE_DAY, OFFICE),
}


@dataclass(frozen=True)
class Seed:
    """One definition as it ships."""

    key: str
    track: str
    kind: str
    name_ko: str
    name_en: str
    target: Target
    target_s: int
    calendar: str | None
    start: dict[str, Any]
    stop: dict[str, Any]
    pause: dict[str, Any] | None
    order: int


def _is(field: str, value: Any) -> dict[str, Any]:
    return {"f": field, "op": "eq", "v": value}


def _one_of(field: str, values: list[str]) -> dict[str, Any]:
    return {"f": field, "op": "in", "v": values}


_WAITS = _is("phase", "waiting")
_SOLVED = _one_of("state", ["resolved", "closed"])
_DELIVERED = _one_of("state", ["delivered", "closed_complete", "closed_incomplete", "closed_skipped"])
_TASK_DONE = _one_of("state", ["closed_complete", "closed_incomplete", "closed_skipped"])


def _incident(priority: int) -> list[Seed]:
    response_s, response_calendar, resolution_s, resolution_calendar = INCIDENTS[priority]
    start = {"all": [_is("priority", priority), {"not": _is("state", "cancelled")}]}
    answered = {"any": [{"f": "first_response_at", "op": "nempty"}, _SOLVED]}
    return [
        Seed(
            key=f"incident_response_p{priority}", track="incident_response", kind="incident",
            name_ko="최초 응답", name_en="First response", target=Target.RESPONSE, target_s=response_s,
            calendar=response_calendar, start=start, stop=answered, pause=None, order=10 + priority,
        ),
        Seed(
            key=f"incident_resolution_p{priority}", track="incident_resolution", kind="incident",
            name_ko="해결", name_en="Resolution", target=Target.RESOLUTION, target_s=resolution_s,
            calendar=resolution_calendar, start=start, stop=_SOLVED, pause=_WAITS, order=20 + priority,
        ),
    ]  # fmt: skip


SEEDS = [
    *(seed for priority in INCIDENTS for seed in _incident(priority)),
    Seed(
        key="ritm_fulfilment", track="ritm_fulfilment", kind="ritm", name_ko="제공", name_en="Delivery",
        target=Target.RESOLUTION, target_s=5 * OFFICE_DAY, calendar=OFFICE,
        start={"not": _one_of("state", ["pending_approval", "cancelled", "rejected"])}, stop=_DELIVERED,
        pause=None, order=50,  # waiting for approval is before it starts
    ),
    Seed(
        key="purchase_3bd", track="purchase", kind="sctask", name_ko="구매", name_en="Purchase",
        target=Target.CUSTOM, target_s=3 * OFFICE_DAY, calendar=OFFICE,
        start=_is("group.key", "purchasing"), stop=_TASK_DONE, pause=_WAITS, order=60,
    ),
]  # fmt: skip


def load(**_kwargs: Any) -> None:
    """Publish the seed definitions whose key no definition has; what a company changed is left alone."""
    known = set(SLADefinition.objects.values_list("key", flat=True))
    missing = [seed for seed in SEEDS if seed.key not in known]
    if not missing:
        return
    load_calendars()
    calendars = {calendar.key: calendar for calendar in Calendar.objects.filter(key=OFFICE)}
    now, rows = db_now(), []
    for seed in missing:
        row = SLADefinition(
            key=seed.key,
            track=seed.track,
            kind=seed.kind,
            name_ko=seed.name_ko,
            name_en=seed.name_en,
            target=seed.target,
            target_s=seed.target_s,
            calendar=calendars.get(seed.calendar or ""),
            calendar_source=CalendarSource.DEFINITION if seed.calendar else CalendarSource.NONE,
            start_cond=seed.start,
            stop_cond=seed.stop,
            pause_cond=seed.pause,
            order=seed.order,
            status=Status.PUBLISHED,
            published_at=now,
        )
        lint.check(row, now=now)
        rows.append(row)
    SLADefinition.objects.bulk_create(rows)
