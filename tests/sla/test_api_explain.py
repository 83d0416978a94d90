"""Explanations, timelines and what-ifs over REST."""

from __future__ import annotations

import pytest

from sla.models import Clock
from sla.whatif.services import advance_what_ifs
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory, administrator
from tests.factories.incidents import make_incident
from tests.sla.test_whatif import candidate

pytestmark = pytest.mark.django_db


def test_a_ticket_explains_its_clocks_and_what_does_not_count():
    incident = make_incident("on_hold", impact=1, urgency=1)
    found = Caller(AgentFactory()).get(f"tickets/{incident.number}/sla-explain/").json()
    tracks = {clock["track"]: clock for clock in found["clocks"]}
    assert set(tracks) == {"incident_response", "incident_resolution"}
    steps = [step["key"] for step in tracks["incident_resolution"]["steps"]]
    assert (steps[0], steps[-1]) == ("started", "waiting")
    assert tracks["incident_resolution"]["target_duration"] == "PT4H"
    other = next(fit for fit in found["not_attached"] if fit["key"] == "incident_resolution_p3")
    assert other["reason"] == "The start condition does not hold."
    start = next(part for part in other["conditions"] if part["name"] == "start")
    assert {leaf["field"]: leaf["holds"] for leaf in start["leaves"]} == {"priority": False, "state": False}


def test_a_clock_gives_its_timeline():
    incident = make_incident("in_progress")
    clock = Clock.objects.get(ticket=incident.pk, track="incident_resolution")
    found = Caller(AgentFactory()).get(f"sla/clocks/{clock.public_id}/timeline/").json()
    assert (found["clock"], found["track"]) == (str(clock.public_id), "incident_resolution")
    assert found["steps"][0]["by"]["verb"] == "opened"


def test_requesters_find_nothing():
    person = UserFactory()
    incident = make_incident(requester=person)
    clock = Clock.objects.filter(ticket=incident.pk).first()
    caller = Caller(person)
    problem(caller.get(f"tickets/{incident.number}/sla-explain/"), 404, "not_found")
    problem(caller.get(f"sla/clocks/{clock.public_id}/timeline/"), 404, "not_found")


def test_a_question_is_asked_and_read():
    make_incident("resolved", impact=1, urgency=1)
    caller, draft = Caller(administrator()), candidate(target_s=1)
    made = caller.post("sla/what-ifs/", {"months": 1, "definition": draft.key, "version": draft.no})
    assert made.status_code == 201
    assert made.json()["status"] == "queued"
    while advance_what_ifs(limit=5):
        pass
    found = caller.get(made["Location"]).json()
    assert (found["status"], found["percent"], found["result"]["tickets"]) == ("done", 100, 1)
    (listed,) = caller.get("sla/what-ifs/").json()["results"]
    assert listed["id"] == found["id"]
    assert "result" not in listed


def test_a_calendar_is_asked_about():
    caller = Caller(administrator())
    body = {"months": 2, "calendar": "kr-office", "changes": {"hours": {"0": "09:00-12:00"}}}
    assert caller.post("sla/what-ifs/", body).status_code == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, 422),
        ({"months": 0, "definition": "x"}, 422),
        ({"months": 1}, 422),
        ({"months": 1, "definition": "nothing"}, 422),
        ({"months": 1, "calendar": "kr-office", "changes": {"hours": {"9": "9-18"}}}, 422),
        ({"months": 1, "calendar": "kr-office"}, 422),
        ({"months": 1, "colour": "red"}, 400),
        ([], 400),
    ],
)
def test_bad_questions_are_refused(body, code):
    assert Caller(administrator()).post("sla/what-ifs/", body).status_code == code


def test_others_are_refused():
    for person in (AgentFactory(), UserFactory()):
        problem(Caller(person).get("sla/what-ifs/"), 403, "not_allowed")
        problem(Caller(person).post("sla/what-ifs/", {}), 403, "not_allowed")
