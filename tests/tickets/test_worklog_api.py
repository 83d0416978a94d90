"""Checklist and time of a ticket over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from incidents.services import merge_incident
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory
from tests.factories.incidents import make_incident
from tickets.models import Activity, ChecklistItem, TimeEntry
from tickets.services import add_checklist_items, add_time

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(agent: Any) -> Caller:
    """The agent's program."""
    return Caller(agent)


@pytest.fixture
def incident() -> Any:
    """An incident of somebody."""
    return make_incident()


@pytest.mark.parametrize("prefix", ["tickets", "incidents"])
def test_a_checklist_is_written_ticked_ordered_and_shortened(
    prefix: str, api: Caller, agent: Any, incident: Any
):
    place = f"{prefix}/{incident.number}/checklist/"
    made = [api.post(place, {"text": text}) for text in ("로그 확인", "Restart", "Tell them")]
    assert [each.status_code for each in made] == [201, 201, 201]
    first = made[0].json()
    assert made[0]["Location"].endswith(f"/checklist/{first['id']}/")
    assert (first["position"], first["is_done"], first["done_by"]) == (1, False, None)
    one = f"{place}{first['id']}/"
    ticked = api.change(one, {"is_done": True, "position": 3})
    assert (ticked.status_code, ticked.json()["done_by"]["username"]) == (200, agent.username)
    listed = api.get(place).json()["results"]
    assert [(each["text"], each["position"]) for each in listed] == [
        ("Restart", 1),
        ("Tell them", 2),
        ("로그 확인", 3),
    ]
    assert api.delete(one, If_Match=api.get(one)["ETag"]).status_code == 204
    assert api.get(one).status_code == 404
    assert ChecklistItem.objects.count() == 2


def test_time_is_noted_corrected_and_taken_away(api: Caller, agent: Any, incident: Any):
    place = f"incidents/{incident.number}/time/"
    made = api.post(place, {"minutes": 90, "note": "On the phone"})
    assert made.status_code == 201, made.content
    entry = made.json()
    assert (entry["minutes"], entry["day"]) == (90, timezone.localdate().isoformat())
    assert (entry["person"]["username"], entry["merged_from"]) == (agent.username, None)
    one = f"{place}{entry['id']}/"
    assert api.change(one, {"minutes": 60}).json()["minutes"] == 60
    colleague = Caller(AgentFactory())
    problem(colleague.change(one, {"minutes": 1}), 403, "not_allowed")
    problem(colleague.delete(one), 403, "not_allowed")  # not asked for a version first
    assert api.delete(one, If_Match=api.get(one)["ETag"]).status_code == 204
    told = api.get(f"incidents/{incident.number}/activity/").json()["results"][-1]
    assert (told["verb"], told["changes"], told["is_public"]) == (
        "time_removed",
        {"time_spent": [60, None]},
        False,
    )


def test_of_a_merged_ticket_it_is_told_where_it_was_spent(api: Caller, agent: Any, incident: Any):
    twin = make_incident()
    theirs = add_time(twin.pk, actor=agent, minutes=5)
    merge_incident(twin.pk, actor=agent, into=incident)
    shown = api.get(f"incidents/{incident.number}/time/").json()["results"]
    assert [(each["minutes"], each["merged_from"]) for each in shown] == [(5, twin.number)]
    assert api.get(f"incidents/{incident.number}/time/{theirs.public_id}/").status_code == 404


@pytest.mark.parametrize(
    ("below", "body", "status", "code", "place"),
    [
        ("checklist/", {}, 422, "rule_refused", "/text"),
        ("checklist/", {"text": " "}, 422, "rule_refused", "/text"),
        ("checklist/", {"text": 5}, 422, "rule_refused", "/text"),
        ("checklist/", {"text": "x" * 201}, 422, "rule_refused", "/text"),
        ("checklist/", {"text": "x", "is_done": True}, 400, "bad_input", "/is_done"),
        ("time/", {}, 422, "rule_refused", "/minutes"),
        ("time/", {"minutes": 0}, 422, "rule_refused", "/minutes"),
        ("time/", {"minutes": 1441}, 422, "rule_refused", "/minutes"),
        ("time/", {"minutes": "90"}, 422, "rule_refused", "/minutes"),
        ("time/", {"minutes": 1.5}, 422, "rule_refused", "/minutes"),
        ("time/", {"minutes": 5, "day": "2999-01-01"}, 422, "rule_refused", "/day"),
        ("time/", {"minutes": 5, "day": "1999-01-01"}, 422, "rule_refused", "/day"),
        ("time/", {"minutes": 5, "day": "yesterday"}, 422, "rule_refused", "/day"),
        ("time/", {"minutes": 5, "note": "x" * 501}, 422, "rule_refused", "/note"),
        ("time/", {"minutes": 5, "person": "x"}, 400, "bad_input", "/person"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    below: str, body: dict[str, Any], status: int, code: str, place: str, api: Caller, incident: Any
):
    problem(api.post(f"incidents/{incident.number}/{below}", body), status, code, place)
    assert not ChecklistItem.objects.exists()
    assert not TimeEntry.objects.exists()
    assert not Activity.objects.filter(verb__in=["checklist_added", "time_added"]).exists()


@pytest.mark.parametrize("below", ["checklist/", "time/"])
def test_a_change_needs_the_version_that_was_read(below: str, api: Caller, agent: Any, incident: Any):
    body = {"text": "One"} if below == "checklist/" else {"minutes": 5}
    place = f"incidents/{incident.number}/{below}"
    one = f"{place}{api.post(place, body).json()['id']}/"
    change = {"text": "Two"} if below == "checklist/" else {"note": "Two"}
    assert api.patch(one, change).status_code == 428
    tag = api.get(one)["ETag"]
    assert api.patch(one, change, If_Match=tag).status_code == 200
    stale = problem(api.patch(one, change, If_Match=tag), 412, "stale_version")
    assert "changed_fields" not in stale
    problem(api.patch(one, {}, If_Match=api.get(one)["ETag"]), 422, "rule_refused")


def test_a_closed_checklist_says_so(api: Caller, agent: Any):
    incident = make_incident("closed")
    told = problem(api.post(f"incidents/{incident.number}/checklist/", {"text": "x"}), 409, "wrong_state")
    assert told["current_state"] == "closed"
    assert api.post(f"incidents/{incident.number}/time/", {"minutes": 5}).status_code == 201


@pytest.mark.parametrize("below", ["checklist/", "time/"])
def test_for_who_reads_nothing_internal_none_of_it_is_there(
    below: str, api: Caller, agent: Any, incident: Any
):
    item = add_checklist_items(incident.pk, actor=agent, texts=["Secret step"])[0]
    entry = add_time(incident.pk, actor=agent, minutes=5, note="Secret note")
    key = item.public_id if below == "checklist/" else entry.public_id
    place = f"incidents/{incident.number}/{below}"
    for person in (incident.requester, UserFactory(), AgentFactory(company=CompanyFactory())):
        caller = Caller(person)
        for path in (place, f"{place}{key}/"):
            assert caller.get(path).status_code == 404
        body = {"text": "x"} if below == "checklist/" else {"minutes": 5}
        assert caller.post(place, body).status_code == 404
        assert caller.delete(f"{place}{key}/", If_Match='"1"').status_code == 404
    own = Caller(incident.requester)
    for path in ("", "activity/", "comments/"):
        assert "Secret" not in own.get(f"incidents/{incident.number}/{path}").content.decode()
    assert api.get(place).status_code == 200


@pytest.mark.parametrize("below", ["checklist/", "time/"])
def test_a_repeat_with_the_same_key_writes_once(below: str, api: Caller, incident: Any):
    place = f"incidents/{incident.number}/{below}"
    body = {"text": "One"} if below == "checklist/" else {"minutes": 5}
    twice = [api.post(place, body, Idempotency_Key="k-1").json()["id"] for _time in range(2)]
    assert twice[0] == twice[1]
    assert ChecklistItem.objects.count() + TimeEntry.objects.count() == 1


@pytest.mark.parametrize("below", ["checklist/", "time/"])
def test_lists_ask_the_same_of_the_database_for_2_and_20(below: str, api: Caller, agent: Any, incident: Any):
    def asked(count: int) -> int:
        for number in range(count):
            person = AgentFactory()
            add_checklist_items(incident.pk, actor=person, texts=[str(number)])
            add_time(incident.pk, actor=person, minutes=5)
        api.get(f"incidents/{incident.number}/{below}")
        with CaptureQueriesContext(connection) as seen:
            assert api.get(f"incidents/{incident.number}/{below}").status_code == 200
        return len(seen)

    assert asked(2) == asked(18)
