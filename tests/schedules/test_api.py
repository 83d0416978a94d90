"""Calendars over REST."""

from __future__ import annotations

import pytest

from schedules.models import Calendar
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, administrator

pytestmark = pytest.mark.django_db
NEW = {
    "key": "night",
    "name_ko": "야간",
    "time_zone": "Europe/Berlin",
    "hours": [{"day": 0, "start_minute": 1320, "end_minute": 1800}],
}


@pytest.fixture
def keeper() -> Caller:
    return Caller(administrator())


def test_a_calendar_is_made_changed_and_read(keeper):
    made = keeper.post("schedules/", NEW)
    assert made.status_code == 201, made.json()
    assert (made.json()["time_zone"], made.json()["hours"]) == ("Europe/Berlin", NEW["hours"])
    changed = keeper.change("schedules/night/", {"name_en": "Night"})
    assert changed.json()["name_en"] == "Night"
    assert Caller(AgentFactory()).get("schedules/night/").json()["name_en"] == "Night"


def test_days_are_said_and_taken_back(keeper):
    keeper.post("schedules/", NEW)
    keeper.post("schedules/night/days/", {"date": "2026-03-09", "name": "Off"})
    hours = [{"start_minute": 600, "end_minute": 660}]
    body = keeper.post(
        "schedules/night/days/", {"date": "2026-03-10", "name": "Short", "hours": hours}
    ).json()
    assert [(day["date"], day["source"]) for day in body["holidays"]] == [("2026-03-09", "manual")]
    assert [(day["date"], day["hours"]) for day in body["exceptions"]] == [("2026-03-10", hours)]
    assert keeper.delete("schedules/night/days/2026-03-09/").status_code == 204
    assert keeper.delete("schedules/night/days/2026-03-09/").status_code == 404
    assert keeper.delete("schedules/night/days/tomorrow/").status_code == 404
    assert "holidays" not in keeper.get("schedules/").json()["results"][0]


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"time_zone": "Mars/Base"}, ["/time_zone"]),
        ({"hours": []}, ["/hours"]),
        ({"hours": [{"day": 7, "start_minute": 0, "end_minute": 60}]}, ["/hours/0/day"]),
        ({"hours": [{"day": 0, "start_minute": 60, "end_minute": 60}]}, ["/hours"]),
        ({"key": "No key"}, ["/key"]),
        ({"name_ko": ""}, ["/name_ko"]),
    ],
)
def test_what_cannot_be_names_its_place(keeper, change, places):
    problem(keeper.post("schedules/", NEW | change), 422, "rule_refused", *places)
    assert not Calendar.objects.filter(key="night").exists()


def test_a_version_is_not_taken(keeper):
    problem(keeper.post("schedules/", NEW | {"version": 3}), 400, "bad_input", "/version")


def test_agents_read_and_do_not_write(keeper):
    keeper.post("schedules/", NEW)
    agent = Caller(AgentFactory())
    assert agent.post("schedules/", NEW | {"key": "mine"}).status_code == 403
    assert agent.change("schedules/night/", {"name_en": "Mine"}).status_code == 403
    assert agent.post("schedules/night/days/", {"date": "2026-03-09", "name": "Off"}).status_code == 403
