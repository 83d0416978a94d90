"""Looking for the root cause: the tree of whys, the cause-and-effect diagram, what happened (PRB-11)."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.errors import (
    NotAllowedError,
    NotVisibleError,
    RuleRefusedError,
    StaleVersionError,
    WrongStateError,
)
from core.models import AuditLog, OutboxEvent
from incidents.services import start_incident
from problems import services
from problems.choices import Bone
from problems.models import BoneName, Factor, Problem, Why
from problems.rootcause import MOST_LEVELS, flat, ribs, tree
from problems.selectors import bone_names_of, factors_of, story_of, whys_of
from tests.factories.accounts import AgentFactory, GroupFactory, UserFactory
from tests.factories.cmdb import make_ci
from tests.factories.incidents import make_incident
from tests.factories.problems import caused_by, make_problem
from tickets.models import Ticket
from tickets.services import apply_transition, update_ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def problem(agent: Any) -> Problem:
    """A problem whose cause is looked for."""
    return make_problem("rca", agent=agent)


def notes(problem: Problem) -> str:
    """What the cause notes say now."""
    return Problem.objects.get(pk=problem.pk).cause_notes


def outline(problem: Problem) -> list[tuple[int, str]]:
    """The tree as it is read: level and answer."""
    return [(node.level, node.why.answer) for node in flat(tree(whys_of(problem.pk)))]


# the tree of whys


def test_answers_make_a_tree_in_the_order_in_which_they_were_given(agent: Any, problem: Problem):
    first = services.add_why(problem.pk, actor=agent, answer="The certificate had expired.")
    second = services.add_why(problem.pk, actor=agent, answer="The clock was wrong.")
    services.add_why(problem.pk, actor=agent, answer="Nobody renewed it.", above=first.public_id)
    services.add_why(problem.pk, actor=agent, answer="The time server was down.", above=second.public_id)
    services.add_why(problem.pk, actor=agent, answer="Nobody was told.", above=first.public_id)
    assert outline(problem) == [
        (1, "The certificate had expired."),
        (2, "Nobody renewed it."),
        (2, "Nobody was told."),
        (1, "The clock was wrong."),
        (2, "The time server was down."),
    ]


def test_a_tree_has_eight_levels_and_a_problem_a_hundred_answers(agent: Any, problem: Problem):
    above = None
    for level in range(MOST_LEVELS):
        above = services.add_why(problem.pk, actor=agent, answer=f"Because {level}", above=above).public_id
    with pytest.raises(RuleRefusedError) as refusal:
        services.add_why(problem.pk, actor=agent, answer="Because", above=above)
    assert refusal.value.errors[0].field == "above"
    Why.objects.bulk_create(Why(problem=problem, answer=f"Also {each}") for each in range(92))
    with pytest.raises(RuleRefusedError) as refusal:
        services.add_why(problem.pk, actor=agent, answer="One more")
    assert "100" in str(refusal.value.detail)
    assert Why.objects.filter(problem=problem.pk).count() == 100


def test_an_answer_of_another_problem_is_as_absent(agent: Any, problem: Problem):
    foreign = services.add_why(make_problem(agent=agent).pk, actor=agent, answer="Elsewhere")
    for above in (foreign.public_id, uuid.uuid4()):
        with pytest.raises(RuleRefusedError) as refusal:
            services.add_why(problem.pk, actor=agent, answer="Because", above=above)
        assert (refusal.value.errors[0].field, refusal.value.errors[0].code) == ("above", "does_not_exist")
    for write in (
        lambda: services.change_why(problem.pk, foreign.public_id, actor=agent, answer="Mine now"),
        lambda: services.remove_why(problem.pk, foreign.public_id, actor=agent),
    ):
        with pytest.raises(NotVisibleError):
            write()
    assert Why.objects.get().answer == "Elsewhere"


def test_taking_an_answer_away_takes_all_below_it(agent: Any, problem: Problem):
    first = services.add_why(problem.pk, actor=agent, answer="One")
    below = services.add_why(problem.pk, actor=agent, answer="Two", above=first.public_id)
    services.add_why(problem.pk, actor=agent, answer="Three", above=below.public_id)
    services.add_why(problem.pk, actor=agent, answer="Beside")
    services.remove_why(problem.pk, first.public_id, actor=agent)
    assert outline(problem) == [(1, "Beside")]


# the root cause and the cause notes


def test_marking_the_root_cause_fills_empty_cause_notes(agent: Any, problem: Problem):
    why = services.add_why(problem.pk, actor=agent, answer="Nobody renews.", evidence="No task for it.")
    services.change_why(problem.pk, why.public_id, actor=agent, is_root=True)
    assert notes(problem) == "Nobody renews.\n\nNo task for it."
    assert Ticket.objects.get(pk=problem.pk).activities.filter(kind="field").exists()


def test_the_notes_follow_the_root_cause_until_a_person_edits_them(agent: Any, problem: Problem):
    first = services.add_why(problem.pk, actor=agent, answer="One")
    second = services.add_why(problem.pk, actor=agent, answer="Two")
    services.change_why(problem.pk, first.public_id, actor=agent, is_root=True)
    services.change_why(problem.pk, first.public_id, actor=agent, answer="One, better said")
    assert notes(problem) == "One, better said"
    services.change_why(problem.pk, second.public_id, actor=agent, is_root=True)
    assert notes(problem) == "Two"
    assert [row.is_root for row in whys_of(problem.pk)] == [False, True]
    update_ticket(problem.pk, actor=agent, cause_notes="What I found out.")
    services.change_why(problem.pk, first.public_id, actor=agent, is_root=True)
    services.change_why(problem.pk, first.public_id, actor=agent, answer="Said anew")
    assert notes(problem) == "What I found out."


def test_without_the_mark_the_notes_stay(agent: Any, problem: Problem):
    why = services.add_why(problem.pk, actor=agent, answer="One")
    services.change_why(problem.pk, why.public_id, actor=agent, is_root=True)
    services.change_why(problem.pk, why.public_id, actor=agent, is_root=False)
    services.remove_why(problem.pk, why.public_id, actor=agent)
    assert notes(problem) == "One"


def test_no_way_of_writing_makes_two_root_causes(problem: Problem):
    Why.objects.create(problem=problem, answer="One", is_root=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        Why.objects.create(problem=problem, answer="Two", is_root=True)


# the diagram


def test_the_diagram_has_six_categories_which_a_problem_names_as_it_likes(agent: Any, problem: Problem):
    services.add_factor(problem.pk, actor=agent, bone="partners", text="The contract says nothing of it")
    services.name_bone(problem.pk, "partners", actor=agent, name="  Contracts ")
    shown = ribs(bone_names_of(problem.pk), factors_of(problem.pk))
    assert [rib.bone for rib in shown] == Bone.values
    assert (shown[4].name, shown[4].is_renamed) == ("Contracts", True)
    assert [row.text for row in shown[4].factors] == ["The contract says nothing of it"]
    assert not shown[0].is_renamed
    services.name_bone(problem.pk, "partners", actor=agent, name="")
    assert not BoneName.objects.exists()


def test_a_possible_cause_is_confirmed_moved_and_taken_away(agent: Any, problem: Problem):
    row = services.add_factor(problem.pk, actor=agent, bone="people", text="Nobody on duty")
    assert row.standing == "suspected"
    row = services.change_factor(problem.pk, row.public_id, actor=agent, standing="confirmed", bone="process")
    assert (row.bone, row.text, row.standing) == ("process", "Nobody on duty", "confirmed")
    services.remove_factor(problem.pk, row.public_id, actor=agent)
    assert not Factor.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"bone": "none", "text": "x"}, "bone"),
        ({"bone": "more", "text": "x"}, "bone"),
        ({"bone": "people", "text": " "}, "text"),
        ({"bone": "people", "text": "x" * 301}, "text"),
        ({"bone": "people", "text": "x\x00"}, "text"),
        ({"bone": "people", "text": "x", "standing": "maybe"}, "standing"),
    ],
)
def test_what_no_diagram_holds_is_refused(fields: dict[str, Any], field: str, agent: Any, problem: Problem):
    with pytest.raises(RuleRefusedError) as refusal:
        services.add_factor(problem.pk, actor=agent, **fields)
    assert refusal.value.errors[0].field == field
    assert not Factor.objects.exists()


def test_a_diagram_holds_120_causes(agent: Any, problem: Problem):
    Factor.objects.bulk_create(Factor(problem=problem, bone="people", text=str(each)) for each in range(120))
    with pytest.raises(RuleRefusedError) as refusal:
        services.add_factor(problem.pk, actor=agent, bone="people", text="One more")
    assert "120" in str(refusal.value.detail)


# who may, and what is left behind


def writes(problem: Problem, why: Why, factor: Factor, actor: Any) -> list[Any]:
    """Each way to change the analysis."""
    pk = problem.pk
    return [
        lambda: services.add_why(pk, actor=actor, answer="x"),
        lambda: services.change_why(pk, why.public_id, actor=actor, answer="x"),
        lambda: services.remove_why(pk, why.public_id, actor=actor),
        lambda: services.name_bone(pk, "people", actor=actor, name="x"),
        lambda: services.add_factor(pk, actor=actor, bone="people", text="x"),
        lambda: services.change_factor(pk, factor.public_id, actor=actor, text="x"),
        lambda: services.remove_factor(pk, factor.public_id, actor=actor),
    ]


def test_nobody_else_changes_an_analysis_and_nobody_that_of_a_closed_problem(agent: Any, group: Any):
    hidden = GroupFactory(is_restricted=True)
    insider = AgentFactory(groups=[hidden])
    problem = make_problem("rca", agent=insider, group=hidden)
    why = services.add_why(problem.pk, actor=insider, answer="One")
    factor = services.add_factor(problem.pk, actor=insider, bone="people", text="One")
    for actor in (agent, UserFactory()):
        for write in writes(problem, why, factor, actor):
            with pytest.raises((NotVisibleError, NotAllowedError)):
                write()
    apply_transition(Problem, problem.pk, "cancel", actor=insider, reason_text="None.")
    for write in writes(problem, why, factor, insider):
        with pytest.raises(WrongStateError):
            write()
    assert (Why.objects.get().answer, Factor.objects.get().text) == ("One", "One")


def test_who_read_an_older_version_is_refused(agent: Any, problem: Problem):
    why = services.add_why(problem.pk, actor=agent, answer="One")
    factor = services.add_factor(problem.pk, actor=agent, bone="people", text="One")
    services.change_why(problem.pk, why.public_id, actor=agent, expected_version=1, answer="Two")
    services.change_factor(problem.pk, factor.public_id, actor=agent, expected_version=1, text="Two")
    for write in (
        lambda: services.change_why(problem.pk, why.public_id, actor=agent, expected_version=1, answer="x"),
        lambda: services.remove_why(problem.pk, why.public_id, actor=agent, expected_version=1),
        lambda: services.change_factor(
            problem.pk, factor.public_id, actor=agent, expected_version=1, text="x"
        ),
        lambda: services.remove_factor(problem.pk, factor.public_id, actor=agent, expected_version=1),
    ):
        with pytest.raises(StaleVersionError):
            write()
    assert (Why.objects.get().answer, Factor.objects.get().text) == ("Two", "Two")


def test_each_change_is_recorded_and_told(agent: Any, problem: Problem):
    why = services.add_why(problem.pk, actor=agent, answer="One")
    factor = services.add_factor(problem.pk, actor=agent, bone="people", text="One")
    for write in writes(problem, why, factor, agent)[1:]:
        write()
    told = OutboxEvent.objects.filter(name="problem.analysed", payload__ticket_id=problem.pk)
    assert told.count() == 8
    actions = AuditLog.objects.filter(object_ref=problem.number).values_list("action", flat=True)
    assert {"answered", "answer_changed", "answer_removed", "bone_named", "factor_added"} <= set(actions)
    assert {"factor_changed", "factor_removed"} <= set(actions)


# what happened


def test_the_story_begins_72_hours_before_the_first_incident(agent: Any, group: Any):
    item = make_ci()
    problem = make_problem("rca", agent=agent, group=group, ci=item)
    first = caused_by(problem, "in_progress", group=group)
    before = make_incident(group=group, ci=item)
    long_ago = make_incident(group=group, ci=item)
    start_incident(before.pk, actor=agent)
    moments = {first.pk: 0, before.pk: 71, long_ago.pk: 73}
    for pk, hours in moments.items():
        Ticket.objects.filter(pk=pk).update(opened_at=problem.opened_at - dt.timedelta(hours=hours))
    numbers = {row.ticket.number for row in story_of(agent, problem)}
    assert {problem.number, first.number, before.number} <= numbers


def test_the_story_tells_nothing_that_the_reader_may_not_see(agent: Any, group: Any):
    item = make_ci()
    problem = make_problem("rca", agent=agent, group=group, ci=item)
    seen = make_incident(group=group, ci=item)
    secret = make_incident(group=GroupFactory(is_restricted=True), ci=item)
    linked = caused_by(problem, "new", group=GroupFactory(is_restricted=True))
    numbers = {row.ticket.number for row in story_of(agent, problem)}
    assert seen.number in numbers
    assert not {secret.number, linked.number} & numbers


def test_the_story_ends_when_the_problem_was_resolved(agent: Any, group: Any):
    problem = make_problem("resolved", agent=agent, group=group, ci=make_ci())
    late = make_incident(group=group, ci=problem.ci)
    assert late.number in {row.ticket.number for row in story_of(agent, problem)}
    problem.resolved_at = late.opened_at - dt.timedelta(seconds=1)
    assert story_of(agent, problem) == []
