"""Merging, splitting and what is similar, in the workspace and as employees see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import services
from incidents.models import Incident
from tests.desk.test_relations import url
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem
from tickets.models import Merge, TicketLink
from tickets.services import add_comment, add_work_note, update_ticket


def page(client: Any, address: str, status: int = 200) -> str:
    """The page at that address."""
    response = client.get(address)
    assert response.status_code == status
    return str(response.content.decode())


def merged(source: Incident, target: Incident, actor: Any) -> None:
    """Merge, as if committed."""
    services.merge_incident(source.pk, actor=actor, into=target)
    connection.check_constraints()


def test_a_merge_is_looked_at_made_and_taken_back(desk: Any, agent: Any):
    source, target = make_incident(title="VPN drops"), make_incident(title="VPN drops too")
    add_comment(source.pk, actor=source.requester, body="Since nine")
    head = page(desk, f"/w/incidents/{source.number}/")
    assert url(source, "merge") in head
    assert target.number in page(desk, url(source, "merge"))  # it is similar
    looked = page(desk, url(source, "merge") + f"?into={target.number.lower()}")
    assert "its messages (1)" in looked
    assert not Merge.objects.exists()
    answer = desk.post(url(source, "merge"), {"into": target.number, "lock_version": source.lock_version + 1})
    assert answer.status_code == 302
    assert target.number in answer["Location"]
    connection.check_constraints()
    html = page(desk, f"/w/incidents/{target.number}/")
    assert "Since nine" in html
    assert f"from {source.number}" in html
    assert url(source, "unmerge") in html
    assert url(source, "unmerge") in page(desk, f"/w/incidents/{source.number}/")
    assert desk.post(url(source, "unmerge")).status_code == 302
    assert Incident.objects.get(pk=source.pk).state == "new"
    assert "Since nine" not in page(desk, f"/w/incidents/{target.number}/")


@pytest.mark.parametrize("into", ["", "INC999", "\0", "x" * 100, "itself", "closed", "hidden", "problem"])
def test_a_target_that_cannot_be_is_refused_at_its_field(into: str, desk: Any, agent: Any):
    source = make_incident()
    named = {
        "itself": lambda: source,
        "closed": lambda: make_incident("closed"),
        "hidden": lambda: make_incident(group=GroupFactory(is_restricted=True)),
        "problem": make_problem,
    }
    number = named[into]().number if into in named else into
    for response in (
        desk.get(url(source, "merge"), {"into": number}),
        desk.post(url(source, "merge"), {"into": number, "lock_version": source.lock_version}),
    ):
        assert response.status_code == 422
        assert 'id="id_merge_into_error"' in response.content.decode()
    assert not Merge.objects.exists()


def test_a_stale_merge_shows_the_plan_again(desk: Any, agent: Any):
    source, target = make_incident(), make_incident()
    version = Incident.objects.get(pk=source.pk).lock_version
    update_ticket(source.pk, actor=agent, title="Other")
    response = desk.post(url(source, "merge"), {"into": target.number, "lock_version": version})
    assert response.status_code == 409
    assert not Merge.objects.exists()


def test_only_incidents_are_merged(desk: Any, agent: Any):
    problem = make_problem()
    for action in ("merge", "similar"):
        assert desk.get(url(problem, action, "problems")).status_code == 404


def test_who_asked_for_the_source_is_told_where_it_goes_on(client_of: Any, agent: Any):
    source, target = make_incident(), make_incident()
    add_work_note(source.pk, actor=agent, body="Secret")
    merged(source, target, agent)
    own = client_of(source.requester)
    html = page(own, f"/my/{source.number}/")
    assert "reaches who works on it" in html
    assert target.number not in html
    assert own.post(f"/my/{source.number}/reply/", {"body": "Any news?"}).status_code == 302
    assert "Any news?" in page(own, f"/my/{source.number}/")
    assert own.get(f"/my/{target.number}/").status_code == 404
    other = page(client_of(target.requester), f"/my/{target.number}/")
    assert "Any news?" in other
    assert f"from {source.number}" in other
    assert "Secret" not in other


def test_who_asked_for_both_finds_the_other(client_of: Any, agent: Any):
    person = UserFactory()
    source, target = make_incident(requester=person), make_incident(requester=person)
    merged(source, target, agent)
    assert f"/my/{target.number}/" in page(client_of(person), f"/my/{source.number}/")


def test_a_message_becomes_an_incident_once(desk: Any, agent: Any):
    source = make_incident()
    said = add_comment(source.pk, actor=source.requester, body="\nThe printer is broken too\nSince Monday")
    note = add_work_note(source.pk, actor=agent, body="Secret")
    place = f"{url(source, 'split')}{said.public_id}/"
    assert place in page(desk, f"/w/incidents/{source.number}/")
    assert "The printer is broken too" in page(desk, place)
    sent = {"title": "Printer", "once_key": "0c6b2f6e-0000-4000-8000-000000000001"}
    for _again in range(2):
        assert desk.post(place, sent).status_code == 302
    new = Incident.objects.exclude(pk=source.pk).get()
    assert (new.title, new.requester, new.description) == ("Printer", source.requester, said.body)
    link = TicketLink.objects.get()
    assert (link.source_id, link.target_id, link.type) == (new.pk, source.pk, "split_of")
    refused = desk.post(f"{url(source, 'split')}{note.public_id}/", {"title": "x"})
    assert refused.status_code == 422
    assert desk.get(f"{url(source, 'split')}{make_problem().public_id}/").status_code == 404
    assert Incident.objects.count() == 2


def test_similar_tickets_are_those_one_sees_on_the_same_matter(desk: Any, agent: Any):
    one = make_incident(title="VPN drops every hour", category="network")
    like = make_incident(title="The VPN drops every hour", category="network")
    solved = make_incident("resolved", title="VPN drops every day", category="network")
    left_out = [
        make_incident(title="VPN drops every hour", category="mail"),
        make_incident(title="Screen is dark", category="network"),
        make_incident("cancelled", title="VPN drops every hour", category="network"),
        make_incident(
            title="VPN drops every hour", category="network", group=GroupFactory(is_restricted=True)
        ),
    ]
    html = page(desk, url(one, "similar"))
    for each in (like, solved):
        assert f"?into={each.number}" in html
    for each in left_out:
        assert each.number not in html
    assert f"?into={one.number}" not in html


def cost(client: Any, address: str) -> list[str]:
    """The statements that the page takes on a second visit, without their ends, where the values are."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return [each["sql"][:60] for each in asked]


def test_what_is_similar_costs_the_same_for_any_number(warm: Any, agent: Any):
    one, _two, _three = (make_incident(title="VPN drops every hour") for _each in range(3))
    few = cost(warm, url(one, "similar"))
    for _each in range(10):
        make_incident(title="VPN drops every hour")
    assert cost(warm, url(one, "similar")) == few


def test_a_page_with_merged_tickets_costs_the_same_for_any_number(warm: Any, agent: Any):
    target, costs = make_incident(), []
    for rows in (2, 8):
        for _each in range(rows):
            source = make_incident()
            add_comment(source.pk, actor=source.requester, body="Mine too")
            merged(source, target, agent)
        costs.append(cost(warm, f"/w/incidents/{target.number}/"))
    assert costs[0] == costs[1]


def test_another_agent_sees_the_banner_without_the_way_back(client_of: Any, agent: Any):
    source, target = make_incident(), make_incident()
    merged(source, target, agent)
    html = page(client_of(AgentFactory()), f"/w/incidents/{source.number}/")
    assert target.number in html
    assert url(source, "unmerge") not in html
    assert client_of(AgentFactory()).post(url(source, "unmerge")).status_code == 403
