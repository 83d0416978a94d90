"""The pages of reports: what they show to whom, that each number opens its list, files, cost."""

from __future__ import annotations

import csv
import datetime as dt
import html
import io
import re
from typing import Any

import pytest

from core import csvs
from reports import selectors
from tests.factories.accounts import GroupFactory, UserFactory, administrator
from tests.reports.clocks import clock, on, one, promise, service, ticket
from tests.sla.moments import HOUR
from tickets.models import Ticket

PAGE = "/w/reports/sla/"
MARCH = f"{PAGE}?period=2026-03"
# session, user, roles, groups, company with now; figures, median, services, teams; promises and groups of the
# form; notices
REPORT_QUERIES = 12
# session, user, roles, groups, company with now; clocks; notices
CLOCKS_QUERIES = 7


def text(response: Any) -> str:
    """The page, which must be there."""
    assert response.status_code == 200, response.content[:600]
    return html.unescape(response.content.decode())


def table_of(response: Any) -> list[list[str]]:
    """The rows of a file."""
    assert response.status_code == 200
    body = b"".join(response.streaming_content).decode("utf-8")
    assert body.startswith(csvs.MARK)
    return list(csv.reader(io.StringIO(body.removeprefix(csvs.MARK))))


@pytest.fixture
def march(group: Any) -> Any:
    """Three clocks of March: met, missed, missed and open."""
    fast, vpn = promise("fast"), service("VPN")
    one(1, fast, "met", on(3, 2), 1, group=group, ci=vpn, priority=1)
    one(2, fast, "missed", on(3, 3), -2, group=group, ci=vpn, priority=2)
    return one(3, fast, "overdue", on(3, 4), group=group, priority=2)


@pytest.mark.parametrize("address", ["/w/reports/", PAGE, f"{PAGE}clocks/", f"{PAGE}export/"])
def test_reports_are_for_people_who_work_on_tickets(address: str, client: Any, client_of: Any, db: Any):
    answer = client.get(address)
    assert (answer.status_code, answer["Location"].startswith("/accounts/login/")) == (302, True)
    answer = client_of(UserFactory()).get(address)
    assert answer.status_code == 403
    assert "Reports are for people who work on tickets." in html.unescape(answer.content.decode())


def test_who_only_edits_the_configuration_reads_no_figures_of_tickets(client_of: Any, db: Any):
    person = UserFactory(roles=["config_admin"])
    assert client_of(person).get(PAGE).status_code == 403


def test_the_menu_leads_to_reports(desk: Any, client_of: Any):
    assert 'href="/w/reports/" aria-label="Reports"' in text(desk.get("/w/tasks/"))
    assert desk.get("/w/reports/")["Location"] == PAGE
    assert "/w/reports/" not in text(client_of(UserFactory()).get("/"))


def test_the_page_tells_tiles_tables_and_chart(march: Any, desk: Any):
    page = text(desk.get(MARCH))
    assert re.findall(r'class="report-tile__value"[^>]*>([^<]+)<', page) == ["33.3 %", "1", "1", "30 min"]
    assert "Overrun, median" in page  # of one hour left and two too many
    for heading in ("By service or item", "By assignment group", "By priority", "By month"):
        assert f">{heading}</h2>" in page
    assert "March 2026" in page
    assert "By priority: P1 100 %; P2 0 %" in page  # one month: the chart is by priority
    assert "By month: " in text(desk.get(f"{PAGE}?period=2026-Q1"))


def test_every_number_is_a_link_to_as_many_rows(march: Any, desk: Any):
    links = re.findall(r'href="(/w/reports/sla/clocks/\?[^"]+)"[^>]*>([\d,]+)</a>', text(desk.get(MARCH)))
    assert len(links) > 10
    for url, number in links:
        rows = re.findall(r'href="/w/all/(PRB\d+)/"', text(desk.get(url)))
        assert len(rows) == int(number), url


def test_the_list_tells_ticket_promise_result_and_time_left(march: Any, desk: Any):
    page = text(desk.get(f"{PAGE}clocks/?period=2026-03&verdict=missed"))
    assert re.findall(r'href="/w/all/(PRB\d+)/"', page) == ["PRB0000002"]
    assert "−2 h" in page
    assert 'class="sla" data-state="missed"' in page
    assert "Remove the filter Missed" in page


def test_a_filter_is_shown_with_a_way_to_remove_it(march: Any, desk: Any, group: Any):
    page = text(desk.get(f"{MARCH}&team={group.key}&priority=2"))
    assert 'aria-label="Remove the filter Service desk"' in page
    assert f'href="/w/reports/sla/?period=2026-03&team={group.key}"' in page
    assert "50 %" not in page


def test_an_empty_period_says_so_and_offers_a_way_on(desk: Any):
    page = text(desk.get(f"{PAGE}?period=2020-01"))
    assert "No promise ended in this time" in page
    assert "?period=quarter" in page
    assert "There is nothing behind this figure" in text(desk.get(f"{PAGE}clocks/?period=2020-01"))


def test_a_bad_period_is_refused_with_its_name(desk: Any):
    answer = desk.get(f"{PAGE}?period=soon")
    assert answer.status_code == 400
    assert "period: There is no such period." in html.unescape(answer.content.decode())
    assert desk.get(f"{PAGE}export/?by=colour").status_code == 400


def test_a_restricted_groups_clocks_are_nowhere(march: Any, desk: Any):
    before = text(desk.get(MARCH))
    secret = GroupFactory(is_restricted=True, name_en="Secret team")
    one(9, promise("secret"), "missed", on(3, 3), -1, group=secret)
    after = text(desk.get(MARCH))
    figures = r'class="report-tile__value"[^>]*>([^<]+)<|aria-label="[^"]+: (\d+)">'
    assert re.findall(figures, after) == re.findall(figures, before)
    assert "PRB0000009" not in text(desk.get(f"{PAGE}clocks/?period=2026-03"))
    assert "PRB0000009" not in str(table_of(desk.get(f"{PAGE}export/?period=2026-03")))
    # The name of the group may be chosen, as in every list; it finds nothing.
    assert "There is nothing behind" in text(desk.get(f"{PAGE}clocks/?period=2026-03&team={secret.key}"))


@pytest.mark.parametrize("rows", [2, 20])
def test_pages_cost_the_same_for_any_number_of_rows(
    rows: int, desk: Any, group: Any, django_assert_num_queries: Any
):
    fast = promise("fast")
    for number in range(rows):
        one(number, fast, "met", on(3, 2), 1, group=GroupFactory(), ci=service(f"Service {number}"))
    with django_assert_num_queries(REPORT_QUERIES):
        assert f"{rows} of {rows}" in text(desk.get(MARCH))
    with django_assert_num_queries(CLOCKS_QUERIES):
        page = text(desk.get(f"{PAGE}clocks/?period=2026-03"))
    assert len(re.findall(r'href="/w/all/(PRB\d+)/"', page)) == rows


def test_many_services_are_cut_and_the_file_has_all(desk: Any):
    fast = promise("fast")
    for number in range(27):
        one(number, fast, "met", on(3, 2), 1, ci=service(f"Service {number}"))
    assert "2 more rows are in the file." in text(desk.get(MARCH))
    assert len(table_of(desk.get(f"{PAGE}export/?period=2026-03&by=service"))) == 28


def test_the_list_goes_on_page_by_page(desk: Any, monkeypatch: Any):
    monkeypatch.setattr(selectors, "PAGE", 2)
    fast = promise("fast")
    for number in range(5):
        one(number, fast, "met", on(3, 2 + number), 1)
    seen, url = [], f"{PAGE}clocks/?period=2026-03"
    while url:
        page = text(desk.get(url))
        seen += re.findall(r'href="/w/all/(PRB\d+)/"', page)
        found = re.search(r'class="pager"><a class="button" href="([^"]+)"', page)
        url = f"{PAGE}clocks/{found.group(1)}" if found else ""
    assert seen == [f"PRB{number:07}" for number in (4, 3, 2, 1, 0)]


def test_the_clocks_are_a_file(march: Any, desk: Any):
    answer = desk.get(f"{PAGE}export/?period=2026-03")
    assert answer["Content-Disposition"] == 'attachment; filename="sla-2026-03-01-2026-03-31.csv"'
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    head, *rows = table_of(answer)
    assert head[:2] == ["Number", "Title"]
    assert [row[0] for row in rows] == ["PRB0000003", "PRB0000002", "PRB0000001"]
    assert rows[1][8] == "Missed"
    assert rows[1][10] == str(-2 * HOUR)
    assert dt.datetime.fromisoformat(rows[1][9]) == on(3, 3)


def test_a_table_is_a_file(march: Any, desk: Any):
    head, *rows = table_of(desk.get(f"{PAGE}export/?period=2026-03&by=priority"))
    assert head == ["Priority", "Met (%)", "Met", "Missed", "Missed and still open", "All"]
    assert rows == [["P1", "100.0", "1", "0", "0", "1"], ["P2", "0.0", "0", "1", "1", "2"]]


@pytest.mark.parametrize("title", ["=HYPERLINK(1)", "+1", "-1", "@SUM(1)", "\t=1", " =1"])
def test_no_cell_of_a_file_is_a_formula(title: str, desk: Any):
    row = ticket(1)
    Ticket.objects.filter(pk=row.pk).update(title=title)
    clock(row, promise("fast"), "met", on(3, 2), 1)
    assert table_of(desk.get(f"{PAGE}export/?period=2026-03"))[1][1] == f"'{title}"


def test_cells_keep_numbers_and_moments():
    assert [csvs.cell(value) for value in (None, -5, 1.5, True, "x", on(3, 2))] == [
        "", -5, 1.5, "yes", "x", "2026-03-02T10:00:00+09:00",
    ]  # fmt: skip


def test_the_page_speaks_korean(march: Any, client_of: Any):
    person = administrator()
    person.language = "ko"
    person.save(update_fields=["language"])
    page = text(client_of(person).get(MARCH))
    for words in ("SLA 준수", "2026년 3월", "못 지킴", "담당 팀별"):
        assert words in page
