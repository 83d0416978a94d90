"""What a page of the workspace weighs, and what seven tabs cost (UI section 10; section 12, rows 14, 19)."""

from __future__ import annotations

import gzip

import pytest
from playwright.sync_api import Browser, Request, expect

from tests.e2e.person import Person
from tests.faults.stack import PrivateStack
from tests.faults.story import until

pytestmark = pytest.mark.e2e
ROWS = 50
HTML_KIB, NODES, SHIFT = 20, 2500, 0.02
FIRST_VISIT, REPEATED = 7, 2
STREAM = "/api/v1/stream/"
SHIFTED = """() => new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => {
    for (const each of list.getEntries()) if (!each.hadRecentInput) sum += each.value;
  }).observe({type: 'layout-shift', buffered: true});
  setTimeout(() => done(sum), 500);
})"""


# What came over the wire: the cache gives its own without a byte.
SENT = """() => performance.getEntriesByType('navigation').concat(performance.getEntriesByType('resource'))
  .filter(each => each.transferSize > 0 && !each.name.includes('/stream/')).map(each => each.name)"""


# A page asks for the news of the ten seconds before it too, and then for the rows they are about.
OLD_NEWS = (
    "SELECT max(e.created_at) < now() - interval '12 seconds' FROM core_outboxevent e"
    " JOIN tickets_ticket t ON t.id::text = e.payload ->> 'ticket_id' WHERE t.title LIKE 'Weighed story%'"
)


@pytest.fixture(scope="module")
def fifty(stack: PrivateStack) -> str:
    """The address of a list of fifty incidents."""
    code = (
        "from accounts.models import User; from incidents.services import open_incident;"
        "a = User.objects.get(username='seojin');"
        f"[open_incident(actor=a, title=f'Weighed story {{n}}', requester=a) for n in range({ROWS})]"
    )
    stack.manage("shell", "-c", code)
    assert until(lambda: stack.sql(OLD_NEWS) == [(True,)])
    return "/w/incidents/?view=open&q=Weighed+story"


def test_a_list_of_fifty_rows_stays_within_its_budget(
    browser: Browser, stack: PrivateStack, fifty: str
) -> None:
    with Person(browser, stack, "seojin") as agent:
        page = agent.open(fifty)
        expect(page.locator("#rows .row")).to_have_count(ROWS)
        shift = page.evaluate(SHIFTED)
        nodes = page.evaluate("document.querySelectorAll('*').length")
        html = agent.context.request.get(fifty).body()
        weight = len(gzip.compress(html, 6)) / 1024
        agent.open(fifty)
        page.wait_for_timeout(500)
        again = page.evaluate(SENT)
    print(f"{weight:.1f} KiB, {nodes} nodes, shift {shift:.4f}, {len(again)} requests again")
    assert weight <= HTML_KIB
    assert nodes <= NODES
    assert shift <= SHIFT
    assert len(again) <= REPEATED, again


def test_a_first_visit_asks_for_little(browser: Browser, stack: PrivateStack) -> None:
    """The sign-in page first, with nothing kept; then the workspace with what it needs beside that."""
    with Person(browser, stack) as guest:
        asked: list[str] = []
        guest.context.on("request", lambda request: asked.append(request.url))
        guest.open("/accounts/login/")
        guest.page.wait_for_timeout(500)
    assert 2 <= len(asked) <= FIRST_VISIT, asked


def test_seven_tabs_read_one_stream_and_an_eighth_loads(
    browser: Browser, stack: PrivateStack, fifty: str
) -> None:
    """A browser opens six connections to a server; with a stream for each tab the seventh would wait."""
    reading: set[Request] = set()
    with Person(browser, stack, "seojin", lang="en") as agent:
        agent.context.on("request", lambda request: STREAM in request.url and reading.add(request))
        for ended in ("requestfinished", "requestfailed"):
            agent.context.on(ended, lambda request: reading.discard(request))  # noqa: PLW0108 - Playwright marks it
        agent.open(fifty)
        tabs = [agent.context.new_page() for _each in range(6)]
        for tab in tabs:
            tab.goto(fifty)
            expect(tab.locator("#rows .row")).to_have_count(ROWS)
        assert until(lambda: agent.page.evaluate("1") and len(reading) == 1, 10), len(reading)
        eighth = agent.context.new_page()
        eighth.goto(fifty, timeout=10_000)
        expect(eighth.locator("#rows .row")).to_have_count(ROWS)
        eighth.wait_for_timeout(1500)
        assert len(reading) == 1
        for tab in [*tabs, eighth]:  # all of them are told that it runs
            expect(tab.locator("live-state")).to_have_attribute("data-tone", "good")
