"""Reports and clocks over REST: the same figures through the same gate."""

from __future__ import annotations

import pytest

from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.incidents import make_incident
from tests.reports.clocks import clock, on, one, promise, service, ticket

pytestmark = pytest.mark.django_db
MARCH = "reports/sla/?period=2026-03"


@pytest.fixture
def api(agent):
    return Caller(agent)


@pytest.fixture
def march(group):
    fast, vpn = promise("fast"), service("VPN")
    one(1, fast, "met", on(3, 2), 1, group=group, ci=vpn, priority=1)
    one(2, fast, "missed", on(3, 3), -2, group=group, ci=vpn, priority=2)
    return one(3, fast, "overdue", on(3, 4), group=group, priority=2)


def test_the_report_has_the_figures_of_the_page(api, march, group):
    body = api.get(MARCH).json()
    assert body["total"] == {"met": 1, "missed": 1, "overdue": 1, "count": 3, "met_percent": 33.3}
    assert (body["first_day"], body["last_day"], body["time_zone"]) == (
        "2026-03-01",
        "2026-03-31",
        "Asia/Seoul",
    )
    assert body["median_left"] == "-PT30M"
    assert [(row["key"], row["figures"]["count"]) for row in body["teams"]] == [(group.key, 3)]
    assert [row["name"] for row in body["services"]] == ["VPN", "No service or item"]
    assert [row["key"] for row in body["priorities"]] == ["1", "2"]
    assert [row["key"] for row in body["months"]] == ["2026-03"]


def test_the_filters_are_those_of_the_page(api, march, group):
    assert api.get(f"{MARCH}&priority=2&team={group.key}").json()["total"]["count"] == 2
    assert api.get("reports/sla/?from=2026-03-03&to=2026-03-03").json()["total"]["missed"] == 1
    assert set(api.get(f"{MARCH}&fields=total").json()) == {"total"}


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("period=soon", "period"),
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("priority=nine", "priority"),
        ("verdict=met", "verdict"),
        ("bogus=1", "bogus"),
    ],
)
def test_what_it_does_not_know_is_refused(api, query, place):
    problem(api.get(f"reports/sla/?{query}"), 400, "bad_input", place)


def test_reports_and_clocks_are_for_agents(march):
    person = Caller(UserFactory())
    problem(person.get("reports/sla/"), 403, "not_allowed")
    problem(person.get("sla/clocks/"), 403, "not_allowed")
    problem(Caller().get("reports/sla/"), 401, "not_signed_in")


def test_a_restricted_groups_clocks_are_not_there(api, march):
    before, listed = api.get(MARCH).json(), api.get("sla/clocks/?count=exact").json()["count"]
    secret = GroupFactory(is_restricted=True)
    one(9, promise("secret"), "missed", on(3, 3), -1, group=secret)
    assert api.get(MARCH).json() == before
    assert api.get("sla/clocks/?count=exact").json()["count"] == listed
    assert Caller(AgentFactory(groups=[secret])).get(MARCH).json()["total"]["missed"] == 2


def test_a_clock_in_the_list_names_its_ticket_and_promise(api):
    incident = make_incident(impact=1, urgency=1)
    row = api.get(f"sla/clocks/?ticket={incident.number}&track=incident_response").json()["results"][0]
    assert (row["ticket"], row["kind"], row["track"], row["cycle"]) == (
        incident.number, "incident", "incident_response", 1,
    )  # fmt: skip
    assert (row["definition"], row["state"], row["target_duration"]) == (
        "incident_response_p1",
        "ok",
        "PT15M",
    )
    assert row["due_at"].endswith("Z")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("stage=completed", {"met", "missed"}),
        ("stage=in_progress&stage=paused", {"overdue", "running", "paused"}),
        ("breached=true", {"missed", "overdue"}),
        ("breached=false&stage=completed", {"met"}),
        ("track=slow", {"paused"}),
        ("definition=slow", {"paused"}),
        ("due_before=2026-03-05T00:00:00Z", {"running"}),
        ("due_before=2026-03-01T00:00:00Z", set()),
        ("target=response", {"paused"}),
        ("kind=probe&stage=cancelled", set()),
    ],
)
def test_clocks_are_filtered(api, query, expected):
    fast, slow = promise("fast"), promise("slow", target="response")
    for number, how in enumerate(["met", "missed", "overdue", "running", "paused"]):
        made = one(number, slow if how == "paused" else fast, how, on(3, 2), 1)
        if how == "running":
            type(made).objects.filter(pk=made.pk).update(due_at=on(3, 4))
    names = {
        f"PRB{number:07}": how for number, how in enumerate(["met", "missed", "overdue", "running", "paused"])
    }
    rows = api.get(f"sla/clocks/?{query}").json()["results"]
    assert {names[row["ticket"]] for row in rows} == expected


@pytest.mark.parametrize("query", ["stage=late", "due_before=soon", "ordering=due_at", "bogus=1"])
def test_a_bad_filter_of_clocks_is_refused(api, query):
    problem(api.get(f"sla/clocks/?{query}"), 400, "bad_input")


def test_pages_of_clocks_show_each_once(api):
    fast = promise("fast")
    for number in range(7):
        one(number, fast, "met", on(3, 2), 1)
    seen, url = [], "sla/clocks/?page_size=3"
    while url:
        body = api.get(url).json()
        seen += [row["ticket"] for row in body["results"]]
        url = (body["next"] or "").replace("http://testserver", "")
    assert seen == [f"PRB{number:07}" for number in reversed(range(7))]


@pytest.mark.parametrize("rows", [2, 20])
def test_a_list_of_clocks_costs_the_same_for_any_number(api, rows, django_assert_num_queries):
    fast, on_ticket = promise("fast"), ticket(1)
    clock(on_ticket, fast, "met", on(3, 2), 1)
    for number in range(2, rows + 1):
        one(number, fast, "met", on(3, 2), 1)
    api.get("sla/clocks/")
    with django_assert_num_queries(CLOCKS_QUERIES):
        assert len(api.get("sla/clocks/").json()["results"]) == rows


# token with its owner, roles and groups; clocks
CLOCKS_QUERIES = 2
