"""The figures against a table of clocks, written out."""

from __future__ import annotations

import datetime as dt

import pytest
from django.http import QueryDict
from django.utils import translation

from core.errors import BadInputError
from reports import selectors
from reports.choices import By, Verdict
from reports.filters import asked_from
from reports.periods import between, named
from reports.selectors import Tally
from tests.factories.accounts import AgentFactory, CompanyFactory, GroupFactory, UserFactory
from tests.reports.clocks import clock, on, one, promise, service, ticket

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 3, 20)


def asked(query: str = "from=2026-02-01&to=2026-03-31"):
    return asked_from(QueryDict(query), today=TODAY, zone="Asia/Seoul")


@pytest.fixture
def table(agent, group):
    """Service, team, priority, end, moment, hours left: what the tests count by hand."""
    vpn, mail = service("VPN"), service("Mail")
    other = GroupFactory(key="network", name_en="Network")
    fast, slow = promise("fast", 4), promise("slow", 40, target="response")
    rows = [
        (vpn, group, 1, fast, "met", on(2, 3), 1),
        (vpn, group, 1, fast, "missed", on(2, 27), -2),
        (vpn, other, 2, slow, "met", on(3, 2), 10),
        (mail, other, 2, fast, "met", on(3, 5), 3),
        (mail, other, 3, slow, "missed", on(3, 9), -8),
        (mail, None, 3, fast, "overdue", on(3, 12), 0),
        (None, None, 5, fast, "met", on(3, 31, 23), 4),
        (None, group, 5, slow, "cancelled", on(3, 5), 0),  # out of every figure (SLA-15)
        (vpn, group, 1, fast, "running", on(3, 5), 0),  # not over
        (vpn, group, 1, fast, "paused", on(3, 6), 0),  # a pause is no breach
        (vpn, group, 1, fast, "met", on(1, 31, 23), 1),  # before
        (vpn, group, 1, fast, "met", on(4, 1, 0), 1),  # after
    ]
    for number, (ci, team, priority, definition, how, at, left) in enumerate(rows):
        one(number, definition, how, at, left, ci=ci, group=team, priority=priority)
    return {"vpn": vpn, "mail": mail, "team": group}


def figures(report, by):
    return {row.key: (row.tally.met, row.tally.missed, row.tally.overdue) for row in report.rows[by]}


def test_every_figure_is_that_of_the_table(table, agent):
    report = selectors.report_for(agent, asked())
    assert report.total == Tally(met=4, missed=2, overdue=1)
    assert report.total.percent == 57.1
    assert report.median_s == 2 * 3600  # of 1, -2, 10, 3, -8 and 4 hours: between 1 and 3
    assert figures(report, By.SERVICE) == {
        table["vpn"].number: (2, 1, 0),
        table["mail"].number: (1, 1, 1),
        "none": (1, 0, 0),
    }
    assert figures(report, By.TEAM) == {
        table["team"].key: (1, 1, 0),
        "network": (2, 1, 0),
        "none": (1, 0, 1),
    }
    assert figures(report, By.PRIORITY) == {"1": (1, 1, 0), "2": (2, 0, 0), "3": (0, 1, 1), "5": (1, 0, 0)}
    assert figures(report, By.MONTH) == {"2026-02": (1, 1, 0), "2026-03": (3, 1, 1)}


def test_where_most_was_missed_comes_first(table, agent):
    with translation.override("en"):
        names = [row.name for row in selectors.report_for(agent, asked()).rows[By.SERVICE]]
    assert names == ["Mail", "VPN", "No service or item"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("period=2026-02", (1, 1, 0)),
        ("period=2026-Q1", (5, 2, 1)),
        ("period=month", (3, 1, 1)),
        ("", (3, 1, 1)),
        ("period=last_month", (1, 1, 0)),
        ("period=last_quarter", (0, 0, 0)),
        ("from=2026-03-05&to=2026-03-09", (1, 1, 0)),
        ("from=2026-03-31&to=2026-03-31", (1, 0, 0)),
        ("period=2026-03&priority=2&priority=3", (2, 1, 1)),
        ("period=2026-03&team=none", (1, 0, 1)),
        ("period=2026-03&team=network", (2, 1, 0)),
        ("period=2026-03&service=none", (1, 0, 0)),
        ("period=2026-03&target=response", (1, 1, 0)),
        ("period=2026-03&definition=fast", (2, 0, 1)),
        ("period=2026-03&verdict=missed", (0, 1, 0)),
        ("period=2026-03&verdict=missed&verdict=overdue", (0, 1, 1)),
        ("period=2026-03&service=CI9999999", (0, 0, 0)),
    ],
)
def test_period_and_filters_narrow(query, expected, table, agent):
    total = selectors.report_for(agent, asked(query)).total
    assert (total.met, total.missed, total.overdue) == expected


def test_every_number_opens_as_many_clocks(table, agent):
    report = selectors.report_for(agent, asked())
    for by in (By.SERVICE, By.TEAM, By.PRIORITY):
        for row in report.rows[by]:
            for verdict in Verdict:
                narrowed = asked(f"from=2026-02-01&to=2026-03-31&{by}={row.key}&verdict={verdict}")
                page = selectors.page_for(agent, narrowed)
                assert len(page.rows) == getattr(row.tally, verdict)
                assert {each.verdict for each in page.rows} <= {verdict}


def test_nothing_is_a_figure_too(agent):
    report = selectors.report_for(agent, asked())
    assert (report.total, report.total.percent, report.median_s) == (Tally(), None, None)
    assert figures(report, By.MONTH) == {"2026-02": (0, 0, 0), "2026-03": (0, 0, 0)}
    assert report.rows[By.TEAM] == []


def test_a_hundred_per_cent_means_all():
    assert Tally(met=1999, missed=1).percent == 99.9
    assert Tally(met=2000).percent == 100


def test_what_the_reader_may_not_see_changes_no_figure(table, agent, group):
    before = selectors.report_for(agent, asked())
    secret = GroupFactory(is_restricted=True)
    theirs = UserFactory(company=CompanyFactory())
    fast = promise("hidden", 4)
    one(100, fast, "missed", on(3, 3), -1, group=secret, ci=table["vpn"])
    one(101, fast, "overdue", on(3, 3), person=theirs)
    after = selectors.report_for(agent, asked())
    assert (after.total, after.rows, after.median_s) == (before.total, before.rows, before.median_s)
    assert len(selectors.page_for(agent, asked()).rows) == before.total.count
    assert len(list(selectors.all_behind(agent, asked()))) == before.total.count
    member = AgentFactory(groups=[secret])
    assert selectors.report_for(member, asked()).total == before.total + Tally(missed=1)


def test_several_clocks_of_a_ticket_count_each(agent):
    row = ticket(1)
    clock(row, promise("first"), "met", on(3, 2), 1)
    clock(row, promise("second"), "missed", on(3, 2), -1)
    assert selectors.report_for(agent, asked()).total == Tally(met=1, missed=1)


def test_months_are_those_of_the_companys_zone(agent):
    fast = promise("fast")
    one(1, fast, "met", dt.datetime(2026, 2, 28, 15, 30, tzinfo=dt.UTC), 1)  # March 1, 00:30 in Seoul
    assert figures(selectors.report_for(agent, asked()), By.MONTH) == {
        "2026-02": (0, 0, 0),
        "2026-03": (1, 0, 0),
    }


@pytest.mark.parametrize("rows", [2, 20])
def test_the_figures_cost_the_same_for_any_number_of_clocks(rows, agent, django_assert_num_queries):
    fast = promise("fast")
    for number in range(rows):
        one(number, fast, "met", on(3, 2), 1, group=GroupFactory(), ci=service(f"Service {number}"))
    selectors.report_for(agent, asked())
    with django_assert_num_queries(4):  # cells, median, services, teams
        assert selectors.report_for(agent, asked()).total.met == rows
    with django_assert_num_queries(1):
        assert len(selectors.page_for(agent, asked()).rows) == rows


def test_paging_shows_every_clock_once(agent, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE", 3)
    fast, same = promise("fast"), on(3, 2)
    made = [one(number, fast, "met", same if number < 5 else on(3, number), 1) for number in range(8)]
    seen, after = [], ""
    while True:
        page = selectors.page_for(agent, asked(f"period=2026-03&after={after}"))
        seen += [row.ticket.number for row in page.rows]
        after = page.after
        if not after:
            break
    assert seen == [each.ticket.number for each in reversed(made)]


def test_a_place_in_another_list_is_refused(agent):
    elsewhere = one(1, promise("fast"), "met", on(1, 2), 1)
    with pytest.raises(BadInputError):
        selectors.page_for(agent, asked(f"period=2026-03&after={elsewhere.public_id}"))


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("period=yesterday", "period"),
        ("period=2026-13", "period"),
        ("period=9999-01", "period"),
        ("from=2026-03-02&to=2026-03-01", "to"),
        ("from=2020-01-01&to=2026-03-01", "to"),
        ("from=tomorrow", "from"),
        ("priority=9", "priority"),
        ("target=soon", "target"),
        ("verdict=guilty", "verdict"),
        ("team=no%20slug", "team"),
        ("service=%00", "service"),
        ("after=x", "after"),
    ],
)
def test_a_bad_parameter_is_refused_by_name(query, name):
    with pytest.raises(BadInputError) as refused:
        asked(query)
    assert [error.field for error in refused.value.errors] == [name]


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("month", (2026, 3, 1), (2026, 3, 31)),
        ("last_month", (2026, 2, 1), (2026, 2, 28)),
        ("quarter", (2026, 1, 1), (2026, 3, 31)),
        ("last_quarter", (2025, 10, 1), (2025, 12, 31)),
        ("2024-02", (2024, 2, 1), (2024, 2, 29)),
        ("2026-Q4", (2026, 10, 1), (2026, 12, 31)),
    ],
)
def test_periods_have_their_days(key, first, last):
    period = named(key, TODAY)
    assert (period.first, period.last) == (dt.date(*first), dt.date(*last))


def test_a_period_is_cut_into_its_months():
    period = between(dt.date(2025, 12, 20), dt.date(2026, 2, 3))
    assert list(period.months()) == [
        (dt.date(2025, 12, 20), dt.date(2025, 12, 31)),
        (dt.date(2026, 1, 1), dt.date(2026, 1, 31)),
        (dt.date(2026, 2, 1), dt.date(2026, 2, 3)),
    ]
