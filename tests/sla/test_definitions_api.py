"""Definitions over REST: in force for agents, the rest for who edits the configuration."""

from __future__ import annotations

import pytest

from sla import services
from sla.models import SLADefinition
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.factories.sla import is_
from tests.sla.test_definitions import make

pytestmark = pytest.mark.django_db
NEW = {
    "key": "call_back",
    "name_ko": "콜백",
    "kind": "incident",
    "target_duration": "PT1H30M",
    "calendar": "kr-office",
    "start_condition": is_("priority", 1),
    "warns_at_percent": [80],
}
ONE = "sla/definitions/call_back/"


@pytest.fixture
def keeper() -> Caller:
    return Caller(administrator())


def test_a_definition_is_drafted_changed_published_and_retired(keeper):
    made = keeper.post("sla/definitions/", NEW)
    assert made.status_code == 201, made.json()
    assert made["Location"] == f"/api/v1/{ONE}"
    body = made.json()
    assert (body["version"], body["status"], body["target_duration"]) == (1, "draft", "PT1H30M")
    assert (body["calendar"]["key"], body["track"], body["stop_condition"]) == (
        "kr-office",
        "call_back",
        None,
    )
    changed = keeper.change(f"{ONE}draft/", {"stop_condition": is_("phase", "done"), "calendar": None,
                                             "calendar_source": "none"})  # fmt: skip
    assert changed.status_code == 200, changed.json()
    assert (changed.json()["stop_condition"], changed.json()["calendar"]) == (is_("phase", "done"), None)
    published = keeper.post(f"{ONE}publish/", If_Match=changed["ETag"])
    assert (published.status_code, published.json()["status"]) == (200, "published")
    assert keeper.get(ONE).json()["published_at"].endswith("Z")
    problem(keeper.post(f"{ONE}publish/"), 404, "not_found")
    assert keeper.post(f"{ONE}retire/").json()["status"] == "retired"
    problem(keeper.post(f"{ONE}retire/"), 409, "wrong_state")


def test_a_draft_is_made_once_read_and_deleted(keeper):
    services.publish_definition(make().pk, actor=None)
    problem(keeper.get(f"{ONE}draft/"), 404, "not_found")
    first, second = keeper.post(f"{ONE}draft/"), keeper.post(f"{ONE}draft/")
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json() == second.json() == keeper.get(f"{ONE}draft/").json()
    assert keeper.get(ONE).json()["status"] == "published"
    assert [row["version"] for row in keeper.get(f"{ONE}versions/").json()["results"]] == [2, 1]
    assert keeper.delete(f"{ONE}draft/").status_code == 204
    assert [row["version"] for row in keeper.get(f"{ONE}versions/").json()["results"]] == [1]
    problem(keeper.post("sla/definitions/nothing/draft/"), 404, "not_found")


def test_drafts_are_in_the_list_of_who_edits_and_of_nobody_else(keeper):
    make()
    agent = Caller(AgentFactory())
    assert ("call_back", "draft") in [
        (row["key"], row["status"]) for row in keeper.get("sla/definitions/").json()["results"]
    ]
    seen = agent.get("sla/definitions/").json()["results"]
    assert {row["status"] for row in seen} == {"published"}
    assert agent.get(ONE).status_code == 404


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_for_any_number_of_rows(rows, keeper, django_assert_num_queries):
    for number in range(rows):
        make(f"promise_{number}")
    keeper.get("sla/definitions/")
    with django_assert_num_queries(3):
        assert keeper.get("sla/definitions/").status_code == 200


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"target_duration": "soon"}, ["/target_duration"]),
        ({"target_duration": "PT0S"}, ["/target_duration"]),
        ({"target_duration": "-PT1H"}, ["/target_duration"]),
        ({"target_duration": 60}, ["/target_duration"]),
        ({"calendar": "mars"}, ["/calendar"]),
        ({"calendar": None}, ["/calendar"]),
        ({"kind": "nothing"}, ["/kind"]),
        ({"type": "x"}, ["/type"]),
        ({"order": -1}, ["/order"]),
        ({"key": "No key"}, ["/key"]),
        ({"start_condition": None}, ["/start_condition"]),
        ({"start_condition": {"f": "secret", "op": "empty"}}, ["/start_condition/f"]),
        ({"pause_condition": {"all": [is_("priority", "1")]}}, ["/pause_condition/all/0/v"]),
        ({"warns_at_percent": [0, 50]}, ["/warns_at_percent"]),
        ({"warns_at_percent": list(range(1, 13))}, ["/warns_at_percent"]),
    ],
)
def test_what_cannot_be_names_its_place_in_the_body(keeper, change, places):
    problem(keeper.post("sla/definitions/", NEW | change), 422, "rule_refused", *places)
    assert not SLADefinition.objects.filter(key="call_back").exists()


def test_what_is_not_taken_is_refused_by_name(keeper):
    body = NEW | {"status": "published", "version": 3}
    problem(keeper.post("sla/definitions/", body), 400, "bad_input", "/status", "/version")
    problem(keeper.post("sla/definitions/", {}), 422, "rule_refused", "/key", "/name_ko", "/kind",
            "/start_condition")  # fmt: skip
    make()
    problem(keeper.post("sla/definitions/", NEW), 409, "duplicate", "/key")


def test_a_change_needs_the_version_it_was_read_at(keeper):
    row = make()
    url = f"{ONE}draft/"
    problem(keeper.patch(url, {"order": 3}), 428, "version_missing")
    tag = keeper.get(url)["ETag"]
    services.save_draft(row.pk, actor=None, order=5)
    problem(keeper.patch(url, {"order": 3}, If_Match=tag), 412, "stale_version")
    problem(keeper.post(f"{ONE}publish/", If_Match=tag), 412, "stale_version")
    problem(keeper.delete(url, If_Match=tag), 412, "stale_version")
    saved = SLADefinition.objects.get(pk=row.pk)
    assert (saved.order, saved.status) == (5, "draft")


def test_publishing_tells_every_mistake_with_its_place(keeper):
    make(resume_mode="resume_cond", cancel_mode="cancel_cond")
    answer = keeper.post(f"{ONE}publish/")
    problem(answer, 422, "rule_refused", "/resume_condition", "/cancel_condition")
    assert SLADefinition.objects.get(key="call_back").status == "draft"


@pytest.mark.parametrize("person", [AgentFactory, UserFactory])
def test_others_write_nothing(person):
    make()
    caller = Caller(person())
    calls = [("POST", "sla/definitions/"), ("GET", f"{ONE}draft/"), ("POST", f"{ONE}draft/"),
             ("PATCH", f"{ONE}draft/"), ("DELETE", f"{ONE}draft/"), ("POST", f"{ONE}publish/"),
             ("POST", f"{ONE}retire/"), ("GET", f"{ONE}versions/")]  # fmt: skip
    for method, path in calls:
        problem(caller.call(method, path, {} if method != "GET" else None), 403, "not_allowed")
    assert SLADefinition.objects.get(key="call_back").lock_version == 1
