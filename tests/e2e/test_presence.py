"""Two agents at one ticket see each other read and write (UI 12, row 4; what they change: test_workspace)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.test_pages import faults_of
from tests.faults.stack import PrivateStack
from tests.faults.story import Story

pytestmark = pytest.mark.e2e


def test_two_agents_see_each_other_read_and_write(browser: Browser, stack: PrivateStack) -> None:
    number = Story(stack).employee.post("/incidents/", {"title": "복도 조명이 안 켜져요"})["number"]
    place = f"/w/incidents/{number}/"
    with Person(browser, stack, "seojin") as one, Person(browser, stack, "jiwoo", lang="en") as two:
        first, second = one.open(place), two.open(place)
        expect(first.locator(".presence")).to_contain_text("님이 보고 있어요", timeout=WAIT)
        expect(second.locator(".presence")).to_contain_text("has this open", timeout=WAIT)
        second.locator("#composer-comment textarea").press_sequentially("I am on it", delay=20)
        expect(first.locator(".presence [data-typing]")).to_contain_text("님이 쓰고 있어요", timeout=WAIT)
        assert faults_of(first) == []
        expect(first.locator(".presence")).to_contain_text("님이 보고 있어요", timeout=WAIT)  # the pen rests
        two.open("/w/incidents/")
        expect(first.locator(".presence")).to_be_empty(timeout=WAIT)
        expect(two.page.locator(f"#row-{number} .row__present")).to_be_visible()
