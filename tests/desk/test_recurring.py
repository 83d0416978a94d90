"""The page of recurring incidents: what is proposed, what people make of it, who sees it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import Grant
from accounts.models import Role
from problems.models import Candidate, Problem
from problems.services import look_for_recurrence
from tests.factories.accounts import UserFactory
from tests.factories.cmdb import make_ci
from tests.factories.incidents import make_incident

pytestmark = pytest.mark.django_db
PLACE = "/w/problems/recurring/"


def repeat(title: str = "Printer is jammed", size: int = 6) -> Candidate:
    """A candidate of that many incidents."""
    item = make_ci()
    for _ in range(size):
        make_incident(title=title, ci=item, category="hardware")
    look_for_recurrence(texts=False)
    return Candidate.objects.get(ci=item)


def test_the_page_names_what_comes_again_and_why(desk: Any):
    assert "Nothing comes again" in desk.get(PLACE).content.decode()
    candidate = repeat()
    page = desk.get(PLACE).content.decode()
    assert f"6 incidents on {candidate.ci.name} (Computer and devices) in 30 days" in page
    assert page.count("Printer is jammed") == 6  # the heading and five incidents
    assert "and 1 more" in page
    assert 'role="img"' in page
    assert "Incidents by day." in page


def test_a_proposal_becomes_a_problem_once(desk: Any):
    candidate = repeat()
    said = {"once_key": str(uuid.uuid4())}
    first, second = (desk.post(f"{PLACE}{candidate.public_id}/accept/", said) for _ in range(2))
    problem = Problem.objects.get()
    assert first["Location"] == second["Location"] == f"/w/problems/{problem.number}/"
    late = desk.post(f"{PLACE}{candidate.public_id}/dismiss/", follow=True)
    assert "Somebody has decided about this already." in late.content.decode()
    assert Candidate.objects.get().verdict == "accepted"


def test_a_proposal_is_dismissed(desk: Any):
    candidate = repeat()
    answer = desk.post(f"{PLACE}{candidate.public_id}/dismiss/", follow=True).content.decode()
    assert "twice as large" in answer
    assert "Nothing comes again" in answer


def test_who_works_no_problems_is_told_so_and_sees_no_way_here(client_of: Any):
    grants = [each for each in Role.objects.get(key="agent").grants if each != Grant.PROBLEM_WRITE]
    Role.objects.create(key="first-line", name_ko="1선", grants=grants)
    browser = client_of(UserFactory(roles=["first-line"]))
    candidate = repeat()
    assert browser.get(PLACE).status_code == 403
    assert PLACE not in browser.get("/w/incidents/").content.decode()
    for verb in ("accept", "dismiss"):
        assert browser.post(f"{PLACE}{candidate.public_id}/{verb}/").status_code == 404


def test_the_page_costs_the_same_for_two_and_for_twenty(warm: Any):
    def statements(size: int) -> int:
        while Candidate.objects.count() < size:
            repeat(f"Title {Candidate.objects.count()}", size=5)
        with CaptureQueriesContext(connection) as queries:
            assert warm.get(PLACE).status_code == 200
        return len(queries)

    assert statements(2) == statements(20)
