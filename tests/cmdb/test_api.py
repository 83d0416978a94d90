"""Configuration items over REST."""

from __future__ import annotations

import pytest

from cmdb.models import CI
from cmdb.services import create_ci
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, CompanyFactory, UserFactory, default_company

GOOD = {"name": "vpn-gw-1", "ci_class": "server", "serial": "S-1", "attrs": {"ram": {"gb": 64}}}


@pytest.fixture
def keeper(db):
    return Caller(AgentFactory(roles=["configuration_admin"]))


def test_an_item_is_made_read_and_changed(keeper):
    made = keeper.post("cis/", GOOD)
    assert made.status_code == 201
    number = made.json()["number"]
    assert made["Location"] == f"/api/v1/cis/{number}/"
    assert keeper.get(f"cis/{number}/").json() == made.json()
    changed = keeper.change(f"cis/{number}/", {"status": "maintenance", "assigned_to": keeper.user.username})
    assert (changed.json()["status_label"], changed.json()["assigned_to"]["username"]) == (
        "In maintenance",
        keeper.user.username,
    )
    assert keeper.get("cis/?status=maintenance&q=vpn").json()["results"][0]["number"] == number
    assert "attrs" not in keeper.get("cis/").json()["results"][0]


@pytest.mark.parametrize(
    ("change", "status", "places"),
    [
        ({"name": ""}, 422, ["/name"]),
        ({"name": "x" * 161}, 422, ["/name"]),
        ({"ci_class": "spaceship"}, 422, ["/ci_class"]),
        ({"status": "lost"}, 422, ["/status"]),
        ({"criticality": 6}, 422, ["/criticality"]),
        ({"criticality": "1"}, 422, ["/criticality"]),
        ({"owner": "nobody"}, 422, ["/owner"]),
        ({"attrs": [1]}, 422, ["/attrs"]),
        ({"number": "CI1"}, 400, ["/number"]),
    ],
)
def test_a_bad_item_is_not_made(keeper, change, status, places):
    problem(
        keeper.post("cis/", GOOD | change), status, "bad_input" if status == 400 else "rule_refused", *places
    )
    assert not CI.objects.exists()


def test_a_taken_asset_tag_is_a_duplicate(keeper):
    keeper.post("cis/", GOOD | {"asset_tag": "A-1"})
    problem(keeper.post("cis/", GOOD | {"asset_tag": "A-1"}), 409, "duplicate", "/asset_tag")
    problem(keeper.post("cis/", GOOD | {"asset_tag": "A-1"}, Idempotency_Key="k"), 409, "duplicate")
    assert CI.objects.count() == 1


def test_who_sees_and_writes_what(keeper):
    person = Caller(UserFactory())
    own = create_ci(
        actor=None, company=default_company(), class_key="laptop", name="lap", assigned_to=person.user
    )
    other = create_ci(actor=None, company=default_company(), class_key="server", name="srv")
    foreign = create_ci(actor=None, company=CompanyFactory(), class_key="server", name="far")
    assert [row["number"] for row in person.get("cis/").json()["results"]] == [own.number]
    assert "attrs" not in person.get(f"cis/{own.number}/").json()
    problem(person.get(f"cis/{other.number}/"), 404, "not_found")
    problem(keeper.get(f"cis/{foreign.number}/"), 404, "not_found")
    problem(person.post("cis/", GOOD), 403, "not_allowed")
    problem(person.change(f"cis/{own.number}/", {"name": "x"}), 403, "not_allowed")
    problem(Caller(AgentFactory()).change(f"cis/{own.number}/", {"name": "x"}), 403, "not_allowed")
    assert person.get("ci-classes/laptop/").json()["parent"] == {"key": "computer", "name": "Computer"}


def test_employees_do_not_ask_by_what_they_do_not_read(keeper):
    """SECURITY AC-5: the environment is for agents; by the filter an employee learned it all the same."""
    employee = Caller(UserFactory())
    own = {"name": "pc-7", "ci_class": "laptop", "assigned_to": employee.user.username, "environment": "test"}
    number = keeper.post("cis/", own).json()["number"]
    assert [row["number"] for row in keeper.get("cis/?environment=test").json()["results"]] == [number]
    assert "environment" not in employee.get(f"cis/{number}/").json()
    for name in ("enviroment", "environment"):
        refused = problem(employee.get(f"cis/?{name}=test"), 400, "bad_input", name)
        assert refused["errors"][0]["code"] == "unknown"
