"""Templates and macros in a browser: T, type, Enter; one press; three tickets at once; no scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import Person
from tests.e2e.test_pages import faults_of
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def numbers(stack: PrivateStack) -> list[str]:
    """Five new incidents of one employee."""
    code = (
        "from accounts.models import User; from incidents.services import open_incident;"
        "from tickets.models import Ticket;"
        "a = User.objects.get(username='seojin'); r = User.objects.get(username='jimin');"
        "[open_incident(actor=a, title='Macro story', requester=r) for _ in range(5)]"
    )
    stack.manage("shell", "-c", code)
    rows = stack.sql("SELECT number FROM tickets_ticket WHERE title = 'Macro story' ORDER BY id")
    return [str(row[0]) for row in rows]


def test_a_reply_joins_a_draft_and_a_macro_answers_and_waits(
    browser: Browser, stack: PrivateStack, numbers: list[str]
) -> None:
    number = numbers[0]
    with Person(browser, stack, "seojin") as agent:
        page = agent.open(f"/w/incidents/{number}/")
        field = page.locator("#body-comment")
        field.fill("먼저 쓴 글")
        field.press("Escape")
        # The key's place counts, whatever the layout types there.
        page.keyboard.press("KeyT")
        picker = page.locator("#desk-dialog macro-picker")
        expect(picker.locator("#macro-filter")).to_be_focused()
        page.keyboard.type("재설정")
        expect(picker.locator(".macro-pick:visible")).to_have_count(1)
        assert faults_of(page) == []
        page.keyboard.press("Enter")
        expect(page.locator("#desk-dialog")).not_to_be_visible()
        expect(field).to_be_focused()
        expect(field).to_have_value(re.compile(rf"^먼저 쓴 글\n안녕하세요, .*{number}.*드림$", re.S))

        field.press("Escape")
        page.keyboard.press("KeyT")
        expect(picker.locator("#macro-filter")).to_be_focused()
        page.keyboard.type("정보 요청")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        run = page.get_by_role("button", name="매크로 실행")
        expect(run).to_be_focused()
        expect(page.locator("#desk-dialog")).to_contain_text("상태: 보류")
        page.keyboard.press("Enter")
        expect(page.locator("#ticket-head")).to_contain_text("보류")
        expect(page.locator("desk-timeline")).to_contain_text("화면에 나온 오류 문구")
        expect(field).to_have_value(re.compile("^먼저 쓴 글"))  # what was typed stays


def test_three_tickets_get_a_macro(browser: Browser, stack: PrivateStack, numbers: list[str]) -> None:
    with Person(browser, stack, "seojin") as agent:
        page = agent.open("/w/incidents/?view=open&q=Macro+story")
        for number in numbers[1:4]:
            page.locator(f"#row-{number} .row__pick input").check()
        page.locator("#bulk summary").click()
        page.locator("#bulk button[value=macro]").click()
        dialog = page.locator("#desk-dialog")
        dialog.locator("[name=macro]").select_option(label="정보 요청 후 보류")
        dialog.locator("button[data-variant=primary]").click()
        page.wait_for_url(re.compile(r"/w/bulk/"))
        expect(page.locator("#bulk-result")).to_contain_text("3", timeout=60_000)
    found = "SELECT count(*) FROM tickets_ticket WHERE state = 'on_hold' AND number = ANY(%s)"
    assert stack.sql(found, [numbers[1:4]]) == [(3,)]


def test_a_macro_is_made_and_run_without_scripts(
    browser: Browser, stack: PrivateStack, numbers: list[str]
) -> None:
    with Person(browser, stack, "seojin", lang="en", scripts=False) as agent:
        page = agent.open("/w/macros/new/")
        page.fill("[name=name]", "Taken up")
        page.fill("[name=text]", "{number}: we are on it, {requester}.")
        page.select_option("[name=move]", "start")
        page.select_option("[name=assign]", "me")
        page.press("[name=name]", "Enter")
        agent.sees("Taken up", "Taken up")
        page = agent.open(f"/w/incidents/{numbers[4]}/")
        page.get_by_role("link", name="Templates").click()
        page.get_by_role("link", name="Taken up").click()
        agent.press("매크로 실행", "Run the macro")
        page.wait_for_url(re.compile(rf"/w/incidents/{numbers[4]}/"))
        expect(page.get_by_text(f"{numbers[4]}: we are on it").first).to_be_visible()
    found = "SELECT state FROM tickets_ticket WHERE number = %s"
    assert stack.sql(found, [numbers[4]]) == [("in_progress",)]
