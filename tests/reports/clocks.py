"""Clocks that ended as a test says, written as rows: reports read what the engine has left."""

from __future__ import annotations

import datetime as dt
from typing import Any

from accounts.models import User
from cmdb.services import create_ci
from sla.choices import Stage
from sla.models import Clock, SLADefinition
from tests.factories.accounts import UserFactory, default_company
from tests.factories.sla import SLADefinitionFactory
from tests.sla.moments import HOUR
from tickets.models import Ticket

SEOUL = dt.timezone(dt.timedelta(hours=9))
STAGES = {
    "met": Stage.COMPLETED,
    "missed": Stage.COMPLETED,
    "overdue": Stage.IN_PROGRESS,
    "running": Stage.IN_PROGRESS,
    "paused": Stage.PAUSED,
    "cancelled": Stage.CANCELLED,
}


def on(month: int, day: int, hour: int = 10) -> dt.datetime:
    """That wall clock of 2026 in Seoul, the zone of the company."""
    return dt.datetime(2026, month, day, hour, tzinfo=SEOUL)


def promise(key: str, hours: int = 4, target: str = "resolution") -> SLADefinition:
    """A promise round the clock."""
    row: SLADefinition = SLADefinitionFactory(
        key=key,
        calendar=None,
        calendar_source="none",
        target_s=hours * HOUR,
        target=target,
        name_en=key.title(),
    )
    return row


def service(name: str) -> Any:
    """A business service."""
    return create_ci(actor=None, company=default_company(), class_key="service", name=name)


def ticket(number: int, person: User | None = None, **fields: Any) -> Ticket:
    """A ticket that no engine has seen."""
    person = person or User.objects.filter(username="asker").first() or UserFactory(username="asker")
    row: Ticket = Ticket.objects.create(
        kind="probe", number=f"PRB{number:07}", title=f"Probe {number}", requester=person,
        company=person.company, opened_at=on(1, 1), state="new", state_rank=10, phase="open", **fields,
    )  # fmt: skip
    return row


def clock(
    on_ticket: Ticket, definition: SLADefinition, how: str, at: dt.datetime, left_h: float = 0
) -> Clock:
    """A clock that ended so at that instant with so many hours left, or was missed then and is open."""
    stage, target = STAGES[how], definition.target_s
    missed, over = how in {"missed", "overdue"}, stage in {Stage.COMPLETED, Stage.CANCELLED}
    left = int(left_h * HOUR)
    row: Clock = Clock.objects.create(
        ticket=on_ticket, definition=definition, track=definition.track, stage=stage, target_s=target,
        accrued_s=target - left if over else 0, started_at=at - dt.timedelta(days=9),
        running_since=at - dt.timedelta(seconds=target) if stage == Stage.IN_PROGRESS else None,
        paused_since=at if stage == Stage.PAUSED else None, stopped_at=at if over else None,
        breached_at=at + dt.timedelta(seconds=min(left, 0)) if missed else None, tz="Asia/Seoul",
    )  # fmt: skip
    return row


def one(
    number: int, definition: SLADefinition, how: str, at: dt.datetime, left_h: float = 0, **fields: Any
) -> Clock:
    """A clock of that end on a ticket of its own."""
    return clock(ticket(number, **fields), definition, how, at, left_h)
