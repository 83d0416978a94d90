"""Tickets that live through the real services, at instants that the tests choose."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from core.errors import DomainError
from core.rehearsing import rehearsing
from core.time import db_now
from incidents import services as incidents
from sla.models import Clock, ClockEvent, ClockSegment
from sla.past.repair import FIELDS
from sla.services import fire_due_clocks
from tests.factories.accounts import AgentFactory, UserFactory
from tickets import services as tickets
from tickets.models import Ticket

MARKS = {"warn", "breach"}


class Life:
    """One incident; ``wait`` lets time pass and ``do`` is one move, which may be refused."""

    def __init__(self, ledger: Any, **fields: Any) -> None:
        self.ledger = ledger
        self.agent, self.requester = AgentFactory(), UserFactory()
        given = {"impact": 2, "urgency": 2} | fields
        self.pk = incidents.open_incident(
            actor=self.requester, title="VPN drops", requester=self.requester, **given
        ).pk

    @property
    def ticket(self) -> Ticket:
        """The parent row as it is stored."""
        return Ticket.objects.get(pk=self.pk)

    def wait(self, minutes: float, *, sweep: bool = True) -> None:
        """Let time pass; what came due fires, unless nobody sweeps."""
        self.ledger.shift += dt.timedelta(minutes=minutes)
        if sweep:
            fire_due_clocks(limit=500, now=db_now())

    def do(self, move: str) -> None:
        """A move by name; what the services refuse changes nothing."""
        with transaction.atomic():
            try:
                with transaction.atomic():
                    getattr(self, move)()
            except DomainError:
                pass

    def start(self) -> None:
        incidents.start_incident(self.pk, actor=self.agent)

    def hold(self) -> None:
        incidents.hold_incident(
            self.pk,
            actor=self.agent,
            hold_reason="awaiting_caller",
            comment="Which office?",
            hold_until=db_now() + dt.timedelta(days=90),
        )

    def resume(self) -> None:
        incidents.resume_incident(self.pk, actor=self.agent)

    def resolve(self) -> None:
        incidents.resolve_incident(
            self.pk, actor=self.agent, close_code="solution_provided", close_notes="Restarted."
        )

    def reopen(self) -> None:
        incidents.reopen_incident(self.pk, actor=self.requester, comment="Again.")

    def close(self) -> None:
        incidents.close_incident(self.pk, actor=None)

    def cancel(self) -> None:
        incidents.cancel_incident(self.pk, actor=self.agent, reason_text="Twice.")

    def answer(self) -> None:
        tickets.add_comment(self.pk, actor=self.agent, body="We look.")

    def ask(self) -> None:
        tickets.add_comment(self.pk, actor=self.requester, body="Any news?")

    def note(self) -> None:
        tickets.add_work_note(self.pk, actor=self.agent, body="Old gateway.")

    def raise_it(self) -> None:
        tickets.update_ticket(self.pk, actor=self.agent, impact=1, urgency=1)

    def lower_it(self) -> None:
        tickets.update_ticket(self.pk, actor=self.agent, impact=3, urgency=3)

    def retitle(self) -> None:
        tickets.update_ticket(self.pk, actor=self.agent, title=f"VPN {db_now():%H%M%S}")


MOVES = [
    "start", "hold", "resume", "resolve", "reopen", "close", "cancel", "answer", "ask", "note", "raise_it",
    "lower_it", "retitle",
]  # fmt: skip


@contextmanager
def life(**fields: Any) -> Iterator[Life]:
    """An incident whose clock runs ahead as the test says."""
    with rehearsing("T") as ledger:
        yield Life(ledger, **fields)


@contextmanager
def undone() -> Iterator[None]:
    """What one example writes is gone before the next."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def stored(ticket_id: int) -> dict[tuple[str, int], dict[str, Any]]:
    """The stored clocks by track and cycle: columns, stretches and events."""
    found = {}
    for clock in Clock.objects.filter(ticket=ticket_id):
        segments = ClockSegment.objects.filter(clock=clock).order_by("pk")
        events = ClockEvent.objects.filter(clock=clock).order_by("pk")
        found[clock.track, clock.cycle] = _told(clock, list(segments), list(events))
    return found


def replayed(done: Any) -> dict[tuple[str, int], dict[str, Any]]:
    """The same of a replay."""
    return {
        (clock.track, clock.cycle): _told(clock, done.segments_of(clock), done.events_of(clock))
        for clock in done.clocks
    }


def _told(clock: Clock, segments: list[ClockSegment], events: list[ClockEvent]) -> dict[str, Any]:
    columns = {name: getattr(clock, name) for name in (*FIELDS, "gen")}
    names = ("kind", "gen", "began_at", "ended_at", "open_s", "began_by", "ended_by")
    columns["segments"] = [tuple(str(getattr(row, name)) for name in names) for row in segments]
    columns["events"] = sorted(
        (row.at, row.gen, str(row.kind), row.pct or 0, "" if row.kind in MARKS else row.cause["verb"])
        for row in events
    )
    return columns
