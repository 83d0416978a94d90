"""Clocks, definitions and calendars over REST."""

from __future__ import annotations

import pytest

from sla.api.views import duration
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.incidents import make_incident


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "PT0S"), (59, "PT59S"), (60, "PT1M"), (14_400, "PT4H"), (-301, "-PT5M1S"), (90_061, "PT25H1M1S")],
)
def test_durations_are_iso_8601(seconds, text):
    assert duration(seconds) == text


def test_an_incident_has_its_clocks(db):
    agent = Caller(AgentFactory())
    incident = make_incident(impact=1, urgency=1)
    clocks = agent.get(f"incidents/{incident.number}/clocks/").json()["results"]
    assert [clock["state"] for clock in clocks] == ["ok", "ok"]
    assert {clock["target"] for clock in clocks} == {"response", "resolution"}
    assert all(clock["left"].startswith("PT") and clock["due_at"].endswith("Z") for clock in clocks)
    assert agent.get(f"tickets/{incident.number}/clocks/").json()["results"][0]["id"] == clocks[0]["id"]


def test_definitions_and_calendars_are_for_agents(db):
    agent, person = Caller(AgentFactory()), Caller(UserFactory())
    definitions = agent.get("sla/definitions/").json()["results"]
    assert definitions
    one = agent.get(f"sla/definitions/{definitions[0]['key']}/").json()
    assert one["target_duration"].startswith("PT")
    calendar = agent.get("schedules/kr-office/").json()
    assert (calendar["time_zone"], len(calendar["hours"]) >= 5) == ("Asia/Seoul", True)
    for path in ("sla/definitions/", "schedules/", "schedules/kr-office/"):
        problem(person.get(path), 403, "not_allowed")
