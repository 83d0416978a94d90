"""Assignment rules and the priority matrix over REST."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.incidents import make_incident
from tests.factories.routing import make_rule
from tickets.models import AssignmentRule, PriorityRow

pytestmark = pytest.mark.django_db
PLACE, MATRIX = "assignment-rules/", "priority-matrix/"
NEW: dict[str, Any] = {
    "name": "VPN",
    "kind": "incident",
    "condition": {"f": "title", "op": "contains", "v": "VPN"},
    "strategy": "skill",
    "skill": "vpn",
    "least_level": 3,
}


@pytest.fixture
def caller() -> Caller:
    return Caller(administrator())


@pytest.fixture
def group():
    return GroupFactory()


def test_a_rule_is_made_read_changed_moved_and_deleted(caller, group):
    first = make_rule(group)
    made = caller.post(PLACE, NEW | {"group": group.key})
    assert made.status_code == 201, made.json()
    body = made.json()
    told = {name: body[name] for name in NEW}
    assert (told, body["group"]["key"], body["enabled"]) == (NEW, group.key, True)
    one = f"{PLACE}{body['id']}/"
    read = caller.get(one)
    assert read.json() == body
    problem(caller.patch(one, {"name": "x"}), 428, "version_missing")
    problem(caller.patch(one, {"name": "x"}, If_Match='"other"'), 412, "stale_version")
    changed = caller.change(one, {"strategy": "round_robin", "enabled": False})
    assert (changed.json()["skill"], changed.json()["enabled"]) == ("", False)
    tag = changed["ETag"]
    assert tag != read["ETag"]
    moved = caller.post(f"{one}move/", {"direction": "up"}, If_Match=tag)
    assert moved.json()["order"] < AssignmentRule.objects.get(pk=first.pk).order
    problem(caller.post(f"{one}move/", {"direction": "up"}, If_Match=tag), 412, "stale_version")
    assert [row["name"] for row in caller.get(PLACE).json()["results"]] == ["VPN", "Network"]
    assert [row["name"] for row in caller.get(f"{PLACE}?enabled=true").json()["results"]] == ["Network"]
    assert caller.get(f"{PLACE}?kind=problem").json()["results"] == []
    problem(caller.delete(one), 428, "version_missing")
    assert caller.delete(one, **{"If-Match": caller.get(one)["ETag"]}).status_code == 204
    assert caller.get(one).status_code == 404


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"name": ""}, ["/name"]),
        ({"kind": "change"}, ["/kind"]),
        ({"group": "nothing"}, ["/group"]),
        ({"skill": ""}, ["/skill"]),
        ({"least_level": 9}, ["/least_level"]),
        ({"condition": []}, ["/condition"]),
        ({"condition": {"f": "x", "op": "eq", "v": 1}}, ["/condition/f"]),
        ({"strategy": "fastest"}, ["/strategy"]),
    ],
)
def test_what_cannot_be_names_its_place(caller, group, change, places):
    answer = caller.post(PLACE, NEW | {"group": group.key} | change)
    problem(answer, 422, "rule_refused", *places)
    assert not AssignmentRule.objects.exists()


def test_a_preview_tells_the_rule_and_why(caller, group):
    person = AgentFactory(groups=[group])
    rule = make_rule(group, strategy="round_robin")
    make_rule(group, "rest", condition={})
    answer = caller.post(f"{PLACE}preview/", {"category": "network", "impact": 1, "urgency": 2})
    assert answer.status_code == 200, answer.json()
    body = answer.json()
    assert (body["priority"], body["rule"], body["group"]["key"]) == (
        2, {"id": str(rule.public_id), "name": "Network"}, group.key
    )  # fmt: skip
    assert body["assignee"]["username"] == person.username
    assert [(each["person"]["username"], each["standing"]) for each in body["candidates"]] == [
        (person.username, "chosen")
    ]
    assert body["rules"][0]["tests"] == [
        {"field": "category", "operator": "eq", "operands": ["network"], "value": "network", "holds": True}
    ]
    assert [(each["reached"], each["matched"]) for each in body["rules"]] == [(True, True), (False, False)]
    incident = make_incident(category="mail")
    told = caller.post(f"{PLACE}preview/", {"ticket": incident.number}).json()
    assert told["rule"]["name"] == "rest"
    none = caller.post(f"{PLACE}preview/", {"kind": "problem"}).json()
    assert (none["rule"], none["group"], none["assignee"], none["rules"]) == (None, None, None, [])
    rule.refresh_from_db()
    assert rule.last_user_id == 0


@pytest.mark.parametrize(
    "body", [{"ticket": "INC9"}, {"kind": "change"}, {"requester": "nobody"}, {"impact": 4}]
)
def test_a_preview_of_what_is_not_there_is_refused(caller, body):
    answer = caller.post(f"{PLACE}preview/", body)
    problem(answer, 422, "rule_refused", f"/{next(iter(body))}")


def test_the_matrix_is_read_and_changed(caller):
    rows = caller.get(MATRIX).json()["results"]
    assert [(row["impact"], row["urgency"], row["priority"]) for row in rows][:3] == [
        (1, 1, 1), (1, 2, 2), (1, 3, 3)
    ]  # fmt: skip
    assert len(rows) == 9
    cell = f"{MATRIX}{rows[-1]['id']}/"
    problem(caller.patch(cell, {"priority": 1}), 428, "version_missing")
    assert caller.change(cell, {"priority": 4}).json()["priority"] == 4
    assert caller.change(cell, {"priority": 6}).status_code in {400, 422}
    assert PriorityRow.objects.get(impact=3, urgency=3).priority == 4


def test_who_may_do_what(group):
    rule, cell = make_rule(group), PriorityRow.objects.get(impact=3, urgency=3)
    one = f"{PLACE}{rule.public_id}/"
    CompanyFactory()
    for person in (UserFactory(), AgentFactory()):
        outsider = Caller(person)
        for path in (PLACE, one, MATRIX, f"{MATRIX}{cell.public_id}/"):
            assert outsider.get(path).status_code == 403
        assert outsider.post(PLACE, NEW | {"group": group.key}).status_code == 403
        assert outsider.post(f"{PLACE}preview/", {}).status_code == 403
        assert outsider.post(f"{one}move/", {"direction": "up"}).status_code == 403
        assert outsider.patch(one, {"name": "x"}, If_Match="*").status_code == 403
        assert outsider.delete(one, **{"If-Match": "*"}).status_code == 403
        assert outsider.patch(f"{MATRIX}{cell.public_id}/", {"priority": 1}, If_Match="*").status_code == 403
    assert AssignmentRule.objects.get().name == "Network"


def test_the_activity_of_a_ticket_names_its_rule_to_agents_only(group):
    make_rule(group, "Night desk")
    asker = UserFactory()
    incident = make_incident(requester=asker, category="network")
    place = f"incidents/{incident.number}/activity/"
    rows = Caller(AgentFactory()).get(place).json()["results"]
    assert [(row["body"], row["actor"]) for row in rows if row["verb"] == "routed"] == [("Night desk", None)]
    assert "Night desk" not in Caller(asker).get(place).content.decode()


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_costs_the_same_for_few_and_many(caller, count, django_assert_num_queries):
    for number in range(count):
        make_rule(GroupFactory(), f"r{number}")
    caller.get(PLACE)
    with django_assert_num_queries(3):
        assert len(caller.get(PLACE).json()["results"]) == count
