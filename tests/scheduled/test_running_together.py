"""Several copies sweep at the same moment, on real transactions: one ticket for each occurrence."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from incidents.models import Incident
from scheduled import services
from scheduled.models import Occurrence
from scheduled.services import running
from tests.factories.scheduled import DAY, make_due, make_schedule

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.pitfall("P-27")]


def sweep() -> int:
    return services.open_due(limit=50)


def at_once(*calls: Any) -> list[Any]:
    """What each call came to, all begun together, each with a connection of its own."""
    gate = Barrier(len(calls))

    def run(call: Any) -> Any:
        try:
            gate.wait(timeout=20)
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.parametrize("copies", [0, 1, 3])
def test_any_number_of_copies_opens_one_ticket_each(copies: int):
    rows = [make_schedule(f"s{number}") for number in range(2)]
    for row in rows:
        make_due(row, ago=2 * DAY)
    if copies:
        moved = at_once(*[sweep] * copies)
        assert sum(moved) == 2
    assert Incident.objects.count() == (2 if copies else 0)
    assert Occurrence.objects.filter(outcome="opened").count() == (2 if copies else 0)
    assert Occurrence.objects.filter(outcome="skipped").count() == (4 if copies else 0)


def test_a_copy_that_dies_in_the_middle_leaves_its_work_to_another(monkeypatch: Any):
    make_due(make_schedule())
    opened, killed = running.open_incident, []

    def dies_once(**given: Any) -> Any:
        incident = opened(**given)
        if not killed:
            killed.append(True)
            raise KeyboardInterrupt
        return incident

    monkeypatch.setattr(running, "open_incident", dies_once)
    with pytest.raises(KeyboardInterrupt):
        services.open_due(limit=50)
    assert (Incident.objects.count(), Occurrence.objects.count()) == (0, 0)
    assert sum(at_once(*[sweep] * 3)) == 1
    assert (Incident.objects.count(), Occurrence.objects.count()) == (1, 1)


def test_switching_off_and_sweeping_at_once_is_one_before_the_other():
    row = make_schedule()
    make_due(row)

    at_once(
        lambda: services.update("backups", actor=None, is_active=False),
        sweep,
    )
    row.refresh_from_db()
    assert (row.is_active, row.next_at) == (False, None)
    assert Incident.objects.count() == Occurrence.objects.count() <= 1
