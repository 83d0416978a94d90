"""What the API costs the database does not grow with the number of tickets (BENCH section 5): no timing."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench.sla_rows import copies
from tests.api.calls import Caller
from tests.factories.accounts import GroupFactory
from tests.factories.incidents import make_incident
from tickets.services import add_comment

MANY = 20_000
SEARCHED = {"tickets_ticket", "tickets_tickettext"}
_TRANSACTIONS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


@pytest.fixture
def agent_api(agent: Any) -> Caller:
    """Calls of an agent."""
    return Caller(agent)


def statements(act: Callable[[], Any]) -> list[str]:
    """The statements of the second of two like requests: the first fills what a process keeps."""
    act()
    with CaptureQueriesContext(connection) as captured:
        act()
    return [each["sql"] for each in captured if not each["sql"].startswith(_TRANSACTIONS)]


def spread() -> None:
    """Tickets of all priorities, opened one after the other; the server knows what there is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE tickets_ticket SET priority = 1 + id % 4, opened_at = opened_at - id * interval '1 s'"
        )
        cursor.execute("ANALYZE tickets_ticket, incidents_incident")


@pytest.mark.parametrize("rows", [10, 500])
def test_each_request_costs_the_same_for_any_number_of_rows(rows, agent_api, group):
    incident = make_incident(group=group, agent=agent_api.user)
    with connection.cursor() as cursor:
        copies(cursor, incident, rows)
    spread()
    for number in range(min(rows, 20)):
        add_comment(incident.pk, actor=agent_api.user, body=f"No. {number}")
    new = iter([make_incident(group=group).number for _ in range(2)])  # with the clocks they have
    place = f"incidents/{incident.number}/"
    costs = {
        "list": lambda: agent_api.get(f"incidents/?active=true&group={group.key}&ordering=priority"),
        "detail": lambda: agent_api.get(place),
        "comments": lambda: agent_api.get(f"{place}comments/"),
        "create": lambda: agent_api.post("incidents/", {"title": "VPN drops"}),
        "transition": lambda: agent_api.post(f"incidents/{next(new)}/transitions/start/"),
    }
    assert {name: len(statements(act)) for name, act in costs.items()} == {
        "list": 3, "detail": 4, "comments": 4, "create": 10, "transition": 15,
    }  # fmt: skip


@pytest.fixture
def crowd(group: Any) -> Iterator[Any]:
    """A fifth of 20 000 tickets is open in ``group``, the others are closed or in another group."""
    for state, place, count in (("new", group, MANY // 5), ("new", GroupFactory(), MANY // 5)):
        incident = make_incident(state, group=place)
        with connection.cursor() as cursor:
            copies(cursor, incident, count)
    incident = make_incident("closed", group=group)
    with connection.cursor() as cursor:
        copies(cursor, incident, MANY * 3 // 5)
    spread()
    return group


def test_no_page_of_a_list_walks_through_the_table(crowd, agent_api):
    address = f"incidents/?active=true&group={crowd.key}&ordering=priority"
    for _page in range(3):
        found: list[Any] = []
        sent = statements(lambda: found.append(agent_api.get(address).json()))  # noqa: B023 - called at once
        assert len(found[-1]["results"]) == 50
        read = [each for each in sent if "tickets_ticket" in each]
        assert read
        for each in read:
            assert "tickets_ticket" not in set(walked(plan_of(each))), each
        address = found[-1]["next"].removeprefix("http://testserver/api/v1/")


def test_no_search_walks_through_the_table(crowd, agent_api):
    """Neither for a word in a few tickets nor for one in all of them, of which the newest are shown."""
    for place in range(20):
        make_incident(title=f"Zebra {place}", group=crowd)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO tickets_tickettext (ticket_id, is_public, words)"
            " SELECT id, true, array_to_tsvector(ARRAY['everywhere', '^everywhere', rpad(number, 1500, 'x')])"
            " FROM tickets_ticket ON CONFLICT DO NOTHING"
        )
        cursor.execute("ANALYZE tickets_ticket, tickets_tickettext")
    for word, most, apart in (("zebra", 20, set()), ("everywhere", 50, {"tickets_tickettext"})):
        for address in (f"search/?type=ticket&limit={most}&q={word}", f"incidents/?q={word}"):
            found: list[Any] = []
            sent = statements(lambda: found.append(agent_api.get(address).json()))  # noqa: B023 - called at once
            assert len(found[-1]["results"]) == most
            for each in sent:
                if each.startswith("SELECT") and "tickets_ticket" in each:
                    assert not (set(walked(plan_of(each))) - apart) & SEARCHED, each


def plan_of(statement: str) -> dict[str, Any]:
    """How the server means to find the rows."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}".replace("%", "%%"), [])
        told = cursor.fetchone()[0]
    plan: dict[str, Any] = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    return plan


def walked(plan: dict[str, Any]) -> Iterator[str]:
    """The tables that are read from one end to the other."""
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for below in plan.get("Plans", []):
        yield from walked(below)
