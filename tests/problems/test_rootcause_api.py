"""The root cause of a problem over REST."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from problems import services
from problems.choices import Bone
from problems.models import Factor, Problem, Why
from tests.api.calls import Caller
from tests.factories.accounts import UserFactory
from tests.factories.problems import make_problem

pytestmark = pytest.mark.django_db


@pytest.fixture
def api(agent: Any) -> Caller:
    """The agent's program."""
    return Caller(agent)


@pytest.fixture
def place(agent: Any) -> str:
    """The address of a problem whose cause is looked for."""
    return f"problems/{make_problem('rca', agent=agent).number}/"


def test_a_tree_is_built_and_its_root_cause_marked(api: Caller, place: str):
    first = api.post(f"{place}whys/", {"answer": "The certificate had expired.", "evidence": "The log."})
    assert first.status_code == 201, first.content
    assert first["Location"].endswith(f"/whys/{first.json()['id']}/")
    below = api.post(f"{place}whys/", {"answer": "Nobody renews.", "above": first.json()["id"]}).json()
    assert below["above"] == first.json()["id"]
    one = f"{place}whys/{below['id']}/"
    marked = api.change(one, {"is_root": True})
    assert (marked.status_code, marked.json()["is_root"]) == (200, True)
    assert api.get(place).json()["cause_notes"] == "Nobody renews."
    listed = api.get(f"{place}whys/").json()["results"]
    assert [(each["above"], each["is_root"]) for each in listed] == [(None, False), (below["above"], True)]
    assert api.delete(one, If_Match=api.get(one)["ETag"]).status_code == 204
    assert Why.objects.count() == 1


def test_a_diagram_is_filled_and_its_category_named(api: Caller, place: str):
    made = api.post(f"{place}factors/", {"bone": "process", "text": "Renewals are nobody's task"})
    assert made.status_code == 201, made.content
    one = f"{place}factors/{made.json()['id']}/"
    assert api.change(one, {"standing": "ruled_out"}).json()["standing_label"] == "Ruled out"
    named = api.patch(f"{place}diagram/process/", {"name": "Duties"})
    assert (named.status_code, named.json()["name"]) == (200, "Duties")
    shown = api.get(f"{place}diagram/").json()["results"]
    assert [each["bone"] for each in shown] == Bone.values
    assert [row["text"] for row in shown[1]["causes"]] == ["Renewals are nobody's task"]
    assert api.delete(one, If_Match=api.get(one)["ETag"]).status_code == 204
    assert not Factor.objects.exists()


@pytest.mark.parametrize(
    ("below", "body", "field"),
    [
        ("whys/", {"answer": ""}, "answer"),
        ("whys/", {}, "answer"),
        ("whys/", {"answer": "x", "above": "01a22400-0000-7000-8000-000000000001"}, "above"),
        ("whys/", {"answer": "x", "above": "INC0001001"}, "above"),
        ("whys/", {"answer": "x", "above": 7}, "above"),
        ("factors/", {"bone": "more", "text": "x"}, "bone"),
        ("factors/", {"bone": "people", "text": "x", "standing": "maybe"}, "standing"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(
    below: str, body: dict[str, Any], field: str, api: Caller, place: str
):
    refused = api.post(f"{place}{below}", body)
    assert refused.status_code == 422, refused.content
    assert [each["pointer"] for each in refused.json()["errors"]] == [f"/{field}"]
    assert not Why.objects.exists()
    assert not Factor.objects.exists()


def test_a_change_needs_the_version_that_was_read(api: Caller, place: str):
    one = f"{place}whys/{api.post(f'{place}whys/', {'answer': 'One'}).json()['id']}/"
    assert api.patch(one, {"answer": "Two"}).status_code == 428
    tag = api.get(one)["ETag"]
    assert api.patch(one, {"answer": "Two"}, If_Match=tag).status_code == 200
    assert api.patch(one, {"answer": "Three"}, If_Match=tag).status_code == 412
    assert Why.objects.get().answer == "Two"


def test_a_category_that_is_none_is_not_found_or_refused(api: Caller, place: str):
    assert api.patch(f"{place}diagram/more/", {"name": "x"}).status_code == 422


def test_what_happened_is_told_in_short(api: Caller, place: str):
    moves = api.get(f"{place}timeline/").json()["results"]
    assert [(each["state_before"], each["state"], each["verb"]) for each in moves] == [
        (None, "new", "opened"),
        ("new", "rca", "confirm"),
    ]
    assert moves[0]["ticket"]["kind"] == "problem"


def test_for_employees_none_of_it_is_there(place: str):
    employee = Caller(UserFactory())
    for below in ("whys/", "factors/", "diagram/", "timeline/"):
        assert employee.get(f"{place}{below}").status_code == 404


@pytest.mark.parametrize("below", ["whys/", "factors/", "diagram/", "timeline/"])
def test_lists_ask_the_same_of_the_database_for_2_and_20(below: str, api: Caller, place: str, agent: Any):
    problem = Problem.objects.get()

    def asked(count: int) -> int:
        for each in range(count):
            services.add_why(problem.pk, actor=agent, answer=str(each))
            services.add_factor(problem.pk, actor=agent, bone=Bone.values[each % 6], text=str(each))
        api.get(f"{place}{below}")
        with CaptureQueriesContext(connection) as seen:
            assert api.get(f"{place}{below}").status_code == 200
        return len(seen)

    assert asked(2) == asked(18)
