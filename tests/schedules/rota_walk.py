"""An oracle for rotas that shares nothing with them: it walks the clock and counts hand-overs."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from schedules.bizcal import Plan
from tests.schedules import minute_walk

STEPS = {"hours": dt.timedelta(hours=1), "days": dt.timedelta(days=1), "weeks": dt.timedelta(weeks=1)}


class Walker:
    """One layer while the clock goes on; ask it for ever later instants, the first before its beginning."""

    def __init__(self, layer, tz, absent):
        self.layer, self.zone, self.absent = layer, ZoneInfo(tz), absent
        day = layer.start
        while layer.weekday is not None and day.weekday() != layer.weekday:
            day += dt.timedelta(days=1)
        self.next = dt.datetime.combine(day, layer.handover)
        self.turn = -1
        self.plan = None if layer.hours is None else Plan(tz=tz, weekly=dict(layer.hours))

    def person(self, at):
        """Whose turn it is; None when the layer does not count, or nobody is there."""
        wall = at.astimezone(self.zone).replace(tzinfo=None)
        while wall >= self.next:
            self.turn += 1
            self.next += STEPS[self.layer.unit] * self.layer.length
        if self.turn < 0 or (self.plan is not None and not minute_walk.is_open(self.plan, self.zone, at)):
            return None
        order = self.layer.people
        for ahead in range(len(order)):
            person = order[(self.turn + ahead) % len(order)]
            if person not in self.absent:
                return person
        return None


def chains(rota, begin, start, end, *, step):
    """Each step from ``start`` to before ``end`` with the people to call; ``begin`` is before all layers."""
    walkers = [Walker(layer, rota.tz, rota.absent) for layer in rota.layers]
    at = begin
    while at < end:
        people = [
            each.person
            for each in rota.overrides
            if each.start <= at < each.end and each.person not in rota.absent
        ]
        people += [walker.person(at) for walker in walkers]
        if at >= start:
            yield at, list(dict.fromkeys(person for person in people if person is not None))
        at += dt.timedelta(seconds=step)
