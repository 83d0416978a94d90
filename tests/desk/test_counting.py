"""Counts of lists: what is kept between requests is their text, never their answer nor somebody's rights."""

from __future__ import annotations

import datetime as dt
from typing import Any

import time_machine

from accounts.models import Membership, User
from accounts.policies import group_ids
from desk import counting, queues
from desk.filters import SLA, Filters, filters_kept, whole
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.policies import rights_of
from tickets.services import update_ticket

EVERY = [f"view=open&sla={sla}" for sla in SLA] + [f"view={queue.key}" for queue in queues.QUEUES]


def lists() -> list[Filters]:
    """Every queue and every filter by time."""
    return [whole(queue) for queue in queues.QUEUES] + [filters_kept("all", each) for each in EVERY]


def counted(person: Any, query: str = "view=open") -> int:
    """What a new request of that person counts."""
    _moment, [found] = counting.counts(User.objects.get(pk=person.pk), [filters_kept("all", query)])
    return found


def test_who_joins_a_restricted_group_counts_its_tickets_at_once(group: Any):
    secret, agent = GroupFactory(is_restricted=True), AgentFactory(groups=[group])
    make_incident(group=secret)
    assert counted(agent) == 0
    Membership.objects.create(user=agent, group=secret)
    assert counted(agent) == 1
    Membership.objects.filter(user=agent).delete()
    assert counted(agent) == 0


def test_who_loses_the_role_counts_what_is_their_own(group: Any):
    agent = AgentFactory(groups=[group])
    make_incident(group=group)
    make_incident(requester=agent)
    assert counted(agent) == 2
    agent.roles.clear()
    assert counted(agent) == 1


def test_two_people_do_not_share_what_they_count(group: Any):
    one, two = AgentFactory(groups=[group]), AgentFactory(groups=[group])
    update_ticket(make_incident(group=group).pk, actor=one, assignee=one)
    assert [counted(each, "view=mine") for each in (one, two)] == [1, 0]


def test_a_change_is_counted_at_once(group: Any):
    agent, incident = AgentFactory(groups=[group]), make_incident(group=group)
    before = counted(agent, "view=open&priority=1")
    update_ticket(incident.pk, actor=agent, impact=1, urgency=1)
    assert (before, counted(agent, "view=open&priority=1")) == (0, 1)


def test_no_kept_text_holds_a_moment(agent: Any):
    rights = rights_of(agent), group_ids(agent)

    def texts() -> list[Any]:
        counting._count.cache_clear()
        return [counting._count(*rights, counting._list(each)) for each in lists()]

    first = texts()
    with time_machine.travel(dt.datetime(2031, 5, 6, tzinfo=dt.UTC)):
        assert texts() == first
    moments = [value for _sql, values in first for value in values if isinstance(value, dt.date)]
    assert moments == []


def test_a_list_that_can_hold_nothing_counts_nothing(db: Any):
    assert counting.counts(UserFactory(), lists())[1] == [0] * len(lists())
