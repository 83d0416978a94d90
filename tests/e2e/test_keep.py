"""A part of a page that is put in anew takes nothing away: what was typed, opened or closed meanwhile."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.e2e.person import Person
from tests.faults.stack import PrivateStack
from tests.faults.story import Story

pytestmark = pytest.mark.e2e


def test_what_was_closed_stays_closed_and_what_was_opened_open(browser: Browser, stack: PrivateStack) -> None:
    number = Story(stack).order()
    with Person(browser, stack, "jimin", lang="en") as employee:
        page = employee.open(f"/my/{number}/")
        fold = page.locator("details.ordered")
        for state in (False, True):
            fold.locator("summary").click()
            assert fold.evaluate("fold => fold.open") is state
            with page.expect_response("**/my/**"):
                page.evaluate("document.body.dispatchEvent(new CustomEvent('maru:ticket-changed'))")
            page.wait_for_timeout(300)  # long enough for the answer to be put in place
            assert fold.evaluate("fold => fold.open") is state
