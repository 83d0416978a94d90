"""Who hears a stream no more: rights taken away, people switched off, tokens ended and their scopes."""

from __future__ import annotations

import time

import pytest
from django.test import Client

from accounts import tokens
from accounts.models import RoleAssignment, Session
from accounts.people.services import switch
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.live.conftest import work_off
from tickets.services import add_comment


@pytest.mark.parametrize("how", ["sign out", "disable", "password", "role"])
def test_taking_a_right_away_ends_what_is_heard_within_five_seconds(live, cookie, how):
    agent = AgentFactory()
    incident = make_incident()
    work_off()
    stream = live.open(f"tickets/{incident.number}", cookie=cookie(agent))
    if how == "sign out":
        Session.objects.all().delete()
    elif how == "disable":
        type(agent).objects.filter(pk=agent.pk).update(is_active=False)
    elif how == "password":
        agent.set_password("a new long password")
        agent.save()
    else:
        RoleAssignment.objects.filter(user=agent).delete()
    if how == "role":
        time.sleep(4.2)
        add_comment(incident.pk, actor=None, body="Hello.")
        work_off()
        assert stream.quiet()
    else:
        assert stream.ended(5)


def test_se2_who_is_switched_off_loses_session_token_and_stream(live, cookie, client):
    keeper, agent = UserFactory(roles=["administrator"]), AgentFactory()
    incident = make_incident()
    _row, plain = tokens.mint(actor=agent, owner=agent, name="x")
    client.force_login(agent)
    bearer = {"authorization": f"Bearer {plain}"}
    assert client.get("/account/sessions/").status_code == 200
    assert client.get("/api/v1/users/me/", headers=bearer).status_code == 200
    topic = f"tickets/{incident.number}"
    streams = [live.open(topic, cookie=cookie(agent)), live.open(topic, Authorization=f"Bearer {plain}")]
    assert [each.status for each in streams] == [200, 200]
    switch(agent.username, actor=keeper, on=False)
    assert client.get("/account/sessions/").status_code == 302
    assert Client().get("/api/v1/users/me/", headers=bearer).status_code == 401
    assert all(each.ended(5) for each in streams)


def test_a_token_opens_a_stream_and_its_end_ends_it(live):
    agent = AgentFactory()
    incident = make_incident()
    work_off()
    token, plain = tokens.mint(actor=agent, owner=agent, name="test")
    stream = live.open(f"tickets/{incident.number}", Authorization=f"Bearer {plain}")
    assert stream.status == 200
    add_comment(incident.pk, actor=None, body="Hello.")
    work_off()
    assert stream.next()["data"]["number"] == incident.number
    tokens.revoke(token, actor=agent)
    assert stream.ended(5)


@pytest.mark.parametrize(
    ("scopes", "status"), [(["tickets:read"], 200), (["tickets:write"], 200), (["cmdb:read"], 403)]
)
def test_a_token_reads_no_further_than_its_scopes(live, scopes, status):
    agent = AgentFactory()
    token, plain = tokens.mint(actor=agent, owner=agent, name="test", scopes=scopes)
    assert live.open("users/me", Authorization=f"Bearer {plain}").status == status
    token.refresh_from_db()
    assert (token.last_used_at is not None) is (status == 200)
