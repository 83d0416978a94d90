"""What produces incidents: seen to rise, looked into, made a problem of; with scripts and without."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import Person
from tests.faults.stack import PrivateStack
from tests.faults.story import Story

pytestmark = pytest.mark.e2e


def reported(stack: PrivateStack, category: str, size: int = 7) -> list[str]:
    """So many incidents of a category, all of today."""
    employee = Story(stack).employee
    said = {"title": "회의실 화면이 나오지 않아요", "category": category}
    return [str(employee.post("/incidents/", said)["number"]) for _ in range(size)]


def test_what_rises_becomes_a_problem_with_its_evidence(browser: Browser, stack: PrivateStack) -> None:
    numbers = reported(stack, "hardware")
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open("/w/incidents/")
        page.locator(".views a", has_text="What produces incidents").click()
        page.get_by_role("link", name="4 weeks").click()
        row = page.locator("tr", has_text="Computer and devices").first
        expect(row).to_contain_text("Rising")
        expect(row.get_by_role("img")).to_have_attribute("aria-label", re.compile("incidents by week"))
        row.get_by_role("link", name=re.compile("Incidents: ")).click()
        for number in numbers:
            expect(page.locator("main")).to_contain_text(number)
        page.go_back()
        page.locator("summary", has_text="The charts as a table").click()
        expect(page.get_by_role("table", name="Incidents by week")).to_be_visible()
        row.get_by_role("button", name="Open a problem").click()
        page.wait_for_url(re.compile(r"/w/problems/PRB\d+/"), wait_until="load")
        for number in numbers:
            expect(page.locator("#cause")).to_contain_text(number)
        problem = page.url.rstrip("/").rsplit("/", 1)[-1]
        page.goto(f"{stack.url}/w/problems/trends/?weeks=4", wait_until="load")
        row = page.locator("tr", has_text="Computer and devices").first
        expect(row).to_contain_text(problem)
        expect(row.get_by_role("button")).to_have_count(0)


def test_it_works_without_scripts_on_a_phone(browser: Browser, stack: PrivateStack) -> None:
    reported(stack, "mail", size=2)
    with Person(browser, stack, "jiwoo", width=390, scripts=False) as agent:
        page = agent.open("/w/problems/trends/?weeks=13")
        row = page.locator("tr", has_text="메일").first
        row.get_by_role("button", name="문제로 등록").click()
        expect(page.locator("#cause")).to_contain_text("회의실 화면이 나오지 않아요")
