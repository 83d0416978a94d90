"""What produces incidents: the arithmetic, what is counted, for whom, and the problem made of it."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.choices import Grant
from accounts.models import Role
from core.errors import NotAllowedError, NotVisibleError, WrongStateError
from core.models import OutboxEvent
from problems import services
from problems.choices import TrendBy
from problems.models import Problem
from problems.selectors import incidents_of
from problems.services.trending import MOST_LINKED
from problems.trend_selectors import counted, known_for, span_for, trends_for
from problems.trends import Span, Trend, in_order, is_rising, rise, total_of
from tests.factories.accounts import (
    AgentFactory,
    CompanyFactory,
    DepartmentFactory,
    GroupFactory,
    UserFactory,
)
from tests.factories.cmdb import make_ci
from tests.factories.incidents import make_incident
from tests.factories.problems import caused_by, make_problem
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
counts = st.integers(0, 3000)
WEEK = dt.timedelta(days=7)


# arithmetic


@pytest.mark.parametrize(
    ("now", "before", "rises"),
    [
        (4, 0, False), (5, 0, True), (5, 1, False), (7, 1, True), (9, 2, True), (12, 4, True), (12, 5, False),
        (100, 75, False), (100, 74, True), (5, 5, False), (0, 0, False), (3, 30, False),
    ],
)  # fmt: skip
def test_what_rises(now: int, before: int, rises: bool):
    assert is_rising(now, before) is rises


@given(counts, counts)
def test_more_now_or_less_before_never_calms(now: int, before: int):
    if is_rising(now, before):
        assert is_rising(now + 1, before)
        assert before == 0 or is_rising(now, before - 1)
        assert not is_rising(before, now)


@given(counts, counts)
def test_the_rule_is_its_formula(now: int, before: int):
    assert is_rising(now, before) == (now >= 5 and rise(now, before) >= 1.96 - 1e-12)
    assert rise(now, before) == -rise(before, now)


@given(st.integers(0, 200), st.integers(0, 200))
def test_the_exact_test_agrees_that_chance_would_seldom_do_it(now: int, before: int):
    """Of ``now + before`` tosses at least ``now`` heads: at most one in twenty where the rule says rising."""
    if is_rising(now, before):
        whole = now + before
        assert sum(math.comb(whole, heads) for heads in range(now, whole + 1)) / 2**whole <= 0.05


@given(st.sampled_from([4, 13, 26]), st.dates(dt.date(2001, 1, 1), dt.date(2100, 1, 1)))
def test_the_periods_are_equal_and_side_by_side(weeks: int, last: dt.date):
    span = Span(weeks, last, "Asia/Seoul")
    assert (span.end - span.begin) == (span.begin - span.begin_before) == weeks * WEEK
    assert (span.last - span.first).days == (span.last_before - span.first_before).days == 7 * weeks - 1
    assert span.week_days()[weeks] == span.first
    assert len(span.week_days()) == 2 * weeks


def row(key: str, before: int, now: int, **more: Any) -> Trend:
    """A row of one week each."""
    return Trend(key, key, (before, now), **more)


def test_the_order_is_what_rises_then_what_is_large():
    rows = [row("large", 90, 100), row("gone", 9, 0), row("small", 0, 1), row("b", 0, 9), row("c", 0, 30)]
    assert [each.key for each in in_order(rows)] == ["c", "b", "large", "small"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=8))
def test_the_total_is_the_sum(pairs: list[tuple[int, int]]):
    total = total_of([row(str(n), *pair) for n, pair in enumerate(pairs)], 1)
    assert (total.before, total.now) == (sum(b for b, _n in pairs), sum(n for _b, n in pairs))


def test_figures_of_nothing_are_none():
    nothing = row("x", 0, 0)
    assert (nothing.growth, nothing.reopened_percent, nothing.mean_seconds) == (None, None, None)
    some = row("x", 4, 3, reopened=1, resolved=2, seconds=7200, explained=1)
    assert (some.growth, some.reopened_percent, some.mean_seconds, some.unexplained) == (-25, 33.3, 3600, 2)


# what is counted


@pytest.fixture
def agent() -> Any:
    """Somebody who works problems."""
    return AgentFactory()


def made(days_ago: float = 1, state: str = "new", **fields: Any) -> Any:
    """An incident that was opened so many days ago."""
    incident = make_incident(state, **fields)
    moment = incident.opened_at - dt.timedelta(days=days_ago)
    Ticket.objects.filter(pk=incident.pk).update(opened_at=moment)
    return incident


def found(actor: Any, by: TrendBy = TrendBy.CATEGORY, weeks: int = 4) -> Any:
    """The trends that ``actor`` sees."""
    return trends_for(actor, by, span_for(actor, weeks))


def test_incidents_are_counted_by_week(agent: Any):
    for days in (0, 1, 8, 30, 30, 55, 60):
        made(days, category="network")
    [trend] = found(agent).rows
    assert (trend.key, trend.now, trend.before, sum(trend.counts)) == ("network", 3, 3, 6)
    assert trend.counts[-2:] == (1, 2)
    assert (trend.counts[0], trend.counts[3]) == (1, 2)


def test_the_figures_are_of_the_later_period(agent: Any):
    made(40, "resolved", category="mail", agent=agent)
    done = made(0, "resolved", category="mail", agent=agent)
    Ticket.objects.filter(pk=done.pk).update(
        opened_at=done.resolved_at - dt.timedelta(hours=5), reopen_count=2
    )
    caused_by(make_problem(category="network"), category="mail")
    caused_by(make_problem("closed", category="network"), category="mail")
    [trend] = found(agent).rows
    assert (trend.now, trend.before, trend.reopened, trend.resolved) == (3, 1, 1, 1)
    assert (trend.mean_seconds, trend.explained, trend.unexplained) == (5 * 3600, 2, 1)


def test_withdrawn_ones_duplicates_and_children_do_not_count(agent: Any):
    parent = made(category="network")
    child = made(category="network")
    Ticket.objects.filter(pk=child.pk).update(parent=parent.pk)
    made(state="cancelled", category="network")
    twice = made(category="network")
    Ticket.objects.filter(pk=twice.pk).update(close_code="duplicate")
    assert found(agent).rows[0].now == 1


def test_each_way_of_counting_has_its_own_rows(agent: Any, group: Any):
    service, laptop = make_ci(class_key="service"), make_ci()
    person = UserFactory(department=DepartmentFactory(key="sales"))
    for ci in (service, laptop, None):
        made(ci=ci, group=group, requester=person, category="")
    assert [(t.key, t.now) for t in found(agent, TrendBy.SERVICE).rows] == [(service.number, 1)]
    assert [(t.key, t.name) for t in found(agent, TrendBy.ITEM).rows] == [(laptop.number, laptop.name)]
    assert [(t.key, t.now) for t in found(agent, TrendBy.GROUP).rows] == [(group.key, 3)]
    assert [(t.key, t.now) for t in found(agent, TrendBy.DEPARTMENT).rows] == [("sales", 3)]
    by_category = found(agent)
    assert (by_category.rows, by_category.without, by_category.total.now) == ([], 3, 3)


def test_only_what_the_reader_sees_is_counted(agent: Any):
    secret = GroupFactory(is_restricted=True)
    for _ in range(3):
        made(group=secret, category="network")
    made(category="network")
    assert found(agent).rows[0].now == 1
    assert found(AgentFactory(groups=[secret])).rows[0].now == 4
    assert found(AgentFactory(company=CompanyFactory())).rows == []


def test_problems_that_may_explain_a_row_are_named(agent: Any):
    ci = make_ci()
    on_item, elsewhere = make_problem(ci=ci), make_problem(ci=make_ci())
    make_problem("closed", ci=ci)
    made(ci=ci)
    incident = caused_by(elsewhere, ci=ci)
    hidden = make_problem(ci=ci, group=GroupFactory(is_restricted=True))
    trends = found(agent, TrendBy.ITEM)
    [trend] = trends.rows
    named = [each.number for each in known_for(agent, trends, trends.rows)[trend.key]]
    assert named == [elsewhere.number, on_item.number]
    assert hidden.number not in named
    assert incident.ci_id == ci.pk


@pytest.mark.parametrize("size", [2, 20])
def test_the_figures_cost_the_same_for_two_rows_and_for_twenty(
    agent: Any, size: int, django_assert_num_queries: Any
):
    for _ in range(size):
        made(ci=make_ci())
    found(agent, TrendBy.ITEM)
    with django_assert_num_queries(5):  # zone and now, figures, names, links, problems
        trends = found(agent, TrendBy.ITEM)
        known_for(agent, trends, trends.rows)
    assert len(trends.rows) == size


def test_the_period_is_read_by_its_index(agent: Any):
    """Of a table that has years of tickets, the weeks asked for are found by DI-6."""
    requester = UserFactory(company=agent.company)
    start = make_incident(requester=requester, category="network")
    columns = {"kind": "probe", "title": "x", "state": "new", "state_rank": 10, "phase": "open"}
    Ticket.objects.bulk_create(
        [
            Ticket(
                number=f"OLD{n:07}", company=agent.company, requester=requester,
                opened_at=start.opened_at - dt.timedelta(hours=6 * n), **columns,
            )
            for n in range(8000)
        ]
    )  # fmt: skip
    span = span_for(agent, 4)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE tickets_ticket")
    plan = counted(agent, TrendBy.CATEGORY, span.begin_before, span.end).values("category").explain()
    assert "Seq Scan on tickets_ticket" not in plan
    assert "opened_at" in plan


# a problem of a row


def test_a_row_becomes_a_problem_with_its_incidents(agent: Any):
    ci = make_ci()
    rows = [made(n, ci=ci, category="network", impact=2) for n in range(1, 4)]
    rows[0] = made(0, ci=ci, category="network", impact=1)
    caused_by(make_problem(), ci=ci)
    problem = services.open_problem_for_trend(actor=agent, by="item", key=ci.number, weeks=4)
    left = Ticket.objects.filter(ci=ci, kind="incident", category="network")
    assert set(incidents_of(problem.pk)) == set(left)
    assert (problem.ci, problem.category, problem.impact) == (ci, "network", 1)
    assert problem.title == f"{ci.name}: 4주간 인시던트 5건"
    assert all(each.number in problem.description for each in left)
    assert OutboxEvent.objects.filter(name="problem.opened").count() == 2


def test_what_they_do_not_share_is_left_open(agent: Any):
    made(category="network", ci=make_ci())
    made(category="network", ci=make_ci())
    problem = services.open_problem_for_trend(
        actor=agent, by="category", key="network", weeks=4, title="Wi-Fi"
    )
    assert (problem.ci, problem.category, problem.title) == (None, "network", "Wi-Fi")


def test_the_second_one_is_refused(agent: Any):
    made(category="network")
    services.open_problem_for_trend(actor=agent, by="category", key="network", weeks=4)
    with pytest.raises(WrongStateError):
        services.open_problem_for_trend(actor=agent, by="category", key="network", weeks=4)
    assert Problem.objects.count() == 1


def test_a_restricted_groups_incidents_stay_among_themselves(agent: Any):
    secret = GroupFactory(is_restricted=True)
    insider = AgentFactory(groups=[secret])
    hidden, shown = made(0, category="network", group=secret), made(category="network")
    first = services.open_problem_for_trend(actor=insider, by="category", key="network", weeks=4)
    assert [each.number for each in incidents_of(first.pk)] == [shown.number]
    second = services.open_problem_for_trend(actor=insider, by="category", key="network", weeks=4)
    assert [each.number for each in incidents_of(second.pk)] == [hidden.number]
    assert second.group == secret
    assert hidden.number not in first.description


def test_no_more_than_a_hundred_are_linked(agent: Any, monkeypatch: pytest.MonkeyPatch):
    assert MOST_LINKED == 100
    monkeypatch.setattr("problems.services.trending.MOST_LINKED", 2)
    newest = [made(n, category="network").number for n in range(3)][:2]
    problem = services.open_problem_for_trend(actor=agent, by="category", key="network", weeks=4)
    assert {each.number for each in incidents_of(problem.pk)} == set(newest)


def _first_line() -> Any:
    grants = [each for each in Role.objects.get(key="agent").grants if each != Grant.PROBLEM_WRITE]
    Role.objects.create(key="first-line", name_ko="1선", grants=grants)
    return UserFactory(roles=["first-line"])


@pytest.mark.parametrize(
    ("who", "refusal"),
    [
        (AgentFactory, None),
        (UserFactory, NotAllowedError),
        (_first_line, NotAllowedError),
        (lambda: AgentFactory(company=CompanyFactory()), NotVisibleError),
    ],
)
def test_who_may_open_one(who: Any, refusal: Any):
    made(category="network")
    actor = who()
    if refusal is None:
        assert services.open_problem_for_trend(actor=actor, by="category", key="network", weeks=4).pk
        return
    with pytest.raises(refusal):
        services.open_problem_for_trend(actor=actor, by="category", key="network", weeks=4)
    assert not Problem.objects.exists()
