"""Incidents that come again: proposed, made a problem of, or dismissed; with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import Person
from tests.faults.stack import PrivateStack
from tests.faults.story import Story

pytestmark = pytest.mark.e2e


def reported(stack: PrivateStack, title: str) -> list[str]:
    """Three incidents with titles that differ in a number alone, found to come again."""
    story = Story(stack)
    made = [story.employee.post("/incidents/", {"title": f"{title} {n}"})["number"] for n in (3, 4, 7)]
    assert "wait for a decision" in stack.manage("look_for_recurrence").stdout
    return [str(number) for number in made]


def test_a_proposal_becomes_a_problem_of_all_its_incidents(browser: Browser, stack: PrivateStack) -> None:
    numbers = reported(stack, "복합기 용지 걸림이 또 생겼어요, 층")
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open("/w/incidents/")
        page.locator(".views a", has_text="Recurring incidents").click()
        card = page.locator("section", has_text="복합기 용지 걸림")
        expect(card).to_contain_text("3 incidents with texts alike")
        for number in numbers:
            expect(card).to_contain_text(number)
        expect(card.get_by_role("img")).to_have_attribute("aria-label", re.compile("Incidents by day"))
        card.get_by_role("button", name="Open a problem").click()
        page.wait_for_url(re.compile(r"/w/problems/PRB\d+/"), wait_until="load")
        for number in numbers:
            expect(page.locator("#cause")).to_contain_text(number)
        page.goto(f"{stack.url}/w/problems/recurring/", wait_until="load")
        expect(page.locator("main")).not_to_contain_text("복합기 용지 걸림")


def test_a_proposal_is_dismissed_without_scripts_on_a_phone(browser: Browser, stack: PrivateStack) -> None:
    reported(stack, "회의실 화면이 깜박여요, 방")
    with Person(browser, stack, "jiwoo", width=390, scripts=False) as agent:
        page = agent.open("/w/problems/")
        page.locator("summary", has_text="보기").click()
        page.locator("a:visible", has_text="반복 인시던트").click()
        card = page.locator("section", has_text="회의실 화면이 깜박여요")
        card.get_by_role("button", name="문제 아님").click()
        expect(page.locator("main")).not_to_contain_text("회의실 화면이 깜박여요")


def test_what_is_known_shows_while_an_incident_is_typed(browser: Browser, stack: PrivateStack) -> None:
    Story(stack).employee.post("/incidents/", {"title": "사내 메신저에 로그인이 안 돼요"})
    with Person(browser, stack, "seojin") as agent:
        page = agent.open("/w/incidents/new/")
        page.locator("#id_title").press_sequentially("메신저 로그인이 안 돼요", delay=20)
        expect(page.locator("#known a", has_text="사내 메신저에 로그인이 안 돼요")).to_be_visible()
