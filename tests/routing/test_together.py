"""Tickets opened at the same moment, on real transactions (FT-03), and people who order rules at once."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from incidents.models import Incident
from routing import services
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.routing import make_rule
from tickets.models import Activity, AssignmentRule

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 8


@pytest.mark.parametrize(("tickets", "people"), [(100, 7), (100, 3), (0, 3), (1, 3)])
def test_parallel_tickets_are_spread_within_one(tickets, people):
    group = GroupFactory()
    for _each in range(people):
        AgentFactory(groups=[group])
    make_rule(group, strategy="round_robin", condition={})
    requester = UserFactory()

    def work(_number: int) -> None:
        try:
            make_incident(requester=requester)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(work, range(tickets)))
    shares = Counter(Incident.objects.values_list("assignee", flat=True))
    counts = [shares[pk] for pk in group.members.values_list("pk", flat=True)]
    assert sum(counts) == tickets
    assert max(counts) - min(counts) <= 1
    assert Activity.objects.filter(verb="routed").count() == tickets


def test_rules_ordered_by_several_people_at_once_stay_an_order():
    group = GroupFactory()
    rows = [make_rule(group, name) for name in "abcdef"]
    gate = Barrier(4)

    def work(number: int) -> None:
        try:
            gate.wait(timeout=20)
            for step in range(6):
                rule = rows[(number + step) % len(rows)]
                services.move_rule(rule.public_id, "up" if (number + step) % 2 else "down", actor=None)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))
    numbers = list(AssignmentRule.objects.values_list("order", flat=True))
    assert len(set(numbers)) == len(rows)
