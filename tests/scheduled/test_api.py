"""Schedules of tickets over REST."""

from __future__ import annotations

from typing import Any

import pytest

from incidents.models import Incident
from scheduled import services
from scheduled.models import TicketSchedule
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.scheduled import DAY, make_due, make_schedule
from tests.factories.schedules import CalendarFactory

pytestmark = pytest.mark.django_db
PLACE, ONE = "ticket-schedules/", "ticket-schedules/backups/"
NEW: dict[str, Any] = {
    "key": "backups",
    "title": "Check the backups",
    "repeat": "monthly",
    "nth": 1,
    "nth_weekday": 0,
    "time": "09:00",
    "time_zone": "Asia/Seoul",
    "starts_on": "2090-01-01",
}


@pytest.fixture
def caller() -> Caller:
    return Caller(administrator())


def test_a_schedule_is_made_read_changed_and_removed(caller):
    group = GroupFactory()
    made = caller.post(PLACE, NEW | {"group": group.key})
    assert made.status_code == 201, made.json()
    body = made.json()
    assert body["ahead"] == [
        "2090-01-02T00:00:00.000Z",
        "2090-02-06T00:00:00.000Z",
        "2090-03-06T00:00:00.000Z",
    ]
    assert (body["next_at"], body["group"]["key"]) == (body["ahead"][0], group.key)
    told = {name: body[name] for name in ("repeat", "every", "nth", "nth_weekday", "month_day", "time")}
    assert told == {
        "repeat": "monthly",
        "every": 1,
        "nth": 1,
        "nth_weekday": 0,
        "month_day": None,
        "time": "09:00",
    }
    read = caller.get(ONE)
    assert read.json() == body
    assert [row["key"] for row in caller.get(PLACE).json()["results"]] == ["backups"]
    assert "description" not in caller.get(PLACE).json()["results"][0]
    tag = read.headers["ETag"]
    problem(caller.patch(ONE, {"title": "x"}), 428, "version_missing")
    changed = caller.patch(ONE, {"time": "10:30", "group": None}, **{"If-Match": tag})
    assert changed.status_code == 200, changed.json()
    assert (changed.json()["next_at"], changed.json()["group"]) == ("2090-01-02T01:30:00.000Z", None)
    problem(caller.delete(ONE, **{"If-Match": tag}), 412, "stale_version")
    assert caller.delete(ONE, **{"If-Match": changed.headers["ETag"]}).status_code == 204
    assert not TicketSchedule.objects.exists()


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"time_zone": "Mars/Base"}, ["/time_zone"]),
        ({"repeat": "hourly"}, ["/repeat"]),
        ({"every": 0}, ["/every"]),
        ({"weekdays": [7]}, ["/weekdays/0"]),
        ({"requester": "nobody"}, ["/requester"]),
        ({"group": "nothing"}, ["/group"]),
        ({"ci": "CI9999999"}, ["/ci"]),
        ({"starts_on": "soon"}, ["/starts_on"]),
        ({"time": "noon"}, ["/time"]),
        ({"title": ""}, ["/title"]),
        ({"description": "x" * 100_000}, ["/description"]),
    ],
)
def test_what_cannot_be_names_its_place(caller, change, places):
    problem(caller.post(PLACE, NEW | change), 422, "rule_refused", *places)
    assert not TicketSchedule.objects.exists()


def test_a_tag_that_is_older_than_a_run_is_stale(caller):
    row = make_schedule()
    tag = caller.get(ONE).headers["ETag"]
    make_due(row)
    services.open_due(limit=50)
    assert caller.get(ONE).headers["ETag"] != tag


def test_occurrences_are_read_newest_first_with_their_tickets(caller):
    row = make_schedule()
    make_due(row, at=make_due(row) - DAY)
    services.open_due(limit=50)
    agent = Caller(UserFactory(roles=["administrator", "agent"]))
    newest, older = agent.get(f"{ONE}occurrences/").json()["results"]
    assert (newest["outcome"], newest["ticket"]) == ("opened", Incident.objects.get().number)
    assert (older["outcome"], older["reason"], older["ticket"]) == ("skipped", "missed", None)
    assert older["reason_label"].startswith("It came due while nothing ran")
    Incident.objects.update(group=GroupFactory(is_restricted=True))
    assert agent.get(f"{ONE}occurrences/").json()["results"][0]["ticket"] is None


def test_run_by_hand_a_ticket_is_there(caller):
    make_schedule()
    answer = caller.post(f"{ONE}run/")
    assert answer.status_code == 201, answer.json()
    assert (answer.json()["outcome"], answer.json()["by_hand"]) == ("opened", True)
    assert Incident.objects.count() == 1


def test_who_may_do_what(caller):
    make_schedule()
    for person in (UserFactory(), AgentFactory()):
        for path in (PLACE, ONE, f"{ONE}occurrences/"):
            assert Caller(person).get(path).status_code == 403
        assert Caller(person).post(f"{ONE}run/").status_code == 403
        assert Caller(person).post(PLACE, NEW).status_code == 403
    elsewhere = Caller(UserFactory(company=CompanyFactory(), roles=["administrator"]))
    assert elsewhere.get(PLACE).json()["results"] == []
    for path in (ONE, f"{ONE}occurrences/"):
        assert elsewhere.get(path).status_code == 404
    assert elsewhere.post(f"{ONE}run/").status_code == 404
    assert elsewhere.delete(ONE, **{"If-Match": "*"}).status_code == 404
    assert not Incident.objects.exists()


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_costs_the_same_for_few_and_many(caller, count, django_assert_num_queries):
    owner = administrator()
    for number in range(count):
        calendar = CalendarFactory()
        make_schedule(f"s{number}", owner=owner, group=GroupFactory(), off_day="next", calendar=calendar)
    caller.get(PLACE)
    with django_assert_num_queries(2):
        caller.get(PLACE)
