"""Definitions for tests, and a ticket whose writes happen at chosen instants."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from factory.django import DjangoModelFactory

from sla.choices import Status
from sla.evaluate import evaluate
from sla.models import Clock, SLADefinition
from tests.factories.accounts import UserFactory
from tests.factories.schedules import CalendarFactory
from tickets.hooks import Change
from tickets.models import Ticket

PLACES = {
    "new": (10, "open"),
    "working": (20, "open"),
    "waiting": (30, "waiting"),
    "solved": (60, "done"),
    "closed": (90, "done"),
    "cancelled": (95, "done"),
}
KIND = "probe"


def is_(field: str, value: Any) -> dict[str, Any]:
    """The condition that a field has this value."""
    return {"f": field, "op": "eq", "v": value}


class SLADefinitionFactory(DjangoModelFactory):
    """A published promise: four office hours from opening to ``solved``, waiting while the ticket waits."""

    class Meta:
        model = SLADefinition

    key = factory.Sequence(lambda n: f"promise-{n}")
    track = factory.SelfAttribute("key")
    name_ko = "약속"
    name_en = "Promise"
    kind = KIND
    status = Status.PUBLISHED
    target_s = 4 * 3600
    calendar = factory.SubFactory(CalendarFactory)
    start_cond = factory.LazyFunction(lambda: {"not": is_("state", "cancelled")})
    stop_cond = factory.LazyFunction(lambda: {"f": "state", "op": "in", "v": ["solved", "closed"]})
    pause_cond = factory.LazyFunction(lambda: is_("phase", "waiting"))


class Probe:
    """A ticket of a kind of its own; ``write`` stores fields and shows them to the clocks at an instant."""

    count = 0

    def __init__(self, at: dt.datetime, **fields: Any) -> None:
        Probe.count += 1
        person = fields.pop("requester", None) or UserFactory()
        rank, phase = PLACES[fields.setdefault("state", "new")]
        self.ticket = Ticket.objects.create(
            kind=KIND, number=f"PRB{Probe.count:07}", title="Probe", requester=person, company=person.company,
            opened_at=at, state_rank=rank, phase=phase, **fields,
        )  # fmt: skip
        self._evaluate("opened", at, before=None)

    def write(self, at: dt.datetime, verb: str = "updated", **fields: Any) -> None:
        """Change the fields, a state with its rank and phase, and evaluate."""
        before = self._values()
        if "state" in fields:
            fields["state_rank"], fields["phase"] = PLACES[fields["state"]]
            fields["closed_at"] = at if fields["state_rank"] >= 90 else None
        Ticket.objects.filter(pk=self.ticket.pk).update(**fields)
        self.ticket = Ticket.objects.get(pk=self.ticket.pk)
        self._evaluate(verb, at, before=before)

    def clock(self, track: str | None = None) -> Clock:
        """The latest cycle of the track, or of the only one."""
        rows = Clock.objects.filter(ticket=self.ticket.pk, **({"track": track} if track else {}))
        return rows.select_related("definition", "calendar").order_by("-cycle").first()

    def clocks(self) -> list[tuple[str, int, str]]:
        """Track, cycle and stage of every clock."""
        rows = Clock.objects.filter(ticket=self.ticket.pk).order_by("track", "cycle")
        return list(rows.values_list("track", "cycle", "stage"))

    def _values(self) -> dict[str, Any]:
        return {field.name: getattr(self.ticket, field.attname) for field in Ticket._meta.concrete_fields}

    def _evaluate(self, verb: str, at: dt.datetime, *, before: dict[str, Any] | None) -> None:
        after = self._values()
        changes = (
            {name: [before[name], value] for name, value in after.items() if before[name] != value}
            if before
            else {}
        )
        evaluate(Change(self.ticket, before, after, changes, None, verb, at))
