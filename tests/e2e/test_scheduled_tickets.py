"""An administrator has tickets opened by the calendar: with and without scripts, in all looks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import Person
from tests.e2e.test_pages import LOOKS, faults_of
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrator_plans_a_ticket_and_runs_it(
    browser: Browser, stack: PrivateStack, scripts: bool
) -> None:
    key = "restore" if scripts else "restore-plain"
    with Person(browser, stack, "admin", scripts=scripts) as person:
        page = person.open("/design/ticket-schedules/new/")
        page.fill("[name=key]", key)
        page.fill("[name=title]", "복원 연습")
        page.select_option("[name=repeat]", "monthly")
        page.select_option("[name=nth]", "1")
        page.select_option("[name=nth_weekday]", "0")
        page.fill("[name=at]", "09:00")
        page.press("[name=title]", "Enter")  # the keyboard alone
        expect(page.locator("h1")).to_have_text("복원 연습")
        person.sees("매월 첫째 월요일 09:00", "Every month on the first Monday at 09:00")
        person.press("지금 실행", "Run now")
        person.sees("직접 실행", "run by hand")
        newest = "SELECT number FROM tickets_ticket WHERE title = '복원 연습' ORDER BY id DESC"
        number = stack.sql(newest)[0][0]
        page.get_by_role("link", name=number).click()
        page.wait_for_url(f"**/{number}/")
        expect(page.get_by_text("복원 연습").first).to_be_visible()


@pytest.mark.parametrize(("lang", "theme", "width"), LOOKS)
def test_its_pages_have_no_fault(
    browser: Browser, stack: PrivateStack, lang: str, theme: str, width: int
) -> None:
    with Person(browser, stack, "admin", lang=lang, width=width, theme=theme) as person:
        faults = []
        for path in ("", "new/", "backups/", "backups/remove/"):
            faults += faults_of(person.open(f"/design/ticket-schedules/{path}"))
        assert faults == []
