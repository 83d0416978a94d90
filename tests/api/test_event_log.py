"""The event log: each person hears what they may know, in order, from any position on."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Membership
from api import eventlog as view
from approvals.services import decide
from catalog.models import CatalogItem
from core import eventlog, outbox
from core.api.positions import seal
from core.models import OutboxEvent
from incidents import services as incidents
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.approvals import make_approval_request, row_of
from tests.factories.catalog import make_order
from tests.factories.incidents import make_incident
from tickets.services import add_comment, add_work_note, link, update_ticket


def latest(caller: Caller) -> str:
    """The end of the log."""
    position: str = caller.get("event-log/?after=latest").json()["next"]
    return position


def heard(caller: Caller, position: str, more: str = "") -> list[dict[str, Any]]:
    """All events behind a position, page by page."""
    found = []
    while True:
        page = caller.get(f"event-log/?after={position}{more}").json()
        found += page["results"]
        position = page["next"]
        if not page["more"]:
            return found


def types(rows: list[dict[str, Any]]) -> list[str]:
    return [row["type"] for row in rows]


def test_an_event_tells_ids_and_codes_and_no_key_of_a_row(agent, agent_api):
    position = latest(agent_api)
    incident = make_incident()
    incidents.start_incident(incident.pk, actor=agent)
    row = next(row for row in heard(agent_api, position) if row["type"] == "incident.moved")
    event = OutboxEvent.objects.get(name="incident.moved")
    assert row["id"] == str(event.public_id)
    assert row["at"].startswith(event.created_at.astimezone(dt.UTC).isoformat()[:19])
    assert row["data"] == {
        "number": incident.number,
        "url": f"/api/v1/tickets/{incident.number}/",
        "kind": "incident",
        "from": "new",
        "to": "in_progress",
        "transition": "start",
        "changed": event.payload["changed"],
    }
    assert agent_api.get(row["data"]["url"]).status_code == 200


def test_one_goes_on_behind_any_event_and_behind_next(agent_api):
    position = latest(agent_api)
    numbers = [make_incident().number for _ in range(5)]
    asked = "&types=incident.opened"
    rows = heard(agent_api, position, asked)
    assert [row["data"]["number"] for row in rows] == numbers
    assert [row["data"]["number"] for row in heard(agent_api, rows[1]["position"], asked)] == numbers[2:]
    pages, place = [], position
    for _ in range(3):
        page = agent_api.get(f"event-log/?after={place}{asked}&page_size=2").json()
        pages.append([row["data"]["number"] for row in page["results"]])
        place = page["next"]
    assert (pages, page["more"]) == ([numbers[:2], numbers[2:4], numbers[4:]], False)
    assert agent_api.get(f"event-log/?after={place}{asked}").json()["results"] == []


def test_the_change_feed_is_the_same_log(agent_api):
    position = latest(agent_api)
    make_incident()
    same = agent_api.get(f"changes/?since={position}").json()["results"]
    other = agent_api.get(f"event-log/?after={position}").json()["results"]
    assert [row["id"] for row in same] == [row["id"] for row in other]
    problem(agent_api.get(f"changes/?after={position}"), 400, "bad_input", "after")
    problem(agent_api.get(f"event-log/?since={position}"), 400, "bad_input", "since")


def test_without_a_position_it_begins_with_the_oldest(agent_api):
    make_incident()
    OutboxEvent.objects.filter(name="incident.opened").update(
        created_at=timezone.now() - dt.timedelta(days=31)
    )
    number = make_incident().number
    told = agent_api.get("event-log/?types=incident.opened").json()["results"]
    assert [row["data"]["number"] for row in told] == [number]


def test_types_may_be_patterns(agent, agent_api):
    position = latest(agent_api)
    incident = make_incident()
    incidents.start_incident(incident.pk, actor=agent)
    add_comment(incident.pk, actor=agent, body="Hello")
    for asked, expected in (
        ("incident.*", ["incident.opened", "incident.moved"]),
        ("*.moved,ticket.commented", ["incident.moved", "ticket.commented"]),
        ("incident.opened", ["incident.opened"]),
        ("nothing.here", []),
    ):
        assert types(heard(agent_api, position, f"&types={asked}")) == expected


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("after=", "after"),
        ("after=1", "after"),
        ("after=AAAA", "after"),
        ("after=" + "A" * 59, "after"),
        ("after=%00", "after"),
        ("types=", "types"),
        ("types=a.b,", "types"),
        ("types=In%25", "types"),
        ("types=*", "types"),
        ("types=" + ",".join(f"a.{chr(97 + n)}" for n in range(21)), "types"),
        ("page_size=0", "page_size"),
        ("page_size=201", "page_size"),
        ("page_size=x", "page_size"),
        ("cursor=x", "cursor"),
    ],
)
@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_bad_parameter_is_named(agent, query, place, language):
    body = problem(Caller(agent, language=language).get(f"event-log/?{query}"), 400, "bad_input", place)
    assert body["title"].isascii() is (language == "en")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_who_comes_back_too_late_is_told(agent, language):
    caller, now = Caller(agent, language=language), timezone.now()
    late = seal(1, now - dt.timedelta(days=30, minutes=1))
    body = problem(caller.get(f"event-log/?after={late}"), 410, "position_gone", "after")
    assert body["title"].isascii() is (language == "en")
    assert caller.get(f"event-log/?after={seal(1, now - dt.timedelta(days=29))}").status_code == 200


def test_a_position_tells_nothing_and_cannot_be_made(agent_api):
    first, second = latest(agent_api), latest(agent_api)
    assert first != second
    problem(agent_api.get(f"event-log/?after={first[:-2]}AA"), 400, "bad_input", "after")


def test_hidden_events_are_passed_over_and_the_position_goes_on(agent_api):
    requester = UserFactory()
    caller = Caller(requester)
    position = latest(caller)
    make_incident()
    page = caller.get(f"event-log/?after={position}").json()
    assert (page["results"], page["more"]) == ([], False)
    mine = make_incident(requester=requester)
    rows = heard(caller, page["next"])
    assert {row["data"]["number"] for row in rows} == {mine.number}


@pytest.mark.django_db
def test_an_employee_does_not_learn_that_something_internal_changed():
    requester = UserFactory()
    caller = Caller(requester)
    incident = make_incident(requester=requester)
    position = latest(caller)
    body = {"ticket_id": incident.pk, "number": incident.number, "kind": "incident"}
    for changed in (["ci"], ["severity"], ["reason", "major_status"], []):
        outbox.publish("incident.updated", body | {"changed": changed})
    assert heard(caller, position) == []
    outbox.publish("incident.updated", body | {"changed": ["severity", "title"]})
    assert types(heard(caller, position)) == ["incident.updated"]


def test_an_employee_hears_nothing_internal(agent):
    requester = UserFactory()
    caller, agents = Caller(requester), Caller(agent)
    position = latest(caller)
    incident = make_incident(requester=requester)
    incidents.start_incident(incident.pk, actor=agent)
    add_work_note(incident.pk, actor=agent, body="The gateway is old.")
    add_comment(incident.pk, actor=agent, body="We look at it.")
    update_ticket(incident.pk, actor=agent, category="network")
    hidden = make_incident()
    link(incident.pk, actor=agent, target=hidden, type="related")
    body = {"ticket_id": incident.pk, "number": incident.number}
    outbox.publish("sla.warned", body | {"definition": "x", "percent": 75})
    outbox.publish("flow.failed", body | {"run_id": 1, "code": "x"})
    outbox.publish("flow.stage_changed", body | {"run_id": 1, "stage": "prepare"})
    rows = heard(caller, position)
    assert [name for name in types(rows) if name != "ticket.assigned"] == [
        "incident.opened",
        "incident.moved",
        "ticket.commented",
        "incident.updated",
        "flow.stage_changed",
    ]
    assert not any("changed" in row["data"] for row in rows)
    assert next(row for row in rows if row["type"] == "ticket.commented")["data"]["public"] is True
    all_rows = types(heard(agents, position))
    assert all_rows.count("ticket.commented") == 2
    assert {"ticket.linked", "sla.warned", "flow.failed"} <= set(all_rows)


def test_the_work_behind_an_order_is_not_told_to_who_ordered(db):
    requester = UserFactory()
    caller = Caller(requester)
    position = latest(caller)
    make_order(person=requester)
    told = types(heard(caller, position))
    assert "request.opened" in told
    assert not [name for name in told if name.startswith("sctask.")]


def test_an_event_is_told_by_present_rights(agent, agent_api):
    closed = GroupFactory(is_restricted=True)
    position = latest(agent_api)
    incident = make_incident(group=closed)
    assert heard(agent_api, position) == []
    Membership.objects.create(user=agent, group=closed)
    assert {row["data"]["number"] for row in heard(agent_api, position)} == {incident.number}
    Membership.objects.filter(user=agent, group=closed).delete()
    assert heard(agent_api, position) == []


def test_who_is_asked_hears_of_the_decision_without_the_ticket(agent):
    approver = UserFactory()
    caller, other = Caller(approver), Caller(UserFactory())
    position = latest(caller)
    request = make_approval_request(approver, ticket=make_incident())
    decide(row_of(request, approver).pk, actor=approver, decision="approved", comment="", channel="page")
    rows = heard(caller, position)
    assert types(rows) == ["approval.requested", "approval.answered", "approval.decided"]
    assert rows[2]["data"] == {
        "approval_request": str(request.public_id),
        "outcome": "approved",
        "reason": rows[2]["data"]["reason"],
    }
    assert heard(other, position) == []


CONFIGURATION = [
    ("flow.published", {"flow": "x", "version": 1}),
    ("connector.changed", {"connector": "x", "fields": ["name"]}),
    ("sla.definition_published", {"definition": "x", "no": 1}),
    ("calendar.chosen", {"table": "t", "ref": "r", "calendar": "kr-office"}),
]


@pytest.mark.parametrize(("name", "payload"), CONFIGURATION)
def test_the_configuration_is_told_to_who_edits_it(agent_api, name, payload):
    caller, employee = Caller(administrator()), Caller(UserFactory())
    position = latest(agent_api)
    outbox.publish(name, payload)
    assert types(heard(caller, position)) == [name]
    assert heard(agent_api, position) == []
    assert heard(employee, position) == []


def test_what_has_no_rule_is_told_nobody(agent):
    caller = Caller(AgentFactory(roles=["administrator"]))
    position = latest(caller)
    number = make_incident().number
    before = len(heard(caller, position))
    body = {"ticket_id": OutboxEvent.objects.filter(name="incident.opened").latest("pk").payload["ticket_id"]}
    for name in ("flow.notice", "approval.reply_answered", "secret.thing", "incident", "flow.unheard"):
        outbox.publish(name, body | {"number": number, "names": {"reason": "private"}})
    assert len(heard(caller, position)) == before


def test_the_company_wall_holds(agent_api):
    other = AgentFactory(company=CompanyFactory())
    caller = Caller(other)
    position = latest(caller)
    make_incident()
    item = CatalogItem.objects.order_by("pk").first()
    if item is not None:
        outbox.publish("catalog.published", {"item_id": item.pk, "key": item.key, "no": 1})
    assert heard(caller, position) == []


def test_a_token_needs_the_scope(agent_api):
    token = agent_api.post("tokens/", {"name": "x", "scopes": ["incidents:read"]}).json()["token"]
    problem(Caller(token=token).get("event-log/"), 403, "not_allowed")
    token = agent_api.post("tokens/", {"name": "x", "scopes": ["event-log:read"]}).json()["token"]
    assert Caller(token=token).get("changes/").status_code == 200


def queries_of(caller: Caller, position: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert caller.get(f"event-log/?after={position}").json()["results"]
    return len(caught)


@pytest.mark.parametrize("person", [AgentFactory, UserFactory])
def test_a_page_costs_the_same_for_any_number(db, person):
    who = person()
    caller = Caller(who)
    counts = []
    for size in (2, 20):
        position = latest(caller)
        for _ in range(size):
            incident = make_incident(requester=who)
            make_approval_request(UserFactory(), ticket=incident)
        eventlog.number_events(limit=10_000)
        counts.append(queries_of(caller, position))
    assert counts[0] == counts[1]
    assert counts[0] <= 10


def test_a_page_has_two_hundred_at_most(agent_api):
    position = latest(agent_api)
    incident = make_incident()
    outbox.publish_many(
        ("ticket.assigned", {"ticket_id": incident.pk, "number": incident.number}) for _ in range(250)
    )
    page = agent_api.get(f"event-log/?after={position}&types=ticket.assigned").json()
    assert (len(page["results"]), page["more"]) == (view.MOST, True)
    rest = agent_api.get(f"event-log/?after={page['next']}&types=ticket.assigned").json()
    assert (len(rest["results"]), rest["more"]) == (50, False)
