"""Pages: each row once, cursors that are nobody else's, counts under the same filter."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Ticket

ORDERINGS = [
    "",
    "opened_at",
    "-opened_at",
    "priority",
    "-priority",
    "-priority,opened_at",
    "number",
    "-updated_at",
]


@pytest.fixture
def nine(agent):
    """Nine incidents of three priorities; two share their opening."""
    rows = [make_incident(requester=agent, impact=1 + n % 3, urgency=1 + n % 2) for n in range(9)]
    start = timezone.now() - dt.timedelta(days=1)
    for n, row in enumerate(rows):
        Ticket.objects.filter(pk=row.pk).update(opened_at=start + dt.timedelta(minutes=n // 2))
    return rows


def walk(caller, path, key="next"):
    """The numbers of all pages, in order."""
    numbers, pages = [], 0
    while path:
        page = caller.get(path).json()
        numbers += [row["number"] for row in page["results"]]
        path = (page[key] or "").removeprefix("http://testserver")
        pages += 1
        assert pages < 20
    return numbers


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_a_walk_gives_each_row_once_in_the_order_asked_for(agent_api, nine, ordering):
    query = f"&ordering={ordering}" if ordering else ""
    whole = walk(agent_api, f"incidents/?page_size=200{query}")
    assert sorted(whole) == sorted(row.number for row in nine)
    assert walk(agent_api, f"incidents/?page_size=2{query}") == whole


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_the_way_back_gives_the_same_rows(agent_api, nine, ordering):
    query = f"&ordering={ordering}" if ordering else ""
    path, pages = f"incidents/?page_size=4{query}", []
    while path:
        page = agent_api.get(path).json()
        pages.append([row["number"] for row in page["results"]])
        path = (page["next"] or "").removeprefix("http://testserver")
        last = page
    back = agent_api.get(last["previous"].removeprefix("http://testserver")).json()
    assert [row["number"] for row in back["results"]] == pages[-2]
    first = agent_api.get(back["previous"].removeprefix("http://testserver")).json()
    assert [row["number"] for row in first["results"]] == pages[0]
    assert first["previous"] is None


def test_rows_that_come_meanwhile_disturb_no_walk(agent, agent_api, nine):
    page = agent_api.get("incidents/?page_size=4").json()
    seen = [row["number"] for row in page["results"]]
    make_incident(requester=agent)
    seen += walk(agent_api, page["next"].removeprefix("http://testserver"))
    assert sorted(seen) == sorted(row.number for row in nine)


def test_a_cursor_is_bound_to_filters_ordering_and_caller(agent_api, nine):
    page = agent_api.get("incidents/?page_size=2").json()
    address = page["next"].removeprefix("http://testserver")
    cursor = address.split("cursor=")[1]
    for path in (
        f"incidents/?page_size=2&ordering=priority&cursor={cursor}",
        f"incidents/?page_size=2&phase=open&cursor={cursor}",
        f"tickets/?page_size=2&cursor={cursor}",
        f"incidents/?page_size=2&cursor={cursor[:-3]}abc",
        "incidents/?cursor=x",
        "incidents/?cursor=",
    ):
        problem(agent_api.get(path), 400, "bad_input", "cursor")
    problem(Caller(AgentFactory()).get(address), 400, "bad_input", "cursor")


def test_a_cursor_holds_no_primary_key(agent_api, nine):
    from django.core import signing

    page = agent_api.get("incidents/?page_size=2&ordering=priority").json()
    from urllib.parse import parse_qs, urlsplit

    cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]
    told = signing.loads(cursor, salt="api.cursor")
    last = next(row for row in nine if row.number == page["results"][-1]["number"])
    assert told["k"] == last.number
    assert last.pk not in told["v"]


def test_counts_see_what_the_list_sees(agent_api, nine):
    make_incident(requester=UserFactory())
    caller = Caller(UserFactory())
    own = caller.post("incidents/", {"title": "Mine"}).json()["number"]
    for asked in ("capped", "exact"):
        page = caller.get(f"incidents/?count={asked}").json()
        assert (page["count"], [row["number"] for row in page["results"]]) == (1, [own])
    assert "count" not in caller.get("incidents/").json()
    assert agent_api.get("incidents/?count=capped&page_size=1").json()["count"] == 11
    assert agent_api.get("incidents/?count=capped&priority=1").json()["count"] == 2


def test_filters(agent, agent_api, nine):
    def numbers(query):
        return {row["number"] for row in agent_api.get(f"incidents/?{query}").json()["results"]}

    every = {row.number for row in nine}
    assert numbers("state=new&state=closed") == every
    assert numbers("state=resolved") == set()
    assert numbers("phase=open&requester=me") == every
    assert numbers(f"requester={agent.username.upper()}") == every
    assert numbers("assignee=me") == set()
    assert numbers("unassigned=true") == every
    assert numbers("priority__lte=1") == {row.number for row in nine if row.priority == 1}
    assert numbers(f"q={nine[0].number}") == {nine[0].number}
    assert numbers("q=drops") == every
    assert numbers("opened_at__gte=2999-01-01T00:00:00Z") == set()
    problem(agent_api.get("incidents/?state=bogus"), 400, "bad_input", "state")


def test_fields_and_expand(agent_api, nine, agent):
    row = agent_api.get("incidents/?fields=number,requester.name&page_size=1").json()["results"][0]
    assert row == {"number": row["number"], "requester": {"name": "Jiwoo Han"}}
    whole = agent_api.get("incidents/?fields=requester&expand=requester&page_size=1").json()["results"][0]
    assert whole["requester"]["email"] == agent.email
    problem(agent_api.get("incidents/?expand=company"), 400, "bad_input", "expand=company")
    problem(
        agent_api.get("incidents/?fields=requester.password"), 400, "bad_input", "fields=requester.password"
    )
    problem(agent_api.get("incidents/?fields=number.x"), 400, "bad_input", "fields=number.x")
    assert agent_api.get("incidents/?expand=%1D").status_code == 400  # no blank, though Python strips it
    one = agent_api.get(f"incidents/{nine[0].number}/?fields=number,_transitions").json()
    assert list(one) == ["number", "_transitions"]
