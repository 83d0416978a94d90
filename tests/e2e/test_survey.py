"""How did it go? One tap on the ticket's page, or behind a mailed link that needs no sign-in (INC-16)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import mails
from tests.e2e.person import Person
from tests.e2e.test_pages import LOOKS, faults_of
from tests.faults.stack import PrivateStack
from tests.faults.story import Story, until

pytestmark = pytest.mark.e2e

ANSWER = (
    "SELECT s.score FROM tickets_survey s JOIN tickets_ticket t ON t.id = s.ticket_id WHERE t.number = %s"
)


def closed(stack: PrivateStack, title: str) -> str:
    """The number of an incident that its reporter called solved and closed, and was asked about."""
    employee = Story(stack).employee
    number = str(employee.post("/incidents/", {"title": title})["number"])
    employee.post(f"/incidents/{number}/transitions/resolve/")
    employee.post(f"/incidents/{number}/transitions/close/")
    assert until(lambda: stack.sql(ANSWER, (number,)))
    return number


def test_one_tap_on_the_page_of_the_ticket(browser: Browser, stack: PrivateStack) -> None:
    number = closed(stack, "회의실 마이크가 꺼져요")
    for lang, theme, width in LOOKS:
        with Person(browser, stack, "jimin", lang=lang, width=width, theme=theme) as employee:
            assert faults_of(employee.open(f"/my/{number}/")) == []
    with Person(browser, stack, "jimin", width=390, scripts=False) as employee:
        page = employee.open(f"/my/{number}/")
        page.get_by_role("button", name="매우 만족", exact=True).click()
        expect(page.locator("#survey")).to_contain_text("매우 만족")
    assert stack.sql(ANSWER, (number,)) == [(5,)]
    with Person(browser, stack, "seojin") as agent:
        expect(agent.open(f"/w/incidents/{number}/").locator("main")).to_contain_text("(5/5)")
        for path in ("", "?period=quarter"):
            assert faults_of(agent.open(f"/w/reports/satisfaction/{path}")) == []


def test_the_mailed_link_asks_and_the_button_answers(browser: Browser, stack: PrivateStack) -> None:
    number = closed(stack, "공유 폴더가 안 열려요")
    assert until(lambda: number in mails.text_of(mails.to(stack, "jimin", "/s/")))
    link = re.search(r"/s/[^\s?]+", mails.text_of(mails.to(stack, "jimin", "/s/")))
    assert link
    for _lang, theme, width in LOOKS:
        with Person(browser, stack, width=width, theme=theme) as anybody:
            assert faults_of(anybody.open(f"{link[0]}?score=2")) == []
    assert stack.sql(ANSWER, (number,)) == [(None,)]  # looking answers nothing
    with Person(browser, stack, width=390, scripts=False) as anybody:
        page = anybody.open(f"{link[0]}?score=2")
        expect(page.locator("input[value='2']")).to_be_checked()
        page.fill("[name=comment]", "세 번 물어봐야 했어요.")
        page.get_by_role("button", name="보내기").click()
        expect(page.locator("h1")).to_contain_text("고마워요")
    assert stack.sql(ANSWER, (number,)) == [(2,)]
