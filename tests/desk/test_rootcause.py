"""The page of a problem's root cause: all of it by plain forms."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from problems import services
from problems.choices import Bone
from problems.models import BoneName, Factor, Problem, Why
from tests.desk.test_relations import url
from tests.factories.incidents import make_incident
from tests.factories.problems import caused_by, make_problem
from tickets.services import apply_transition

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(agent: Any) -> Problem:
    """A problem whose cause is looked for."""
    return make_problem("rca", agent=agent)


def place(problem: Problem, below: str = "root-cause") -> str:
    """An address below the problem's own."""
    return url(problem, below, "problems")


def shown(desk: Any, problem: Problem, query: str = "") -> str:
    """The page."""
    answer = desk.get(f"{place(problem)}{query}")
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_page_is_linked_from_the_problem_and_invites_the_first_answer(desk: Any, problem: Problem):
    assert place(problem) in desk.get(f"/w/problems/{problem.number}/").content.decode()
    page = shown(desk, problem)
    assert "?form=why#asked" in page
    assert page.count('class="fishbone__rib"') == 6
    assert 'name="answer"' not in page
    assert 'name="answer"' in shown(desk, problem, "?form=why")


def test_answers_are_given_changed_marked_and_taken_away(desk: Any, problem: Problem):
    said = desk.post(place(problem, "whys"), {"answer": "The certificate had expired.", "evidence": "Log"})
    first = Why.objects.get()
    assert said["Location"] == f"{place(problem)}#why-{first.public_id}"
    form = shown(desk, problem, f"?form=why&above={first.public_id}")
    assert f'value="{first.public_id}"' in form
    desk.post(place(problem, "whys"), {"answer": "Nobody renews.", "above": str(first.public_id)})
    second = Why.objects.get(above=first)
    one = place(problem, f"whys/{second.public_id}")
    assert 'value="Nobody renews."' in shown(desk, problem, f"?form=edit-why&of={second.public_id}")
    desk.post(one, {"answer": "Renewing is nobody's task.", "lock_version": "1"})
    desk.post(f"{one}root/", {"is_root": "1"})
    assert Problem.objects.get().cause_notes == "Renewing is nobody's task."
    assert "data-root" in shown(desk, problem)
    desk.post(f"{one}root/", {"is_root": "0"})
    assert "data-root" not in shown(desk, problem)
    desk.post(f"{place(problem, f'whys/{first.public_id}')}remove/")
    assert not Why.objects.exists()


def test_possible_causes_are_given_changed_named_and_taken_away(desk: Any, problem: Problem):
    cause = {"text": "No calendar entry", "bone": "process", "standing": "suspected"}
    desk.post(place(problem, "factors"), cause)
    row = Factor.objects.get()
    one = place(problem, f"factors/{row.public_id}")
    assert 'value="No calendar entry"' in shown(desk, problem, f"?form=edit-factor&of={row.public_id}")
    desk.post(one, cause | {"standing": "confirmed", "lock_version": "1"})
    desk.post(place(problem, "bones/process"), {"name": "Duties"})
    page = shown(desk, problem)
    assert "Duties" in page
    assert 'data-standing="confirmed"' in page
    assert 'value="Duties"' in shown(desk, problem, "?form=bone&bone=process")
    desk.post(f"{one}remove/")
    desk.post(place(problem, "bones/process"), {"name": ""})
    assert not Factor.objects.exists()
    assert not BoneName.objects.exists()


def test_what_does_not_fit_comes_back_with_what_was_typed(desk: Any, problem: Problem):
    refused = desk.post(place(problem, "whys"), {"answer": "", "evidence": "Seen in the log"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'id="id_why_answer_error"' in page
    assert "Seen in the log" in page
    refused = desk.post(place(problem, "factors"), {"text": "x", "bone": "more", "standing": "suspected"})
    assert refused.status_code == 422
    assert 'id="id_factor_bone_error"' in refused.content.decode()
    assert desk.post(place(problem, "bones/more"), {"name": "x"}).status_code == 422
    assert desk.post(place(problem, "bones/people"), {"name": "x" * 61}).status_code == 422
    assert not Why.objects.exists()


def test_who_was_slower_sees_both_and_saves_knowingly(desk: Any, agent: Any, problem: Problem):
    why = services.add_why(problem.pk, actor=agent, answer="One")
    services.change_why(problem.pk, why.public_id, actor=agent, answer="Two")
    one = place(problem, f"whys/{why.public_id}")
    stale = desk.post(one, {"answer": "Mine", "lock_version": "1"})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert 'value="Mine"' in page
    assert "<b>Two</b>" in page
    assert 'name="lock_version" value="2"' in page
    assert desk.post(one, {"answer": "Mine", "lock_version": "2"}).status_code == 302
    assert Why.objects.get().answer == "Mine"


def test_a_form_that_is_sent_twice_acts_once(desk: Any, problem: Problem):
    said = {"answer": "One", "once_key": str(uuid.uuid4())}
    cause = {"text": "One", "bone": "people", "standing": "suspected", "once_key": str(uuid.uuid4())}
    for _again in range(2):
        assert desk.post(place(problem, "whys"), said).status_code == 302
        assert desk.post(place(problem, "factors"), cause).status_code == 302
    assert (Why.objects.count(), Factor.objects.count()) == (1, 1)


def test_a_closed_problem_is_read_and_not_changed(desk: Any, agent: Any, problem: Problem):
    services.add_why(problem.pk, actor=agent, answer="One")
    apply_transition(Problem, problem.pk, "cancel", actor=agent, reason_text="None.")
    page = shown(desk, problem, "?form=why")
    assert "One" in page
    assert 'name="answer"' not in page
    assert 'href="?form=' not in page
    assert desk.post(place(problem, "whys"), {"answer": "x"}).status_code == 409


def test_other_kinds_have_no_such_page(desk: Any, group: Any):
    incident = make_incident(group=group)
    assert desk.get(url(incident, "root-cause")).status_code == 404
    assert desk.post(url(incident, "whys"), {"answer": "x"}).status_code == 404


def test_all_of_it_is_kept_as_text(desk: Any, agent: Any, problem: Problem):
    first = services.add_why(problem.pk, actor=agent, answer="Expired", evidence="Seen\nin the log")
    why = services.add_why(problem.pk, actor=agent, answer="Nobody renews", above=first.public_id)
    services.change_why(problem.pk, why.public_id, actor=agent, is_root=True)
    services.add_factor(problem.pk, actor=agent, bone="process", text="No entry", standing="confirmed")
    incident = caused_by(problem, "new")
    answer = desk.get(place(problem, "root-cause/text"))
    text = answer.content.decode()
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert f'filename="{problem.number}-root-cause.md"' in answer["Content-Disposition"]
    assert "- Expired\n  Seen\n  in the log\n  - Nobody renews (" in text
    assert "  - No entry (" in text
    assert incident.number in text
    assert text.rstrip().endswith("Nobody renews")


def test_the_page_asks_the_same_of_the_database_for_2_and_20(desk: Any, agent: Any, problem: Problem):
    def asked(count: int) -> int:
        above = None
        for each in range(count):
            above = services.add_why(problem.pk, actor=agent, answer=str(each), above=above).public_id
            above = above if each % 6 else None
            services.add_factor(problem.pk, actor=agent, bone=Bone.values[each % 6], text=str(each))
            caused_by(problem, "new")
        shown(desk, problem)
        with CaptureQueriesContext(connection) as seen:
            shown(desk, problem)
        return len(seen)

    assert asked(2) == asked(18)
