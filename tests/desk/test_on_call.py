"""Who assigns a ticket sees first who is on call for its group."""

from __future__ import annotations

import pytest
from django.test import Client

from core.time import db_now
from schedules import services
from schedules.selectors import on_call_for_group
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.schedules import make_rota

pytestmark = pytest.mark.django_db


def test_people_on_call_are_marked_and_stand_first():
    group = GroupFactory()
    people = [AgentFactory(groups=[group], name_en=f"Person {letter}") for letter in "ABC"]
    make_rota(group, people)
    incident = make_incident(requester=UserFactory(), group=group)
    client = Client(headers={"Accept-Language": "en", "HX-Request": "true", "HX-Target": "dialog-body"})
    client.force_login(people[0])
    page = client.get(f"/w/incidents/{incident.number}/assign/").content.decode()
    [duty] = on_call_for_group(group.pk, db_now())
    assert page.count("· on call") == 1
    assert f"{duty.name_en} · on call" in page
    others = [person.name_en for person in people if person != duty]
    assert page.index("· on call") < min(page.index(f">{name}<") for name in others)
    services.update_rota("desk", actor=None, is_active=False)
    assert "· on call" not in client.get(f"/w/incidents/{incident.number}/assign/").content.decode()
