"""Who sees which tickets is asked anew each time, though the question itself is kept (decision 0044)."""

from __future__ import annotations

from typing import Any

import pytest

from accounts.models import Membership, RoleAssignment, User
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets import selectors
from tickets.models import Ticket
from tickets.selectors import seen_by, tickets_for
from tickets.services import unwatch, watch

pytestmark = pytest.mark.django_db


def again(person: Any) -> User:
    """The same person as the next request reads them."""
    return User.objects.get(pk=person.pk)


def seen(person: Any) -> set[str]:
    return set(seen_by(again(person)).values_list("number", flat=True))


def test_what_is_given_and_taken_counts_at_the_next_request():
    secret = GroupFactory(is_restricted=True)
    agent, incident = AgentFactory(), make_incident(group=secret)
    assert seen(agent) == set()
    Membership.objects.create(user=agent, group=secret)
    assert seen(agent) == {incident.number}
    Membership.objects.filter(user=agent).delete()
    assert seen(agent) == set()
    make_incident(group=GroupFactory())
    assert len(seen(agent)) == 1
    RoleAssignment.objects.filter(user=agent).delete()
    assert seen(agent) == set()


def test_what_a_person_follows_counts_at_once():
    person, incident = UserFactory(), make_incident(group=GroupFactory(is_restricted=True))
    assert seen(person) == set()
    watch(incident.pk, actor=None, user=person)
    assert seen(person) == {incident.number}
    unwatch(incident.pk, actor=None, user=person)
    assert seen(person) == set()


def test_a_group_that_becomes_restricted_hides_its_tickets_at_once():
    group, agent = GroupFactory(), AgentFactory()
    make_incident(group=group)
    assert len(seen(agent)) == 1
    group.is_restricted = True
    group.save()
    assert seen(agent) == set()


def test_two_people_share_no_question_and_one_person_asks_the_same():
    selectors._seen.cache_clear()
    group = GroupFactory()
    one, two = AgentFactory(groups=[group]), AgentFactory(groups=[group])
    for person in (one, two, one, two):
        list(tickets_for(again(person)))
    kept = selectors._seen.cache_info()
    assert (kept.misses, kept.hits) == (2, 2)


def test_what_is_asked_of_the_rows_stays_out_of_what_is_kept():
    agent, incident = AgentFactory(), make_incident(group=GroupFactory())
    assert not seen_by(agent).filter(number="none").exists()
    assert seen_by(agent).exclude(pk=0).get() == Ticket.objects.get(pk=incident.pk)
    assert seen_by(None).count() == Ticket.objects.count()
