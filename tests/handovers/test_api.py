"""Hand-overs over REST: the same rules, told as problems."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.handovers import make_hand_over
from tests.factories.incidents import make_incident
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
URL = "/api/v1/hand-overs/"
JSON = {"content_type": "application/json"}
QUERIES = 7


def test_a_hand_over_is_written_read_and_accepted(agent: Any, group: Any, client_of: Any):
    client, incident = client_of(agent), make_incident(group=group)
    body = {
        "group": group.key,
        "text": "Quiet.",
        "notes": [{"ticket": incident.number, "text": "Call back."}],
    }
    made = client.post(URL, body, **JSON)
    assert made.status_code == 201, made.content
    one = made["Location"]
    shown = client.get(one).json()
    assert shown["notes"] == [
        {
            "ticket": {"number": incident.number, "kind": "incident", "title": incident.title},
            "text": "Call back.",
        }
    ]
    assert (shown["group"]["key"], shown["taken_by"]) == (group.key, None)
    assert client.post(f"{one}accept/").status_code == 403
    colleague = client_of(AgentFactory(groups=[group]))
    taken = colleague.post(f"{one}accept/")
    assert taken.status_code == 200, taken.content
    assert taken.json()["taken_at"] is not None
    late = client_of(AgentFactory(groups=[group])).post(f"{one}accept/")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    assert client_of(AgentFactory(groups=[GroupFactory()])).get(one).status_code == 404
    assert client_of(UserFactory()).get(URL).status_code == 403


def test_refusals_name_the_field(agent: Any, group: Any, client_of: Any):
    client = client_of(agent)
    hidden = make_incident(group=GroupFactory(is_restricted=True))

    def refused(**body: Any) -> tuple[int, str]:
        answer = client.post(URL, {"group": group.key} | body, **JSON)
        return answer.status_code, answer.json()["errors"][0]["pointer"]

    assert refused() == (422, "/text")
    assert refused(text="x", since="2020-01-01T00:00:00Z") == (422, "/since")
    assert refused(notes=[{"ticket": hidden.number}])[0] == 422
    assert refused(taken_at="2026-01-01T00:00:00Z")[0] == 400
    foreign = client.post(URL, {"group": GroupFactory().key, "text": "x"}, **JSON)
    assert foreign.status_code == 403


def test_the_list_is_filtered(agent: Any, group: Any, client_of: Any):
    other = GroupFactory()
    both = AgentFactory(groups=[group, other])
    first, second = make_hand_over(agent, group), make_hand_over(both, other)
    client = client_of(both)
    client.post(f"{URL}{first.public_id}/accept/")

    def ids(query: str) -> list[str]:
        return [row["id"] for row in client.get(f"{URL}?{query}").json()["results"]]

    one, two = str(first.public_id), str(second.public_id)
    assert ids("") == [two, one]
    assert ids(f"group={group.key}") == [one]
    assert ids("waiting=true") == [two]
    assert ids("written_by=me") == [two]
    assert ids(f"written_by={agent.username}") == [one]
    assert ids("written_at__gte=2099-01-01T00:00:00Z") == []
    assert ids("written_at__lt=2099-01-01T00:00:00Z") == [two, one]


def test_the_title_of_a_hidden_ticket_is_in_no_answer(agent: Any, group: Any, client_of: Any):
    kept = make_incident(group=group, title="Layoffs in spring")
    row = make_hand_over(agent, group, kept)
    reader = client_of(AgentFactory(groups=[group]))
    assert "Layoffs" in reader.get(URL).content.decode()
    Ticket.objects.filter(pk=kept.pk).update(group=GroupFactory(is_restricted=True))
    for answer in (
        reader.get(URL),
        reader.get(f"{URL}{row.public_id}/"),
        reader.post(f"{URL}{row.public_id}/accept/"),
    ):
        page = answer.content.decode()
        assert answer.status_code == 200
        assert "Layoffs" not in page
        assert kept.number not in page


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_for_any_number_of_rows(
    rows: int, agent: Any, group: Any, client_of: Any, django_assert_num_queries: Any
):
    incidents = [make_incident(group=group) for _place in range(3)]
    for _place in range(rows):
        make_hand_over(agent, group, *incidents)
    client = client_of(agent)
    client.get(URL)
    with django_assert_num_queries(QUERIES):
        assert len(client.get(URL).json()["results"]) == rows
