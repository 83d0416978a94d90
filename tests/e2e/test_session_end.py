"""A session ends while somebody types: the words stay, and are sent after signing in again (UI 12, row 6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from itsm.demo import logins
from itsm.launcher import keys
from tests.e2e.person import WAIT, Person
from tests.e2e.test_pages import faults_of
from tests.faults.stack import PrivateStack
from tests.faults.story import Story

pytestmark = pytest.mark.e2e

SAID = "SELECT count(*) FROM tickets_activity WHERE body = %s"


def test_what_is_typed_survives_the_end_of_the_session(browser: Browser, stack: PrivateStack) -> None:
    number = Story(stack).employee.post("/incidents/", {"title": "출입 카드가 인식되지 않아요"})["number"]
    with Person(browser, stack, "seojin") as agent:
        page = agent.open(f"/w/incidents/{number}/")
        field = page.locator("#body-comment")
        field.fill("카드를 다시 등록해 드릴게요.")
        agent.context.clear_cookies(name="maru_session")
        field.press_sequentially(" 10분 뒤에 써 보세요.", delay=10)
        strip = page.get_by_role("alert").filter(has_text="로그인이 끝났어요")
        expect(strip).to_be_visible(timeout=WAIT)
        assert faults_of(page) == []
        field.press("Control+Enter")
        expect(field).to_have_value("카드를 다시 등록해 드릴게요. 10분 뒤에 써 보세요.")
        agent.complaints.clear()  # the browser names each 401 in its console
        other = agent.context.new_page()
        other.goto(strip.get_by_role("link").get_attribute("href") or "")
        other.fill("[name=login]", "seojin")
        other.fill("[name=password]", logins.password(keys.read(stack.layout.secrets)["ITSM_SECRET_KEY"]))
        other.press("[name=password]", "Enter")
        other.wait_for_url(lambda address: "/accounts/login/" not in address)
        page.bring_to_front()
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect(strip).to_have_count(0, timeout=WAIT)
        field.press("Control+Enter")
        expect(page.locator(".message__body", has_text="10분 뒤에")).to_be_visible(timeout=WAIT)
        agent.complaints.clear()
    assert stack.sql(SAID, ("카드를 다시 등록해 드릴게요. 10분 뒤에 써 보세요.",)) == [(1,)]


def test_without_scripts_the_text_comes_back(browser: Browser, stack: PrivateStack) -> None:
    number = Story(stack).employee.post("/incidents/", {"title": "사물함이 안 열려요"})["number"]
    with Person(browser, stack, "jimin", width=390, scripts=False) as employee:
        page = employee.open(f"/my/{number}/")
        page.locator("textarea[name=body]").fill("비밀번호도 바꿔 봤어요.")
        employee.context.clear_cookies(name="maru_session")
        page.get_by_role("button", name="보내기").first.click()
        expect(page.locator("h1")).to_have_text("로그인이 끝났어요")
        expect(page.locator("textarea")).to_have_value("비밀번호도 바꿔 봤어요.")
        employee.complaints.clear()
    assert stack.sql(SAID, ("비밀번호도 바꿔 봤어요.",)) == [(0,)]
