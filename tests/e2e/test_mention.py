"""A colleague is named in a note and hears of it: by mouse, by keys, and under a Hangul input method."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.test_pages import faults_of
from tests.faults.stack import PrivateStack
from tests.faults.story import Story

pytestmark = pytest.mark.e2e


def test_a_colleague_is_named_and_hears_of_it(browser: Browser, stack: PrivateStack) -> None:
    number = Story(stack).employee.post("/incidents/", {"title": "라벨 프린터가 느려요"})["number"]
    with Person(browser, stack, "seojin") as agent:
        page = agent.open(f"/w/incidents/{number}/?tab=work_note")
        field = page.locator("#body-work_note")
        field.press_sequentially("확인해 줄 수 있나요, @지우", delay=20)
        option = page.get_by_role("option").filter(has_text="지우").first
        expect(option).to_be_visible(timeout=WAIT)
        assert faults_of(page) == []
        field.dispatch_event("keydown", {"key": "Enter", "code": "Enter", "isComposing": True})
        expect(option).to_be_visible()  # a syllable was finished, nothing was picked
        field.press("Escape")
        expect(option).to_have_count(0)
        field.press("Backspace")
        field.press_sequentially("우", delay=20)
        expect(option).to_be_visible(timeout=WAIT)
        field.press("Enter")
        expect(field).to_have_value("확인해 줄 수 있나요, @jiwoo ")
        field.press("Control+Enter")
        expect(page.locator(".message__body b", has_text="@jiwoo")).to_be_visible(timeout=WAIT)
    with Person(browser, stack, "jiwoo") as colleague:
        expect(colleague.open("/notifications/").locator("main")).to_contain_text(
            f"{number} 언급됨", timeout=WAIT
        )
