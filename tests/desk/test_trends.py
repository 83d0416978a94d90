"""The page of what produces incidents: figures, the lists behind them, its file, and the way to a problem."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.choices import Grant
from accounts.models import Role
from desk.selectors.trends import growth_text
from problems.models import Problem
from problems.trends import Trend
from tests.factories.accounts import DepartmentFactory, GroupFactory, UserFactory
from tests.factories.cmdb import make_ci
from tests.factories.incidents import make_incident
from tests.factories.problems import caused_by, make_problem
from tickets.models import Ticket

pytestmark = pytest.mark.django_db
PLACE = "/w/problems/trends/"


def made(days_ago: float = 1, **fields: Any) -> Any:
    """An incident that was opened so many days ago."""
    incident = make_incident(**fields)
    moment = incident.opened_at - dt.timedelta(days=days_ago)
    Ticket.objects.filter(pk=incident.pk).update(opened_at=moment)
    return incident


def text_of(answer: Any) -> str:
    """The page as its reader sees it."""
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def test_an_empty_company_is_told_so(desk: Any):
    assert "No incident was opened in this time" in text_of(desk.get(PLACE))


def test_a_row_tells_its_figures_and_rises(desk: Any):
    for _ in range(6):
        made(category="network", title="Wi-Fi is away")
    made(35, category="network")
    page = text_of(desk.get(f"{PLACE}?weeks=4"))
    assert "Network and VPN, Incidents: 6" in page
    assert "Network and VPN, Weeks before: 1" in page
    assert "+500 %" in page
    assert page.count("Rising") > 1
    assert "Network and VPN: incidents by week, from the day named." in page
    calm = text_of(desk.get(f"{PLACE}?weeks=13"))
    assert "Network and VPN, Incidents: 7" in calm
    assert "new" in calm


@pytest.mark.parametrize("by", ["category", "service", "item", "group", "department"])
def test_each_number_opens_the_list_of_exactly_those(desk: Any, group: Any, by: str):
    ci = make_ci(class_key="service") if by == "service" else make_ci()
    person = UserFactory(department=DepartmentFactory(key="sales"))
    of_row = {"ci": ci, "category": "network", "group": group, "requester": person}
    known = caused_by(make_problem(category="mail"), **of_row)
    plain, earlier = made(1, **of_row), made(40, **of_row)
    other = made(1, category="mail", group=GroupFactory(), ci=make_ci(class_key="service"))
    gone = made(1, state="cancelled", **of_row)
    page = text_of(desk.get(f"{PLACE}?weeks=4&by={by}"))
    behind = re.findall(r'href="(/w/incidents/[^"]+)" aria-label="([^"]+): (\d)"', page)
    numbers = {known.number, plain.number, earlier.number, other.number, gone.number}
    expected = {
        "Incidents": {known.number, plain.number},
        "Without a problem": {plain.number},
        "Weeks before": {earlier.number},
    }
    rows = [(url, label.split(", ")[-1], int(count)) for url, label, count in behind if ", " in label]
    seen = 0
    for url, figure, count in rows:
        shown = {number for number in numbers if number in text_of(desk.get(url))}
        assert len(shown) == count, (url, figure)
        if other.number not in shown:
            assert shown == expected[figure]
            seen += 1
    assert seen == 3


def test_the_filters_of_the_list_are_named_and_handed_on(desk: Any):
    query = "view=counted&category=network&problem=none&opened_from=2026-05-04T00:00:00%2B09:00"
    page = text_of(desk.get(f"/w/incidents/?{query}"))
    assert "Category: Network and VPN" in page
    assert "No problem explains it" in page
    assert "Opened from: " in page
    form = text_of(desk.get(f"/w/incidents/filters/?{query}"))
    for name in ("category", "problem", "opened_from"):
        assert f'type="hidden" name="{name}"' in form


@pytest.mark.parametrize("query", ["opened_from=soon", "opened_before=2026-05-04", "problem=PRB1"])
def test_a_bad_filter_of_the_list_is_named(desk: Any, query: str):
    answer = desk.get(f"/w/incidents/?{query}")
    assert answer.status_code == 400


@pytest.mark.parametrize("query", ["by=colour", "weeks=5", "weeks=x"])
def test_what_it_does_not_know_is_refused(desk: Any, query: str):
    for place in ("", "export/"):
        assert desk.get(f"{PLACE}{place}?{query}").status_code == 400
    name, value = query.split("=")
    assert desk.post(f"{PLACE}open/", {"key": "network", name: value}).status_code == 400


def test_known_problems_stand_at_the_row(desk: Any):
    made(category="network")
    problem = make_problem(category="network", title="The switch is old")
    assert f"{problem.number} The switch is old" in text_of(desk.get(PLACE))


def test_a_row_becomes_a_problem_once(desk: Any):
    for _ in range(2):
        made(category="network")
    said = {"once_key": str(uuid.uuid4()), "by": "category", "weeks": "4", "key": "network"}
    first, second = (desk.post(f"{PLACE}open/", said) for _ in range(2))
    problem = Problem.objects.get()
    assert first["Location"] == second["Location"] == f"/w/problems/{problem.number}/"
    assert problem.title == "Network and VPN: 2 incidents in 4 weeks"
    late = desk.post(f"{PLACE}open/", said | {"once_key": str(uuid.uuid4())}, follow=True)
    assert "Each of these incidents has a problem already." in text_of(late)
    assert desk.post(f"{PLACE}open/", {"by": "category", "key": "mail"}).status_code == 404


def test_the_file_runs_no_formula(desk: Any):
    ci = make_ci(name="=1+1")
    made(ci=ci)
    answer = desk.get(f"{PLACE}export/?by=item&weeks=4")
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"'=1+1,{ci.number},1,0,,no,")
    assert lines[1].endswith(",1")


def test_who_works_no_problems_is_told_so_and_sees_no_way_here(client_of: Any):
    grants = [each for each in Role.objects.get(key="agent").grants if each != Grant.PROBLEM_WRITE]
    Role.objects.create(key="first-line", name_ko="1선", grants=grants)
    browser = client_of(UserFactory(roles=["first-line"]))
    assert browser.get(PLACE).status_code == 403
    assert browser.get(f"{PLACE}export/").status_code == 403
    assert browser.post(f"{PLACE}open/", {"key": "network"}).status_code == 403
    assert PLACE not in browser.get("/w/incidents/").content.decode()


def test_the_page_costs_the_same_for_two_and_for_twenty(warm: Any):
    def statements(size: int) -> int:
        while Ticket.objects.filter(kind="incident").count() < size:
            ci = make_ci()
            made(ci=ci)
            make_problem(ci=ci)
        with CaptureQueriesContext(connection) as queries:
            assert warm.get(f"{PLACE}?by=item").status_code == 200
        return len(queries)

    assert statements(2) == statements(20)


@pytest.mark.parametrize(
    ("before", "now", "text"), [(0, 3, "new"), (4, 3, "−25 %"), (2, 3, "+50 %"), (3, 3, "+0 %"), (0, 0, "–")]
)
def test_growth_in_words(before: int, now: int, text: str):
    assert growth_text(Trend("x", "x", (before, now))) == text
