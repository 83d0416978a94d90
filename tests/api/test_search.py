"""GET /api/v1/search/: what each caller finds, bounded and by sort."""

from __future__ import annotations

from typing import Any

import pytest

from cmdb.services import create_ci
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, default_company
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem
from tickets.services import add_work_note

pytestmark = pytest.mark.django_db


def keys(caller: Caller, query: str) -> list[str]:
    """Numbers and user names of what was found."""
    return [each["key"] for each in caller.get(f"search/?{query}").json()["results"]]


def test_an_agent_finds_tickets_people_and_items():
    agent = AgentFactory()
    caller = Caller(agent)
    problem = make_problem(agent=agent, title="Gateway drops")
    incident = make_incident(title="Gateway <down>", description="No VPN")
    person = UserFactory(username="gateway.kim")
    item = create_ci(actor=None, company=default_company(), class_key="server", name="vpn-gateway-01")
    body = caller.get("search/?q=gateway").json()
    assert body == {
        "query": "gateway",
        "meant": "",
        "more": False,
        "results": [
            {
                "type": "ticket", "kind": "incident", "key": incident.number, "title": "Gateway <down>",
                "url": f"/api/v1/incidents/{incident.number}/",
            },
            {
                "type": "ticket", "kind": "problem", "key": problem.number, "title": "Gateway drops",
                "url": f"/api/v1/problems/{problem.number}/",
            },
            {
                "type": "person", "kind": "person", "key": "gateway.kim", "title": person.name_en,
                "url": "/api/v1/users/gateway.kim/",
            },
            {
                "type": "item", "kind": "server", "key": item.number, "title": "vpn-gateway-01",
                "url": f"/api/v1/cis/{item.number}/",
            },
        ],
    }  # fmt: skip
    for each in body["results"]:
        assert caller.get(each["url"].removeprefix("/api/v1/")).status_code == 200
    assert keys(caller, "q=gateway&type=item") == [item.number]
    assert keys(caller, "q=gateway&type=item&type=person") == ["gateway.kim", item.number]
    body = caller.get("search/?q=gateway&type=ticket&limit=1").json()
    assert ([each["key"] for each in body["results"]], body["more"]) == ([incident.number], True)


def test_the_other_layout_is_told():
    incident = make_incident(title="노트북이 느려요")
    body = Caller(AgentFactory()).get("search/?q=shxmqnr&type=ticket").json()
    assert body["meant"] == "노트북"
    assert [each["key"] for each in body["results"]] == [incident.number]


def test_each_caller_finds_what_they_may_see():
    person, agent = UserFactory(), AgentFactory()
    mine = make_incident(requester=person, title="Zebra of mine")
    others = make_incident(title="Zebra of others")
    hidden = make_incident(title="Zebra hidden", group=GroupFactory(is_restricted=True))
    foreign = make_incident(title="Zebra abroad", requester=UserFactory(company=CompanyFactory()))
    add_work_note(mine.pk, actor=agent, body="Suspected sabotage")
    assert keys(Caller(person), "q=zebra&type=ticket") == [mine.number]
    assert keys(Caller(person), "q=sabotage") == []
    assert keys(Caller(agent), "q=sabotage") == [mine.number]
    assert keys(Caller(agent), "q=zebra") == [others.number, mine.number]
    for secret in (hidden, foreign):
        assert keys(Caller(agent), f"q={secret.number}") == []


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("q=a&type=secret", "type"), ("q=a&limit=0", "limit"), ("q=a&limit=51", "limit"),
        ("q=a&limit=-1", "limit"), ("q=a&limit=x", "limit"), ("q=a&limit=1000000000000", "limit"),
        ("q=a&limit=²", "limit"), ("q=a&company=1", "company"), ("q=a&ordering=title", "ordering"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_by_name(query: str, parameter: str):
    answer = Caller(AgentFactory()).get(f"search/?{query}")
    assert answer.status_code == 400
    assert [each["parameter"] for each in answer.json()["errors"]] == [parameter]


@pytest.mark.parametrize("text", ["", "%20", "%00", "%25_%5C", "'", "%F0%9F%99%82", "a" * 5000, "%E3%84%B1"])
def test_any_text_is_answered(text: str):
    assert Caller(AgentFactory()).get(f"search/?q={text}").json()["results"] == []


def test_nobody_finds_anything_without_signing_in(client: Any):
    assert client.get("/api/v1/search/?q=a").status_code == 401
