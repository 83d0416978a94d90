"""Who gets in: agents of the company, nobody else, on every address of the workspace."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.incidents import make_incident

UUID = "0199a000-0000-7000-8000-000000000000"
READS = [
    "/w/",
    "/w/all/",
    "/w/incidents/",
    "/w/requests/",
    "/w/tasks/",
    "/w/palette",
    "/w/search/?q=VPN",
    "/w/incidents/new/",
    "/w/suggest/people/?q=ki",
    "/w/suggest/items/?q=vp",
    "/w/incidents/filters/",
    "/w/incidents/fresh/?since=2026-01-01T00:00:00Z",
    f"/w/files/{UUID}/",
    "/w/incidents/{number}/",
    "/w/incidents/{number}/row/",
    "/w/incidents/{number}/times/",
    "/w/incidents/{number}/assign/",
    "/w/incidents/{number}/edit/group/",
    "/w/incidents/{number}/move/resolve/",
]
WRITES = [
    "/w/incidents/new/",
    "/w/incidents/take/",
    "/w/incidents/{number}/edit/",
    "/w/incidents/{number}/move/start/",
    "/w/incidents/{number}/say/",
    "/w/incidents/{number}/draft/",
    "/w/incidents/{number}/watch/",
    "/w/incidents/{number}/unwatch/",
    "/w/incidents/{number}/link/",
    "/w/incidents/{number}/unlink/",
]


@pytest.mark.parametrize("address", READS)
def test_a_guest_is_sent_to_sign_in(address: str, client: Any, db: Any):
    response = client.get(address.format(number="INC0000001"))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("address", READS)
def test_a_requester_reads_nothing_here_even_of_an_own_ticket(address: str, requester: Any, client_of: Any):
    own = make_incident(requester=requester, title="My own VPN")
    response = client_of(requester).get(address.format(number=own.number))
    assert response.status_code == 403
    page = response.content.decode()
    assert "This place is for people who work on tickets." in page
    assert 'href="/"' in page
    assert own.title not in page


@pytest.mark.parametrize("address", WRITES)
def test_a_requester_writes_nothing_here(address: str, requester: Any, client_of: Any):
    own = make_incident(requester=requester)
    response = client_of(requester).post(
        address.format(number=own.number), {"tab": "comment", "body": "x", "lock_version": own.lock_version}
    )
    assert response.status_code == 403
    own.refresh_from_db()
    assert (own.state, own.lock_version) == ("new", 1)


@pytest.mark.parametrize("address", [a for a in [*READS, *WRITES] if "{number}" in a])
def test_another_companys_ticket_is_not_there(address: str, agent: Any, client_of: Any):
    theirs = make_incident(requester=UserFactory(company=CompanyFactory()))
    browser = client_of(agent)
    data = {"lock_version": "1", "field": "title", "value": "x", "tab": "comment", "body": "x", "link": "1"}
    for number in (theirs.number, "INC9999999"):
        url = address.format(number=number)
        response = browser.post(url, data) if address in WRITES else browser.get(url)
        assert response.status_code == 404, url
    theirs.refresh_from_db()
    assert theirs.lock_version == 1


@pytest.mark.parametrize("address", WRITES)
def test_a_get_changes_nothing(address: str, desk: Any, group: Any):
    incident = make_incident(group=group)
    response = desk.get(address.format(number=incident.number))
    assert response.status_code in {200, 302, 405}
    incident.refresh_from_db()
    assert incident.lock_version == 1


def test_an_agent_of_another_company_sees_own_tickets_only(client_of: Any, group: Any):
    make_incident(group=group, title="Not yours")
    stranger = AgentFactory(company=CompanyFactory())
    page = client_of(stranger).get("/w/incidents/").content.decode()
    assert "Not yours" not in page


def test_a_form_without_its_token_is_refused(agent: Any, group: Any):
    from django.test import Client

    incident = make_incident(group=group)
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(agent)
    url = f"/w/incidents/{incident.number}/move/start/"
    assert browser.post(url, {"lock_version": "1"}).status_code == 403
    incident.refresh_from_db()
    assert incident.state == "new"


def test_agents_find_the_way_in_from_the_portal_and_requesters_do_not(
    agent: Any, requester: Any, client_of: Any
):
    assert 'href="/w/"' in client_of(agent).get("/").content.decode()
    assert 'href="/w/"' not in client_of(requester).get("/").content.decode()
