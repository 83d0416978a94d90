"""What produces incidents, over REST."""

from __future__ import annotations

import uuid

import pytest

from problems.models import Problem
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.cmdb import make_ci
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem

pytestmark = pytest.mark.django_db
PLACE = "problems/trends/"


@pytest.fixture
def api() -> Caller:
    """An agent."""
    return Caller(AgentFactory())


def test_the_figures_are_those_of_the_page(api: Caller):
    for _ in range(6):
        make_incident("resolved", category="network")
    known = make_problem(category="network")
    body = api.get(f"{PLACE}?weeks=4").json()
    assert (body["by"], body["total"]["count"], body["without"]) == ("category", 6, 0)
    [row] = body["rows"]
    assert (row["key"], row["count"], row["before"], row["growth_percent"]) == ("network", 6, 0, None)
    assert (row["is_rising"], row["weeks"], row["resolved"]) == (True, [0] * 7 + [6], 6)
    assert row["mean_time_to_resolve"].startswith("PT")
    assert [each["number"] for each in row["problems"]] == [known.number]
    assert set(api.get(f"{PLACE}?fields=total").json()) == {"total"}


@pytest.mark.parametrize("query", ["by=colour", "weeks=5", "bogus=1"])
def test_what_it_does_not_know_is_refused(api: Caller, query: str):
    problem(api.get(f"{PLACE}?{query}"), 400, "bad_input", query.partition("=")[0])


def test_a_row_becomes_a_problem_once(api: Caller):
    ci, key = make_ci(), str(uuid.uuid4())
    make_incident(ci=ci)
    body = {"by": "item", "row": ci.number, "weeks": 4, "title": "Rollers are worn"}
    made = api.post(PLACE, body, Idempotency_Key=key)
    assert (made.status_code, made.json()["title"]) == (201, "Rollers are worn")
    assert api.post(PLACE, body, Idempotency_Key=key).json() == made.json()
    problem(api.post(PLACE, body), 409, "wrong_state")
    problem(api.post(PLACE, body | {"row": "CI9"}), 404, "not_found")
    problem(api.post(PLACE, body | {"weeks": 5}), 422, "rule_refused", "/weeks")
    assert Problem.objects.count() == 1


def test_it_is_for_those_who_work_problems():
    own = Caller(UserFactory())
    problem(own.get(PLACE), 403, "not_allowed")
    problem(own.post(PLACE, {"by": "item", "row": "x", "weeks": 4}), 403, "not_allowed")


@pytest.mark.parametrize("size", [2, 20])
def test_the_answer_costs_the_same_for_two_rows_and_for_twenty(
    api: Caller, size: int, django_assert_num_queries
):
    for _ in range(size):
        make_incident(ci=make_ci())
    api.get(f"{PLACE}?by=item")
    with django_assert_num_queries(6):  # token, zone and now, figures, names, links, problems
        assert len(api.get(f"{PLACE}?by=item").json()["rows"]) == size
