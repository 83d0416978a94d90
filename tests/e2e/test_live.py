"""What changes between a page and its stream: every open page shows it, whichever tab reads the stream."""

from __future__ import annotations

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
        first = admin.open("/w/")  # reads the stream, for the other tab too
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
