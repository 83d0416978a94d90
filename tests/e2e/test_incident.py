"""An incident from its report to its closing, between an employee and an agent at two browsers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.records import column, wait_for_state
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e


def report(employee: Person) -> str:
    """Report a problem; its number."""
    page = employee.open("/report/")
    page.fill("[name=text]", employee.say("집에서 VPN이 매시간 끊겨요", "VPN drops every hour at home"))
    choose(page, "impact", "2")
    choose(page, "urgency", "1")
    choose(page, "category", "network")
    page.locator("main form .form-actions button").click()
    page.wait_for_url(re.compile(r"/my/INC\d+/"))
    return page.url.rstrip("/").rsplit("/", 1)[-1].split("?")[0]


def choose(page: Page, name: str, value: str) -> None:
    """Pick a choice, be it a list or round buttons."""
    listed = page.locator(f"main select[name={name}]")
    if listed.count():
        listed.select_option(value)
    else:
        page.locator(f"main input[name={name}][value='{value}']").check()


def resolve(agent: Person, number: str) -> None:
    """Resolve with code and notes."""
    page = agent.open(f"/w/incidents/{number}/")
    page.locator("a[href*='do=resolve']").first.click()
    page.locator("[name=close_code]").select_option("solution_provided")
    page.fill("[name=close_notes]", agent.say("게이트웨이를 다시 시작했습니다.", "Restarted the gateway."))
    page.locator("form:has([name=close_notes]) button[data-variant=primary]").click()
    expect(page.locator("a[href*='do=resolve']")).to_have_count(0, timeout=WAIT)


@pytest.mark.parametrize(("lang", "width"), [("ko", 390), ("ko", 1440), ("en", 390), ("en", 1440)])
def test_an_incident_from_report_to_closing(
    browser: Browser, stack: PrivateStack, lang: str, width: int
) -> None:
    with (
        Person(browser, stack, "jimin", lang=lang, width=width) as employee,
        Person(browser, stack, "haneul", lang=lang, width=width) as agent,
    ):
        number = report(employee)
        assert column(stack, number, "priority") == 2
        group = stack.sql(
            "SELECT g.key FROM tickets_ticket t JOIN accounts_group g ON g.id = t.group_id"
            " WHERE t.number = %s",
            (number,),
        )
        assert group == [("network",)]

        page = agent.open(f"/w/incidents/{number}/")
        page.locator("form[action*='move/start'] button").first.click()
        expect(page.locator("form[action*='move/start']")).to_have_count(0, timeout=WAIT)
        question = agent.say("어느 통신사를 쓰세요?", "Which provider do you use?")
        page.locator("#body-comment").fill(question)
        page.locator("#composer-comment button[name=then][value=hold]").click()
        if page.locator("dialog[open] form, #move-form form").count():
            page.locator(
                "dialog[open] form button[data-variant=primary], #move-form button[data-variant=primary]"
            ).click()
        expect(employee.page.get_by_text(question).first).to_be_visible(timeout=WAIT)
        wait_for_state(stack, number, "on_hold")

        answer = employee.say("하늘통신이에요", "Haneul Telecom")
        employee.page.fill("#composer [name=body]", answer)
        employee.page.locator("#composer [data-send]").click()
        wait_for_state(stack, number, "in_progress")

        resolve(agent, number)
        wait_for_state(stack, number, "resolved")
        expect(employee.page.locator("form[action*='move/reopen']").first).to_be_attached(timeout=WAIT)
        reopen(employee)
        wait_for_state(stack, number, "in_progress")
        resolve(agent, number)
        wait_for_state(stack, number, "resolved")

        stack.sql(
            "UPDATE tickets_ticket SET resolved_at = resolved_at - interval '10 days' WHERE number = %s",
            (number,),
        )
        wait_for_state(stack, number, "closed")
        assert column(stack, number, "reopen_count") == 1


def reopen(employee: Person) -> None:
    """It still does not work: say why."""
    page = employee.page
    form = page.locator("form[action*='move/reopen']").first
    if not form.is_visible():
        page.locator("details:has(form[action*='move/reopen']) > summary").first.click()
    form.locator("textarea").fill(employee.say("또 끊겨요", "It dropped again"))
    form.locator("button").last.click()


def test_an_internal_note_never_reaches_the_portal(browser: Browser, stack: PrivateStack) -> None:
    secret = "the user forgot the cable again"
    with (
        Person(browser, stack, "jimin", lang="en") as employee,
        Person(browser, stack, "haneul", lang="en") as agent,
    ):
        number = report(employee)
        page = agent.open(f"/w/incidents/{number}/?tab=work_note")
        if not page.locator("#body-work_note").is_visible():
            page.keyboard.press("n")
        page.locator("#body-work_note").fill(secret)
        page.locator("#composer-work_note [data-send]").click()
        expect(page.get_by_text(secret).first).to_be_visible(timeout=WAIT)
        employee.open(f"/my/{number}/")
        assert secret not in employee.page.content()
        answer = employee.page.request.get(f"/api/v1/tickets/{number}/activity/")
        assert secret not in answer.text()


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_an_employee_needs_no_scripts(browser: Browser, stack: PrivateStack, lang: str) -> None:
    with Person(browser, stack, "minho", lang=lang, width=390, scripts=False) as employee:
        number = report(employee)
        page = employee.page
        page.fill("#composer [name=body]", employee.say("덧붙입니다", "One more thing"))
        page.locator("#composer [data-send]").click()
        expect(page.get_by_text(employee.say("덧붙입니다", "One more thing")).first).to_be_visible()
        assert column(stack, number, "state") == "new"
