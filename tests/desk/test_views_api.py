"""Saved views over REST: the same gate and rules as their pages."""

from __future__ import annotations

from typing import Any

import pytest

from desk.models import SavedView
from tests.api.calls import Caller
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory, administrator
from tests.factories.desk import make_view

GOOD = {
    "name": "Payments",
    "list": "incidents",
    "queue": "open",
    "filters": {"priority": [1, 2]},
    "columns": ["state", "assignee"],
    "order": "sla",
    "density": "compact",
}


@pytest.fixture
def api(agent: Any) -> Caller:
    """The agent's calls."""
    return Caller(agent)


def test_a_view_is_made_read_changed_and_deleted(api: Caller, agent: Any, group: Any):
    made = api.post("views/", GOOD | {"position": 3})
    assert made.status_code == 201, made.content
    told = made.json()
    assert made["Location"] == f"/api/v1/views/{told['id']}/"
    assert {name: told[name] for name in GOOD} == GOOD
    assert (told["audience"], told["group"], told["position"], told["can_change"]) == ("mine", None, 3, True)
    assert told["url"] == f"/w/incidents/?saved={told['id']}"
    assert [each["id"] for each in api.get("views/?list=incidents").json()["results"]] == [told["id"]]
    assert api.get("views/?list=problems&audience=team").json()["results"] == []
    place = f"views/{told['id']}/"
    changed = api.change(
        place, {"name": "Ours", "audience": "team", "group": group.key, "filters": {"q": "x"}}
    )
    assert changed.status_code == 200, changed.content
    view = SavedView.objects.get()
    assert (view.name, view.audience, view.group, view.filters) == ("Ours", "team", group, {"q": "x"})
    assert (view.columns, view.sort, view.density) == (["state", "assignee"], "sla", "compact")
    assert api.patch(place, {"name": "Stale"}, If_Match='"x"').status_code == 412
    assert api.patch(place, {"name": "None"}).status_code == 428
    assert api.delete(place, If_Match=api.get(place)["ETag"]).status_code == 204
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("change", "status", "named"),
    [
        ({"name": ""}, 422, "name"),
        ({"name": "x" * 61}, 422, "name"),
        ({"list": "assets"}, 422, "list"),
        ({"queue": "nothing"}, 400, "view"),
        ({"filters": []}, 422, "filters"),
        ({"filters": {"state": ["gone"]}}, 400, "state"),
        ({"filters": {"q": "a" * 100_000}}, 400, "q"),
        ({"columns": ["secret"]}, 422, "columns"),
        ({"order": "secret"}, 422, "order"),
        ({"audience": "team"}, 422, "group"),
        ({"audience": "team", "group": "no-such-team"}, 422, "group"),
        ({"owner": "somebody"}, 400, "owner"),
    ],
)
def test_what_does_not_fit_is_named_and_nothing_is_made(change: Any, status: int, named: str, api: Caller):
    answer = api.post("views/", GOOD | change)
    assert answer.status_code == status, answer.content
    assert named in answer.content.decode()
    assert not SavedView.objects.exists()


def test_views_of_others_are_not_there_and_shared_ones_are_not_theirs_to_change(agent: Any, group: Any):
    owner, colleague = AgentFactory(groups=[group]), Caller(agent)
    own, shared = make_view(owner), make_view(owner, audience="team", group=group)
    assert [row["id"] for row in colleague.get("views/").json()["results"]] == [str(shared.public_id)]
    assert colleague.get(f"views/{own.public_id}/").status_code == 404
    assert colleague.get(f"views/{shared.public_id}/").json()["can_change"] is False
    assert colleague.change(f"views/{shared.public_id}/", {"name": "Mine"}).status_code == 403
    tag = colleague.get(f"views/{shared.public_id}/")["ETag"]
    assert colleague.delete(f"views/{shared.public_id}/", If_Match=tag).status_code == 403
    stranger = Caller(UserFactory(company=CompanyFactory(), roles=["agent", "administrator"]))
    assert stranger.get("views/").json()["results"] == []
    assert stranger.get(f"views/{shared.public_id}/").status_code == 404
    assert Caller(UserFactory()).get("views/").status_code == 403


def test_only_an_administrator_makes_views_for_all(api: Caller):
    assert api.post("views/", GOOD | {"audience": "everyone"}).status_code == 403
    foreign = GroupFactory()
    assert api.post("views/", GOOD | {"audience": "team", "group": foreign.key}).status_code == 403
    assert not SavedView.objects.exists()
    make_view(administrator(), audience="everyone")
    assert api.get("views/").json()["results"][0]["audience"] == "everyone"


@pytest.mark.parametrize("rows", [2, 20])
def test_the_list_costs_the_same_for_any_number_of_views(
    rows: int, api: Caller, agent: Any, django_assert_num_queries: Any
):
    for place in range(rows):
        make_view(agent, name=f"View {place}")
    api.get("views/")
    with django_assert_num_queries(2):
        assert len(api.get("views/").json()["results"]) == rows
