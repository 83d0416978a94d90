"""What changes between a page and its stream: every open page shows it, whichever tab reads the stream."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.e2e.person import Person
from tests.e2e.records import approve, ordered
from tests.faults.stack import PrivateStack
from tests.faults.story import until

pytestmark = pytest.mark.e2e

STREAM = "**/api/v1/stream/**"


@pytest.mark.parametrize("other_tab", [False, True])
def test_what_changes_before_the_stream_opens_is_shown(
    browser: Browser, stack: PrivateStack, other_tab: bool
) -> None:
    story, run = ordered(stack)
    with Person(browser, stack, "admin", lang="en") as admin:
        first = admin.open("/w/all/")  # reads the stream, for the other tab too
        first.wait_for_timeout(1500)
        page = admin.context.new_page() if other_tab else first
        held: list[Route] = []
        admin.context.route(STREAM, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks it
        page.goto(f"/design/flows/runs/{run}/")
        ask = page.locator(".flow-map [data-node=ask]")
        expect(ask).to_have_attribute("data-tone", "warn")
        assert until(lambda: page.evaluate("1") and held, 5)
        approve(story, stack, run)
        page.wait_for_timeout(1500)  # everybody has been told
        held[0].continue_()
        expect(ask).to_have_attribute("data-tone", "good", timeout=5000)  # by itself it looks every 15 s


def test_a_tab_that_comes_late_is_told_what_the_other_heard(browser: Browser, stack: PrivateStack) -> None:
    story, run = ordered(stack)
    address = f"/design/flows/runs/{run}/"
    with Person(browser, stack, "admin", lang="en") as admin:
        admin.open(address).wait_for_timeout(1500)
        late = admin.context.new_page()
        held: list[Route] = []
        late.route("**/*.js", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
        late.goto(address, wait_until="commit")
        ask = late.locator(".flow-map [data-node=ask]")
        expect(ask).to_have_attribute("data-tone", "warn")
        approve(story, stack, run)
        late.wait_for_timeout(1500)
        for route in held:
            route.continue_()
        expect(ask).to_have_attribute("data-tone", "good", timeout=5000)


def pass_seconds(person: Person, seconds: int) -> None:
    """On the clock of the pages; in between what they asked for is answered."""
    for _each in range(seconds):
        person.context.clock.run_for(1000)
        person.page.wait_for_timeout(50)


def test_a_stream_that_fails_is_asked_for_ever_more_seldom(browser: Browser, stack: PrivateStack) -> None:
    asked: list[Route] = []

    def refuse(route: Route) -> None:
        asked.append(route)
        route.fulfill(status=503)

    with Person(browser, stack, "admin", lang="en") as admin:
        admin.context.clock.install()
        admin.context.route(STREAM, refuse)
        page = admin.open("/w/all/")
        assert until(lambda: page.evaluate("1") and asked, 5)
        pass_seconds(admin, 50)
        assert 5 <= len(asked) <= 6  # again after 1, 3, 7, 15 and 31 s, or as late as after 2, 6, 14 and 30 s
        admin.complaints.clear()  # the browser's own words about each 503


def test_what_is_wanted_while_the_stream_is_away_is_asked_for_with_its_age(
    browser: Browser, stack: PrivateStack
) -> None:
    heard = 'id: 5\nevent: queue.changed\ndata: {"topic": "queue/all"}\n\n'
    held: list[Route] = []
    asked: list[dict[str, list[str]]] = []

    def answer(route: Route) -> None:
        asked.append(parse_qs(urlsplit(route.request.url).query))
        if len(asked) == 1:
            held.append(route)
        else:
            route.fulfill(status=503)

    with Person(browser, stack, "admin", lang="en") as admin:
        admin.context.clock.install()
        admin.context.route(STREAM, answer)
        page = admin.open("/w/all/")
        assert until(lambda: page.evaluate("1") and held, 5)
        held[0].fulfill(content_type="text/event-stream", body=heard)  # and ends
        expect(page.locator("live-state")).to_have_attribute("data-tone", "neutral")
        page.locator("maru-live").first.evaluate(
            "one => one.insertAdjacentHTML('afterend', '<maru-live topics=tickets/INC7></maru-live>')"
        )
        pass_seconds(admin, 10)
        first, *later = asked
        assert len(later) >= 2  # the first of them was told nothing either: the next asks for as much
        for query in later:
            assert {*query["topics"][0].split(",")} == {*first["topics"][0].split(","), "tickets/INC7"}
            assert query["last_event_id"] == ["5"]
            assert int(query["age"][0]) > 10_000
        admin.complaints.clear()  # the browser's own words about each 503
