"""Which incidents come again, what is kept of them, and what people decide (PRB-09, PRB-10)."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotAllowedError, NotVisibleError, WrongStateError
from core.models import AuditLog
from core.settings_store import change
from problems import services
from problems.choices import Reason
from problems.models import Candidate, CandidateMember, Problem
from problems.recurrence import Recurrence, Seen, alike, repeated, share
from problems.selectors import candidates_for, incidents_of, seen_incidents
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.factories.cmdb import make_ci
from tests.factories.incidents import make_incident
from tests.factories.problems import make_problem
from tickets.models import Ticket
from tickets.services import apply_transition, link

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
NEVER = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def seen(pk: int, **more: Any) -> Seen:
    """An incident as the detection knows it."""
    fields: dict[str, Any] = {"company_id": 1, "group_id": None, "ci_id": 7, "category": "network"}
    fields |= {"priority": 3, "opened_at": NOON, "text": "the gateway is away"}
    return Seen(pk=pk, **fields | more)


# groups


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, 1),
        ({"ci_id": None}, 0),
        ({"ci_id": 8}, 0),
        ({"category": "hardware"}, 0),
        ({"company_id": 2}, 0),
        ({"group_id": 5}, 0),
    ],
)
def test_five_on_one_item_in_one_category_repeat(more: dict[str, Any], found: int):
    rows = [*(seen(pk) for pk in range(1, 5)), seen(5, **more)]
    assert len(repeated(rows, least=5)) == found


def test_likeness_joins_through_others():
    rows = [seen(pk) for pk in range(1, 8)]
    groups = alike(rows, [(1, 2), (2, 3), (5, 6), (99, 1)], least=3)
    assert [sorted(group.pks) for group in groups] == [[1, 2, 3]]


@given(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 12)), max_size=30))
def test_groups_are_the_connected_parts(pairs: list[tuple[int, int]]):
    found = {group.pks for group in alike([seen(pk) for pk in range(1, 13)], pairs, least=1)}
    parts = [{pk} for pk in range(1, 13)]
    for one, other in pairs:  # the plain way
        left = next(part for part in parts if one in part)
        right = next(part for part in parts if other in part)
        if left is not right:
            parts.remove(right)
            left |= right
    assert found == {frozenset(part) for part in parts}


@pytest.mark.parametrize(
    ("priorities", "days", "score"),
    [([3] * 5, 5, 15), ([3] * 5, 1, 3), ([1] * 5, 5, 25), ([5] * 5, 5, 5), ([1, 5], 2, 6)],
)
def test_what_is_urgent_and_comes_each_day_weighs_more(priorities: list[int], days: int, score: float):
    rows = [
        seen(pk, priority=priority, opened_at=NOON + dt.timedelta(days=pk % days))
        for pk, priority in enumerate(priorities)
    ]
    assert Recurrence(Reason.REPEATED, tuple(rows)).score == score


def test_a_mark_stays_while_the_group_grows_and_no_two_groups_share_one():
    rows = [seen(pk) for pk in range(1, 6)]
    group, grown = Recurrence(Reason.REPEATED, tuple(rows)), Recurrence(Reason.REPEATED, (*rows, seen(6)))
    assert group.signature == grown.signature
    others = [{"ci_id": 8}, {"category": "x"}, {"company_id": 2}, {"group_id": 5}, {"text": "other"}]
    marks = {Recurrence(Reason.ALIKE, (seen(1, **more),)).signature for more in [{}, *others]}
    assert len(marks) == len(others) + 1


@pytest.mark.parametrize(
    ("one", "other", "part"), [({1, 2}, {2, 3, 4}, 0.5), ({1}, {1, 2, 3}, 1), ({1}, {2}, 0), (set(), {1}, 0)]
)
def test_what_two_groups_have_in_common(one: set[int], other: set[int], part: float):
    assert share(one, other) == share(other, one) == part


# what is looked at


@pytest.mark.django_db
def test_what_is_explained_withdrawn_or_counted_elsewhere_is_left_out(agent: Any):
    plain = make_incident()
    explained, freed, old = make_incident(), make_incident(), make_incident()
    problem, canceled = make_problem(agent=agent), make_problem(agent=agent)
    link(explained.pk, actor=None, target=problem, type="caused_by")
    link(freed.pk, actor=None, target=canceled, type="caused_by")
    apply_transition(Problem, canceled.pk, "cancel", actor=agent, reason_text="None.")
    make_incident("cancelled")
    Ticket.objects.filter(pk=make_incident("resolved").pk).update(close_code="duplicate")
    Ticket.objects.filter(pk=make_incident().pk).update(parent=plain)
    Ticket.objects.filter(pk=old.pk).update(opened_at=NEVER)
    since = plain.opened_at - dt.timedelta(days=1)
    assert [each.pk for each in seen_incidents(since)] == [plain.pk, freed.pk]


# finding


def five(title: str = "Printer on floor 3 is jammed", **fields: Any) -> list[Any]:
    """Five incidents on one item."""
    fields = {"ci": make_ci(), "category": "hardware"} | fields
    return [make_incident(title=title, **fields) for _ in range(5)]


def members(candidate: Candidate) -> set[int]:
    """Its incidents."""
    return set(CandidateMember.objects.filter(candidate=candidate).values_list("incident", flat=True))


@pytest.mark.django_db
def test_five_on_one_item_are_proposed_once_and_one_more_joins_them():
    rows = five()
    for _ in range(2):
        assert services.look_for_recurrence(texts=False) == 1
    candidate = Candidate.objects.get()
    assert (candidate.reason, candidate.size, members(candidate)) == ("repeated", 5, {r.pk for r in rows})
    more = make_incident(title="Paper", ci=rows[0].ci, category="hardware")
    services.look_for_recurrence(texts=True)
    candidate.refresh_from_db()
    assert (candidate.size, more.pk in members(candidate)) == (6, True)


@pytest.mark.django_db
def test_titles_that_are_alike_are_found_in_both_languages_and_only_with_texts():
    wireless = ("3층 회의실 와이파이가 끊겨요", "5층 회의실 와이파이가 끊겨요", "3층 회의실 와이파이 끊김")
    backups = ("Backup of db-01 failed", "Backup of db-07 failed", "The backup of db-12 has failed")
    for category, titles in (("network", wireless), ("software", backups)):
        for title in titles:
            make_incident(title=title, category=category)
    make_incident(title="메일이 안 와요", category="network")
    make_incident(title="Backup of db-01 failed", category="hardware")
    assert services.look_for_recurrence(texts=False) == 0
    assert services.look_for_recurrence(texts=True) == 2
    assert sorted(Candidate.objects.values_list("reason", "size", "category")) == [
        ("alike", 3, "network"),
        ("alike", 3, "software"),
    ]


@pytest.mark.django_db
def test_planted_clusters_are_found_and_little_else():
    """FEATURES FT-61: precision at least 0.8."""
    rng = random.Random(20261130)
    letters = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허"

    def words(number: int) -> list[str]:
        return ["".join(rng.choices(letters, k=rng.randint(2, 4))) for _ in range(number)]

    def reported(said: list[str]) -> int:
        return int(make_incident(title=" ".join(said), category="network").pk)

    planted: list[set[int]] = []
    for _ in range(12):
        kept = words(4)
        planted.append({reported([*kept, *words(1), str(rng.randint(1, 99))]) for _ in range(4)})
    for _ in range(60):
        reported(words(5))
    services.look_for_recurrence(texts=True)
    found = [members(each) for each in Candidate.objects.all()]
    right = [each for each in found if any(each <= group for group in planted)]
    assert len(right) >= 0.8 * len(found)
    assert len(right) >= 0.8 * len(planted)


@pytest.mark.django_db
def test_what_is_explained_meanwhile_is_proposed_no_more(agent: Any):
    rows = five()
    services.look_for_recurrence(texts=False)
    problem = make_problem(agent=agent)
    link(rows[0].pk, actor=None, target=problem, type="caused_by")
    assert services.look_for_recurrence(texts=False) == 0
    assert not Candidate.objects.exists()


@pytest.mark.django_db
def test_a_search_without_texts_leaves_what_texts_found():
    for number in range(3):
        make_incident(title=f"Backup of db-{number} failed")
    services.look_for_recurrence(texts=True)
    assert services.look_for_recurrence(texts=False) == 1


# deciding


@pytest.mark.django_db
def test_accepted_it_is_a_problem_that_causes_all_of_them(agent: Any):
    rows = five(impact=2, urgency=2)
    services.look_for_recurrence(texts=False)
    candidate = Candidate.objects.get()
    problem = services.accept_candidate(candidate.public_id, actor=agent)
    assert {each.pk for each in incidents_of(problem.pk)} == {each.pk for each in rows}
    assert (problem.title, problem.ci, problem.priority) == (rows[-1].title, rows[0].ci, rows[0].priority)
    assert all(each.number in problem.description for each in rows)
    candidate.refresh_from_db()
    assert (candidate.verdict, candidate.problem, candidate.decided_by) == ("accepted", problem, agent)
    assert AuditLog.objects.filter(table="problems_candidate", action="accepted").exists()
    assert services.look_for_recurrence(texts=True) == 0
    for decide in (services.accept_candidate, services.dismiss_candidate):
        with pytest.raises(WrongStateError):
            decide(candidate.public_id, actor=agent)
    assert Problem.objects.count() == 1


@pytest.mark.django_db
def test_dismissed_it_comes_back_when_it_is_twice_as_large(agent: Any):
    rows = five()
    services.look_for_recurrence(texts=False)
    services.dismiss_candidate(Candidate.objects.get().public_id, actor=agent)
    for _ in range(4):
        make_incident(title="Paper", ci=rows[0].ci, category="hardware")
    assert services.look_for_recurrence(texts=True) == 0
    assert Candidate.objects.get().size == 9
    make_incident(title="Paper", ci=rows[0].ci, category="hardware")
    assert services.look_for_recurrence(texts=True) == 1
    assert Candidate.objects.get().decided_by is None


@pytest.mark.django_db
def test_dismissed_as_alike_it_is_not_proposed_as_repeated(agent: Any):
    change("problem.candidate_alike", 3, actor=None)
    item = make_ci()
    for _ in range(3):
        make_incident(title="Printer is jammed", ci=item, category="hardware")
    services.look_for_recurrence(texts=True)
    services.dismiss_candidate(Candidate.objects.get().public_id, actor=agent)
    for _ in range(2):
        make_incident(title="Printer is jammed", ci=item, category="hardware")
    assert services.look_for_recurrence(texts=True) == 0
    assert Candidate.objects.get().reason == "repeated"


# who sees it


@pytest.mark.django_db
def test_only_who_sees_all_of_it_sees_it_at_all():
    hidden = GroupFactory(is_restricted=True)
    insider, outsider = AgentFactory(groups=[hidden]), AgentFactory()
    five(group=hidden)
    services.look_for_recurrence(texts=False)
    candidate = Candidate.objects.get()
    assert candidate.group == hidden
    assert list(candidates_for(insider)) == [candidate]
    for person in (outsider, UserFactory(), AgentFactory(company=CompanyFactory())):
        assert not candidates_for(person).exists()
        for decide in (services.accept_candidate, services.dismiss_candidate):
            with pytest.raises((NotVisibleError, NotAllowedError)):
                decide(candidate.public_id, actor=person)
    problem = services.accept_candidate(candidate.public_id, actor=insider)
    assert problem.group == hidden


@pytest.mark.django_db
def test_restricted_incidents_never_complete_a_group_of_others():
    item, hidden = make_ci(), GroupFactory(is_restricted=True)
    for number in range(5):
        make_incident(ci=item, category="hardware", group=hidden if number else None)
    assert services.look_for_recurrence(texts=False) == 0


@pytest.mark.django_db
def test_one_that_was_moved_to_a_restricted_group_hides_what_it_is_in(agent: Any):
    rows = five()
    services.look_for_recurrence(texts=False)
    assert candidates_for(agent).exists()
    Ticket.objects.filter(pk=rows[0].pk).update(group=GroupFactory(is_restricted=True))
    assert not candidates_for(agent).exists()
