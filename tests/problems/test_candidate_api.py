"""What is proposed as a problem, over REST."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from problems.models import Candidate, Problem
from problems.services import look_for_recurrence
from tests.api.calls import Caller, problem
from tests.factories.accounts import AgentFactory, UserFactory
from tests.factories.cmdb import make_ci
from tests.factories.incidents import make_incident
from tests.factories.problems import make_candidate

pytestmark = pytest.mark.django_db


@pytest.fixture
def api() -> Caller:
    """An agent."""
    return Caller(AgentFactory())


@pytest.fixture
def candidate() -> Candidate:
    """Five incidents on one item."""
    item = make_ci()
    for _ in range(5):
        make_incident(title="Printer is jammed", ci=item, category="hardware")
    look_for_recurrence(texts=False)
    return Candidate.objects.get()


def test_candidates_are_listed_and_read(api: Caller, candidate: Candidate):
    row = api.get("problem-candidates/?verdict=open&reason=repeated").json()["results"][0]
    assert (row["id"], row["size"], row["ci"]["number"]) == (
        str(candidate.public_id), 5, candidate.ci.number,
    )  # fmt: skip
    assert "incidents" not in row
    whole = api.get(f"problem-candidates/{candidate.public_id}/").json()
    assert len(whole["incidents"]) == sum(whole["days"].values()) == 5
    assert api.get("problem-candidates/?verdict=dismissed").json()["results"] == []
    problem(api.get("problem-candidates/?verdict=no"), 400, "bad_input", "verdict")


def test_a_list_costs_the_same_for_two_and_for_twenty(api: Caller):
    api.get("problem-candidates/")
    counts = set()
    for size in (2, 20):
        while Candidate.objects.count() < size:
            make_candidate()
        with CaptureQueriesContext(connection) as queries:
            assert len(api.get("problem-candidates/").json()["results"]) == size
        counts.add(len(queries))
    assert len(counts) == 1


def test_a_candidate_becomes_a_problem_once(api: Caller, candidate: Candidate):
    place, key = f"problem-candidates/{candidate.public_id}/", str(uuid.uuid4())
    made = api.post(f"{place}accept/", {"title": "Rollers are worn"}, Idempotency_Key=key)
    assert (made.status_code, made.json()["title"]) == (201, "Rollers are worn")
    assert "reopen_count" in made.json()
    repeat = api.post(f"{place}accept/", {"title": "Rollers are worn"}, Idempotency_Key=key)
    assert repeat.json() == made.json()
    problem(api.post(f"{place}accept/", {}), 409, "wrong_state")
    problem(api.post(f"{place}dismiss/"), 409, "wrong_state")
    assert api.get(place).json()["problem"] == made.json()["number"]
    assert Problem.objects.count() == 1


def test_a_candidate_is_dismissed(api: Caller, candidate: Candidate):
    done = api.post(f"problem-candidates/{candidate.public_id}/dismiss/").json()
    assert (done["verdict"], done["decided_by"]["username"]) == ("dismissed", api.user.username)


def test_for_employees_there_are_none(candidate: Candidate):
    own = Caller(UserFactory())
    assert own.get("problem-candidates/").json()["results"] == []
    for verb in ("", "accept/", "dismiss/"):
        path = f"problem-candidates/{candidate.public_id}/{verb}"
        problem(own.post(path, {}) if verb else own.get(path), 404, "not_found")
