"""Tickets whose titles are like what somebody types."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from tests.factories.accounts import CompanyFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.likeness import alike

pytestmark = pytest.mark.django_db
ALL = Q(active=True)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("3층 회의실 와이파이가 끊겨요", True),
        ("회의실 와이파이 끊김", True),
        ("와이파이", True),
        ("회의실 예약은 어디서 하나요", False),
        ("프린터 용지", False),
        ("와", False),
        ("", False),
        ("   ", False),
    ],
)
def test_what_says_much_the_same_is_found(typed: str, found: bool, agent: Any):
    incident = make_incident(title="본관 회의실 와이파이가 자꾸 끊겨요")
    assert [row.pk for row in alike(agent, typed, among=ALL, most=5)] == ([incident.pk] if found else [])


def test_the_best_come_first_and_few(agent: Any):
    for title in ("Outlook is slow", "Outlook does not start after the update", "Outlook does not start"):
        make_incident(title=title)
    found = alike(agent, "Outlook does not start after the update", among=ALL, most=2)
    assert [row.title for row in found] == [
        "Outlook does not start after the update",
        "Outlook does not start",
    ]


def test_what_is_hidden_is_not_found(agent: Any):
    title = "Payroll shows the wrong month"
    make_incident(title=title, group=GroupFactory(is_restricted=True))
    make_incident(title=title, requester=UserFactory(company=CompanyFactory()))
    assert alike(agent, title, among=ALL, most=5) == []
    assert alike(UserFactory(), title, among=ALL, most=5) == []


def test_it_costs_the_same_for_two_and_for_twenty_and_reads_the_index(agent: Any):
    counts = []
    for size in (2, 20):
        for _ in range(size):
            make_incident(title="Outlook does not start after the update")
        with CaptureQueriesContext(connection) as queries:
            alike(agent, "Outlook does not start", among=ALL, most=5)
        counts.append(len(queries))
    assert counts[0] >= counts[1]
