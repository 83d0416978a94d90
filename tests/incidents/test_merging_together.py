"""Two people merge at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from core.errors import DomainError
from incidents import services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tickets.models import Merge

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls: Any) -> list[str]:
    """What each call came to, all begun together, each with a connection of its own."""
    gate = Barrier(len(calls))

    def run(call: Any) -> str:
        try:
            gate.wait(timeout=10)
            call()
        except DomainError as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def test_of_two_merges_from_both_ends_one_is_done():
    agent = AgentFactory()
    one, other = make_incident(), make_incident()
    outcomes = at_once(
        lambda: services.merge_incident(one.pk, actor=agent, into=other),
        lambda: services.merge_incident(other.pk, actor=agent, into=one),
    )
    assert sorted(outcomes) == ["done", "rule_refused"]
    assert Merge.objects.count() == 1
    assert sorted(Incident.objects.values_list("state", flat=True)) == ["cancelled", "new"]


def test_of_two_ways_back_one_is_done():
    agent = AgentFactory()
    one, other = make_incident(), make_incident()
    services.merge_incident(one.pk, actor=agent, into=other)
    outcomes = at_once(*(lambda: services.unmerge_incident(one.pk, actor=agent) for _each in range(2)))
    assert sorted(outcomes) == ["done", "wrong_state"]
    assert Incident.objects.get(pk=one.pk).state == "new"
