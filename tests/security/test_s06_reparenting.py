"""S-6: a thing below another is reached below its own parent only, and moved nowhere by naming another.

Every address with a parent and a child in it is asked for with another parent of the kind, by every method,
by who may do everything: the answer is that of a child that does not exist, and no row changes. (Parents in
bodies: test_s05_references; fields that are no part of a body: test_s08_mass_assignment.)
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from accounts.access.report import routes
from core.api.etags import etag
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.catalog import item_of, make_order, task_of
from tests.factories.connectors import make_connector
from tests.factories.incidents import make_incident, make_incident_task
from tests.factories.major import make_major
from tests.factories.problems import make_problem, make_problem_task
from tests.factories.schedules import make_rota
from tests.factories.webhooks import make_webhook
from tests.security.matrix import METHODS, rows
from tests.security.operations import CONFIRMED, rows_digest
from tests.security.world import World
from tickets.models import Ticket
from workflows.models import Flow

# Second parts that are no things of their own: names of transitions, actions, roles, fields, secrets, days;
# and a user name, which stands for the same person below every ticket.
WORDS = {"bone", "name", "action", "key", "date", "username", "rest", "part", "role"}
# Where the file and the clock of the world's incident are not.
OTHERS = (
    "api/v1/requests/",
    "api/v1/request-items/",
    "api/v1/catalog-tasks/",
    "api/v1/incident-tasks/",
    "api/v1/problem",
)
PARTS = re.compile(r"<(?:\w+:)?(\w+)>")


def pairs() -> list[tuple[str, str]]:
    """Each route with a parent and a child, and the name of the child's part."""
    found = []
    for route, _view in routes():
        parts = PARTS.findall(route)
        apart = route.startswith(("w/<slug:path>/<slug:number>", "accounts/"))
        if len(parts) > 1 and not apart and parts[-1] not in WORDS:
            found.append((route, parts[-1]))
    return found


def other_parents(world: World) -> dict[str, str]:
    """By the beginning of a route, the key of another parent of the kind there, visible as well."""
    incident, group = make_incident(requester=world.people["own"]), GroupFactory()
    order = make_order(person=world.people["own"])
    rota = make_rota(group, [AgentFactory(groups=[group])], key="other-desk")
    flow = Flow.objects.exclude(key=world.parts["flows", "key"]).earliest("pk")
    connector, webhook = make_connector(auth="bearer"), make_webhook()
    return {
        "api/v1/incidents/": incident.number,
        "api/v1/problems/": make_problem().number,
        "api/v1/problem-tasks/": make_problem_task().number,
        "api/v1/incident-tasks/": make_incident_task(incident=incident).number,
        "api/v1/tickets/": incident.number,
        "api/v1/requests/": order.number,
        "api/v1/request-items/": item_of(order).number,
        "api/v1/catalog-tasks/": task_of(item_of(order)).number,
        "api/v1/flows/": flow.key,
        "api/v1/connectors/": connector.key,
        "api/v1/webhooks/": str(webhook.public_id),
        "design/webhooks/": str(webhook.public_id),
        "api/v1/on-call/": rota.key,
        "design/on-call/": rota.key,
        "w/on-call/": rota.key,
        "w/major/": make_major(requester=world.people["own"]).number,
        "w/<slug:path>/save/": "problems",
    }


@pytest.fixture
def client() -> Client:
    """May do everything in the company."""
    person = UserFactory(roles=["super"])
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(person)
    return client


def sent(client: Client, method: str, path: str, tag: str, body: dict[str, Any]) -> Any:
    """The answer; with the tag that the child has, so that nothing but the address can refuse."""
    headers = {"If-Match": tag} if method in {"patch", "delete"} else {}
    if not path.startswith("/api/"):
        return client.generic(method.upper(), path)
    with CONFIRMED:
        return client.generic(
            method.upper(), path, json.dumps(body), content_type="application/json", headers=headers
        )


def below(parent: str, route: str, own: str) -> str:
    """The address of the same child below another parent."""
    steps = own.split("/")
    place = next(place for place, step in enumerate(f"/{route}".split("/")) if "<" in step)
    steps[place] = parent
    return "/".join(steps)


def test_a_child_is_not_found_below_another_parent(world: World, client: Client):
    parents, wrong, met = other_parents(world), [], 0
    before = rows_digest()
    for route, _name in pairs():
        start = next(each for each in parents if route.startswith(each))
        own = world.path(route)
        foreign = below(parents[start], route, own)
        for method in METHODS:
            if (route, method) not in rows():
                continue
            tag = client.get(own).headers.get("ETag", '"none"') if method in {"patch", "delete"} else ""
            answer = sent(client, method, foreign, tag, world.body(own))
            met += 1
            if answer.status_code != 404:
                wrong.append(f"{method} {foreign}: {answer.status_code}")
    print(f"S-6: {met} addresses with another's child")
    assert wrong == []
    assert rows_digest() == before
    assert met > 25


def test_the_children_are_found_below_their_own_parents(world: World, client: Client):
    """Else the test above would find nothing anywhere."""
    readable = [route for route, _name in pairs() if (route, "get") in rows()]
    seen = [route for route in readable if found(client, world.path(route))]
    # files and clocks of an incident
    elsewhere = {route for route in readable if route.startswith(OTHERS) and "part_id" not in route}
    assert set(seen) == set(readable) - elsewhere


def found(client: Client, path: str) -> bool:
    answer = client.get(path)
    if answer.streaming:
        list(answer)
    return bool(answer.status_code == 200)


def test_a_ticket_that_moved_company_is_gone_for_the_old_one(world: World):
    """The old side of a move: who could change it before does not see it after."""
    agent = world.people["agent"]
    client = Client()
    client.force_login(agent)
    number = world.parts["incidents", "number"]
    ticket = Ticket.objects.get(number=number)
    Ticket.objects.filter(pk=ticket.pk).update(company=CompanyFactory())
    for method, path in (("get", ""), ("patch", ""), ("get", "comments/"), ("post", "comments/")):
        answer = sent(client, method, f"/api/v1/incidents/{number}/{path}", etag(ticket), {"body": "x"})
        assert answer.status_code == 404, (method, path)
