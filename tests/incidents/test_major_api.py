"""Major incidents over REST: standing, roles, updates, actions, review; who may, what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.settings_store import change
from incidents import services
from incidents.models import Incident, MajorTodo, MajorUpdate
from tests.api.calls import Caller, problem
from tests.factories.accounts import UserFactory
from tests.factories.incidents import make_incident
from tests.factories.major import IMPACT, REASON, make_child, make_major, make_manager, no_rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager() -> Any:
    """Who leads."""
    no_rules()
    return make_manager()


@pytest.fixture
def api(manager: Any) -> Caller:
    """Their program."""
    return Caller(manager)


@pytest.fixture
def major(manager: Any) -> Incident:
    """A major incident that was just accepted."""
    return make_major(manager=manager, requester=UserFactory())


def place(incident: Incident, below: str = "") -> str:
    """An address of it as a major incident."""
    return f"incidents/{incident.number}/major/{below}"


def test_an_incident_is_proposed_rejected_proposed_and_accepted(api: Caller, agent: Any):
    incident = make_incident()
    found = api.get(place(incident)).json()
    assert (found["major_status"], found["started_at"], found["proposals"]) == ("none", None, [])
    assert {move["name"]: move["required"] for move in found["moves"]} == {
        "propose_major": ["reason", "business_impact"],
        "accept_major": ["work_note", "business_impact"],
    }
    asked = {"reason": REASON, "business_impact": IMPACT}
    assert Caller(agent).post(place(incident, "propose/"), asked).json()["major_status"] == "proposed"
    assert (
        api.post(place(incident, "reject/"), {"reason": "One office."}).json()["major_status"] == "rejected"
    )
    assert Caller(agent).post(place(incident, "propose/"), asked).status_code == 200
    done = api.post(place(incident, "accept/"), {"work_note": "All hands.", "business_impact": IMPACT})
    told = done.json()
    assert (done.status_code, told["major_status_label"], told["business_impact"]) == (
        200,
        "Accepted",
        IMPACT,
    )
    assert told["next_update_at"] > told["started_at"]
    assert [(each["verdict"], each["rule"]) for each in told["proposals"]] == [
        ("accepted", None),
        ("rejected", None),
    ]
    late = api.post(place(incident, "accept/"), {"work_note": "x", "business_impact": "y"})
    assert problem(late, 409, "wrong_state")["current_state"] == "accepted"


def test_the_answer_is_of_the_new_one_where_one_is_put_above(api: Caller):
    change("major.create", "create_new", actor=None)
    incident = make_incident()
    told = api.post(place(incident, "accept/"), {"work_note": "x", "business_impact": "y"}).json()
    assert told["number"] != incident.number
    assert (told["major_status"], told["children"], told["people"]) == ("accepted", 1, 2)


def test_a_stale_version_changes_nothing(api: Caller, agent: Any):
    incident = make_incident()
    body = {"reason": "x", "business_impact": "y"}
    tag = api.get(f"incidents/{incident.number}/")["ETag"]
    api.post(place(incident, "propose/"), body, If_Match=tag)
    stale = api.post(place(incident, "reject/"), {"reason": "x"}, If_Match=tag)
    problem(stale, 412, "stale_version")
    assert Incident.objects.get().major_status == "proposed"


@pytest.mark.parametrize(
    ("below", "body", "field"),
    [
        ("propose/", {"reason": "x"}, "business_impact"),
        ("propose/", {"reason": " ", "business_impact": "x"}, "reason"),
        ("propose/", {"reason": 7, "business_impact": "x"}, "reason"),
        ("propose/", {"reason": "x" * 100_000, "business_impact": "x"}, "reason"),
        ("updates/", {"audience": "all", "text_ko": "x"}, "audience"),
        ("updates/", {"audience": "public", "channel": "sms", "text_ko": "x"}, "channel"),
        ("updates/", {"audience": "public"}, "text_ko"),
        ("updates/", {"audience": "public", "text_ko": {"a": 1}}, "text_ko"),
        ("actions/", {"text": ""}, "text"),
        ("actions/", {"text": "x", "owner": "nobody-here"}, "owner"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    below: str, body: dict[str, Any], field: str, api: Caller, major: Incident
):
    incident = make_incident() if below == "propose/" else major
    refused = api.post(place(incident, below), body)
    assert refused.status_code == 422, refused.content
    assert [each["pointer"] for each in refused.json()["errors"]] == [f"/{field}"]
    assert not MajorUpdate.objects.exists()


def test_roles_are_listed_whole_given_and_left(api: Caller, major: Incident, manager: Any, agent: Any):
    listed = api.get(place(major, "roles/")).json()["results"]
    assert [(each["role"], each["person"] and each["person"]["username"]) for each in listed] == [
        ("commander", manager.username),
        ("communications", None),
        ("technical_lead", None),
        ("scribe", None),
    ]
    given = api.patch(place(major, "roles/scribe/"), {"person": agent.username})
    assert (given.json()["role_label"], given.json()["person"]["username"]) == ("Scribe", agent.username)
    assert api.patch(place(major, "roles/scribe/"), {"person": None}).json()["person"] is None
    assert api.patch(place(major, "roles/king/"), {"person": None}).status_code == 404
    refused = api.patch(place(major, "roles/scribe/"), {"person": major.requester.username})
    problem(refused, 422, "rule_refused", "/person")


def test_updates_are_sent_and_listed_newest_first(api: Caller, major: Incident):
    make_child(major)
    sent = api.post(
        place(major, "updates/"), {"audience": "public", "text_ko": "복구 중", "text_en": "On it"}
    )
    assert (sent.status_code, sent.json()["reached"], sent.json()["channel"]) == (201, 2, "notice")
    api.post(place(major, "updates/"), {"audience": "internal", "text_en": "Vendor called."})
    listed = api.get(place(major, "updates/")).json()["results"]
    assert [each["audience"] for each in listed] == ["internal", "public"]


def test_the_same_key_sends_one_update(api: Caller, major: Incident):
    body = {"audience": "public", "text_ko": "복구 중"}
    answers = [api.post(place(major, "updates/"), body, Idempotency_Key="u-1") for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert MajorUpdate.objects.count() == 1


def test_actions_are_added_changed_and_taken_away(api: Caller, major: Incident, manager: Any):
    made = api.post(place(major, "actions/"), {"text": "Call <b>them</b>", "owner": manager.username})
    assert made.status_code == 201, made.content
    one = place(major, f"actions/{made.json()['id']}/")
    assert made["Location"].endswith(one)
    done = api.change(one, {"is_done": True}).json()
    assert (done["done_by"]["username"], done["text"]) == (manager.username, "Call <b>them</b>")
    problem(api.patch(one, {"text": "x"}), 428, "version_missing")
    assert api.delete(one, If_Match=api.get(one)["ETag"]).status_code == 204
    assert not MajorTodo.objects.exists()


def test_the_review_is_there_once_it_is_resolved(api: Caller, major: Incident, manager: Any, agent: Any):
    assert api.get(place(major, "review/")).status_code == 404
    services.resolve_incident(major.pk, actor=manager, close_code="user_error", close_notes="Done.")
    services.draft_review(major.pk)
    one = place(major, "review/")
    problem(api.post(f"{one}finish/"), 422, "rule_refused", "/lessons")
    assert api.change(one, {"lessons": "A spare."}).json()["lessons"] == "A spare."
    assert Caller(agent).patch(one, {"lessons": "x"}, If_Match=api.get(one)["ETag"]).status_code == 403
    done = api.post(f"{one}finish/").json()
    assert done["finished_by"]["username"] == manager.username
    problem(api.change(one, {"lessons": "x"}), 409, "wrong_state")


@pytest.mark.parametrize("below", ["", "roles/", "updates/", "actions/", "review/"])
def test_nothing_of_it_is_there_for_who_reported_it(below: str, major: Incident):
    for person in (major.requester, UserFactory()):
        assert Caller(person).get(place(major, below)).status_code == 404
    refused = Caller(major.requester).post(place(major, "propose/"), {"reason": "x", "business_impact": "y"})
    assert refused.status_code == 404
    assert "major_status" not in Caller(major.requester).get(f"incidents/{major.number}/").json()


def test_another_kind_of_ticket_has_no_such_parts(api: Caller, manager: Any):
    from tests.factories.problems import make_problem

    assert api.get(f"incidents/{make_problem(agent=manager).number}/major/").status_code == 404


@pytest.mark.parametrize("rows", [2, 20])
def test_each_list_costs_the_same_for_any_number_of_rows(
    rows: int, api: Caller, major: Incident, manager: Any
):
    for number in range(rows):
        make_child(major)
        services.add_major_todo(major.pk, actor=manager, text=str(number), owner=manager)
        services.send_major_update(major.pk, actor=manager, audience="internal", text_ko=str(number))
    counts = []
    api.get(place(major))
    for below in ("", "updates/", "actions/"):
        with CaptureQueriesContext(connection) as asked:
            assert api.get(place(major, below)).status_code == 200
        counts.append(len(asked))
    assert counts == [9, 3, 3]
