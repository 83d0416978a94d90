"""On-call rotas over REST."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from schedules import services
from schedules.models import Rota, RotaOverride
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.schedules import make_override, make_rota

pytestmark = pytest.mark.django_db
FAR, DAY = dt.datetime(2090, 1, 1, tzinfo=dt.UTC), dt.timedelta(days=1)
STAND_IN = {"start": "2090-01-02T00:00:00Z", "end": "2090-01-03T00:00:00Z", "reason": "Swap"}


@pytest.fixture
def people() -> list[Any]:
    group = GroupFactory()
    return [AgentFactory(groups=[group]) for _number in range(3)]


@pytest.fixture
def rota(people: list[Any]) -> Rota:
    """A week each from Monday 2 March 2026, 09:00 in Seoul."""
    return make_rota(people[0].member_of.get(), people)


@pytest.fixture
def caller(rota: Rota) -> Caller:
    return Caller(AgentFactory())


def test_a_rota_is_read_with_its_layers_and_people_in_order(caller, rota, people):
    assert [row["key"] for row in caller.get("on-call/").json()["results"]] == ["desk"]
    assert "layers" not in caller.get("on-call/").json()["results"][0]
    body = caller.get("on-call/desk/").json()
    assert (body["time_zone"], body["group"]["key"]) == ("Asia/Seoul", rota.group.key)
    [layer] = body["layers"]
    assert [each["username"] for each in layer["members"]] == [person.username for person in people]
    told = {name: layer[name] for name in ("unit", "unit_label", "length", "handover_time", "hours")}
    assert told == {
        "unit": "weeks",
        "unit_label": "Weeks",
        "length": 1,
        "handover_time": "09:00",
        "hours": [],
    }


def test_who_is_on_call_is_told_for_any_instant(caller, rota, people):
    def at(moment: str) -> list[str]:
        return [row["username"] for row in caller.get(f"on-call/desk/now/?at={moment}").json()["results"]]

    assert at("2026-03-02T00:00:00Z") == [people[0].username]
    assert at("2026-03-01T23:59:59Z") == []
    assert at("2026-03-09T09:00:00%2B09:00") == [people[1].username]
    assert len(caller.get("on-call/desk/now/").json()["results"]) == 1
    services.update_rota("desk", actor=None, is_active=False)
    assert at("2026-03-02T00:00:00Z") == []


def test_turns_are_told_cut_at_the_ends(caller, rota, people):
    found = caller.get("on-call/desk/turns/?from=2026-03-04T00:00:00Z&to=2026-03-10T00:00:00Z").json()[
        "results"
    ]
    assert [(row["person"]["username"], row["start"], row["end"], row["layer"]) for row in found] == [
        (people[0].username, "2026-03-04T00:00:00.000Z", "2026-03-09T00:00:00.000Z", "First line"),
        (people[1].username, "2026-03-09T00:00:00.000Z", "2026-03-10T00:00:00.000Z", "First line"),
    ]
    assert {row["override"] for row in found} == {None}


@pytest.mark.parametrize(
    ("query", "status", "place"),
    [
        ("now/?at=tomorrow", 400, "at"),
        ("now/?at=2026-03-02T00:00:00", 400, "at"),
        ("now/?at=1950-03-02T00:00:00Z", 422, "at"),
        ("now/?when=2026-03-02T00:00:00Z", 400, "when"),
        ("turns/?from=2026-03-02T00:00:00Z&to=2026-03-02T00:00:00Z", 422, "to"),
        ("turns/?from=2026-03-02T00:00:00Z&to=2029-03-02T00:00:00Z", 422, "to"),
        ("turns/?from=2199-03-02T00:00:00Z", 422, "from"),
    ],
)
def test_a_time_that_cannot_be_names_its_parameter(caller, query, status, place):
    answer = caller.get(f"on-call/desk/{query}")
    problem(answer, status, "bad_input" if status == 400 else "rule_refused", place)


def test_a_stand_in_is_made_read_and_taken_back(rota, people):
    keeper = Caller(administrator())
    made = keeper.post("on-call/desk/overrides/", STAND_IN | {"person": people[2].username})
    assert made.status_code == 201, made.json()
    assert (made.json()["person"]["username"], made.json()["reason"]) == (people[2].username, "Swap")
    place = f"on-call/desk/overrides/{made.json()['id']}/"
    assert keeper.get(place).json() == made.json()
    [turn] = keeper.get("on-call/desk/turns/?from=2090-01-02T01:00:00Z&to=2090-01-02T02:00:00Z").json()[
        "results"
    ]
    assert (turn["person"]["username"], turn["override"]) == (people[2].username, made.json()["id"])
    assert len(keeper.get("on-call/desk/overrides/").json()["results"]) == 1
    problem(
        keeper.post("on-call/desk/overrides/", STAND_IN | {"person": people[0].username}),
        409,
        "duplicate",
        "/start",
    )
    assert keeper.delete(place).status_code == 204
    assert keeper.delete(place).status_code == 404


@pytest.mark.parametrize(
    ("change", "places"),
    [
        ({"person": "nobody"}, ["/person"]),
        ({"start": "2090-01-02"}, ["/start"]),
        ({"end": "2090-01-02T00:00:00Z"}, ["/end"]),
        ({"end": "2020-01-01T00:00:00Z"}, ["/end"]),
        ({"reason": "x" * 201}, ["/reason"]),
    ],
)
def test_a_stand_in_that_cannot_be_names_its_place(rota, people, change, places):
    given = STAND_IN | {"person": people[0].username} | change
    problem(Caller(administrator()).post("on-call/desk/overrides/", given), 422, "rule_refused", *places)
    assert not RotaOverride.objects.exists()


def test_who_may_do_what(caller, rota, people):
    body = STAND_IN | {"person": people[0].username}
    problem(caller.post("on-call/desk/overrides/", body), 403, "not_allowed")
    assert Caller(people[0]).post("on-call/desk/overrides/", body).status_code == 201  # takes a turn over
    override = RotaOverride.objects.get()
    problem(caller.delete(f"on-call/desk/overrides/{override.public_id}/"), 403, "not_allowed")
    assert Caller(UserFactory()).get("on-call/desk/").status_code == 403
    elsewhere = Caller(AgentFactory(company=CompanyFactory()))
    assert elsewhere.get("on-call/").json()["results"] == []
    for path in ("", "now/", "turns/", "overrides/", f"overrides/{override.public_id}/"):
        assert elsewhere.get(f"on-call/desk/{path}").status_code == 404
    assert elsewhere.post("on-call/desk/overrides/", body).status_code == 404


def test_the_list_costs_the_same_for_few_and_many(caller, rota, people, django_assert_num_queries):
    caller.get("on-call/")
    with django_assert_num_queries(5):
        caller.get("on-call/")
    for number in range(20):
        make_rota(rota.group, people, key=f"rota-{number}")
        make_override(rota, people[0], FAR + number * DAY, FAR + (number + 1) * DAY, actor=people[0])
    with django_assert_num_queries(5):
        assert len(caller.get("on-call/").json()["results"]) == 21
    with django_assert_num_queries(5):
        assert len(caller.get("on-call/desk/overrides/").json()["results"]) == 20


def test_a_list_reads_what_its_rows_refer_to_at_once(caller, people, django_assert_num_queries):
    """A base of view sets said so, and was not asked: each group cost a query for its manager."""
    for _number in range(3):
        GroupFactory(manager=AgentFactory())
    caller.get("groups/")
    with django_assert_num_queries(3):
        caller.get("groups/")
    for _number in range(12):
        GroupFactory(manager=AgentFactory())
    with django_assert_num_queries(3):
        caller.get("groups/")
