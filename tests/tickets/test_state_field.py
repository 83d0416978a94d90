"""The state is protected per instance, also under threads (DOMAIN DT-3, DT-5)."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from core.errors import IllegalTransitionError
from incidents import services
from incidents.models import Incident
from tests.factories.accounts import AgentFactory
from tests.factories.incidents import make_incident
from tickets.models import Activity


@pytest.mark.django_db
def test_refresh_reads_the_state_and_protection_stays():
    incident = make_incident()
    Incident.objects.filter(pk=incident.pk).update(reason="x")
    incident.refresh_from_db()
    assert incident.reason == "x"
    with pytest.raises(AttributeError):
        incident.state = "closed"


@pytest.mark.django_db(transaction=True)
def test_six_threads_refreshing_open_no_door():
    pk = make_incident().pk
    passed = []

    def attack():
        try:
            mine = Incident.objects.get(pk=pk)
            for _ in range(50):
                mine.refresh_from_db()
                try:
                    mine.state = "closed"
                    passed.append(1)
                except AttributeError:
                    pass
        finally:
            connections.close_all()

    threads = [threading.Thread(target=attack) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert passed == []


@pytest.mark.django_db(transaction=True)
def test_eight_resolutions_at_once_act_once():
    agent = AgentFactory()
    incident = make_incident("in_progress", agent=agent)
    barrier = threading.Barrier(8)
    outcomes = []

    def resolve():
        barrier.wait()
        try:
            services.resolve_incident(incident.pk, actor=agent, close_code="user_error", close_notes="x")
            outcomes.append("done")
        except IllegalTransitionError:
            outcomes.append("late")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=resolve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["done", *["late"] * 7]
    assert Activity.objects.filter(ticket=incident, verb="resolve", kind="state").count() == 1
