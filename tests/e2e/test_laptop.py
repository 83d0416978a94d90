"""The measure story in a browser: an employee orders a laptop and follows it until it is hers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import mails
from tests.e2e.person import WAIT, Person
from tests.e2e.records import wait_for_state
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e

READERS = [("ko", 390), ("ko", 1440), ("en", 390), ("en", 1440)]


def order(employee: Person, model: str) -> str:
    """Fill in the form and send it; the number of the item that is shown then."""
    page = employee.open("/catalog/item/laptop/?fresh")
    page.locator(f"#order-form input[type=radio][value={model}]").check()
    page.wait_for_load_state("networkidle")
    page.locator("#order-form textarea").first.fill(employee.say("지금 것이 느려요.", "The old one is slow."))
    page.locator("#order-form .form-actions button").click()
    page.wait_for_url(re.compile(r"/my/RITM\d+/"))
    return page.url.rstrip("/").rsplit("/", 1)[-1].split("?")[0]


def decide(
    browser: Browser, employee: Person, number: str, username: str, answer: str, reason: str = ""
) -> None:
    """Decide by the mailed link, without signing in; looking at it first changes nothing."""
    stack = employee.stack
    link = mails.decision_link(mails.to(stack, f"{username}@haneul.example", number))
    with Person(browser, stack, lang=employee.lang, width=390) as approver:
        for _ in range(3):
            approver.open(link)
        assert decided(stack, number, username) == 0
        if reason:
            approver.page.fill("[name=comment]", reason)
        approver.page.locator(f"button[name=decision][value={answer}]").click()
        approver.page.wait_for_load_state()
        assert decided(stack, number, username) == 1
        approver.open(link)
        expect(approver.page.locator("button[name=decision]")).to_have_count(0)
        approver.complaints.clear()  # a used link answers 409 or 410, which the console tells of


def tasks_of(stack: PrivateStack, number: str) -> list[str]:
    """The numbers of the item's catalog tasks."""
    rows = stack.sql(
        "SELECT t.number FROM catalog_catalogtask c JOIN tickets_ticket t ON t.id = c.ticket_ptr_id"
        " JOIN tickets_ticket i ON i.id = c.ritm_id WHERE i.number = %s",
        (number,),
    )
    return [str(row[0]) for row in rows]


def decided(stack: PrivateStack, number: str, username: str) -> int:
    """How many decisions of that person there are about the item."""
    return int(
        stack.sql(
            "SELECT count(*) FROM approvals_approval a"
            " JOIN approvals_approvalrequest q ON q.id = a.request_id"
            " JOIN tickets_ticket t ON t.id = q.ticket_id JOIN accounts_user u ON u.id = a.approver_id"
            " WHERE t.number = %s AND u.username = %s AND a.status IN ('approved', 'rejected')",
            (number, username),
        )[0][0]
    )


def buy(browser: Browser, employee: Person, number: str) -> None:
    """The purchase team completes its task with a serial number, at the desk."""
    stack = employee.stack
    task = tasks_of(stack, number)[0]
    with Person(browser, stack, "mingyu", lang=employee.lang) as buyer:
        page = buyer.open("/w/tasks/")
        page.get_by_role("link", name=task).or_(page.locator(f"a[href*='{task}']")).first.click()
        page.wait_for_url(re.compile(task))
        page.locator("a[href*='do=complete']").first.click()
        page.fill("[name=serial]", f"SN-{number}")
        page.locator("form:has([name=serial]) button[data-variant=primary]").click()
        expect(page.locator("a[href*='do=complete']")).to_have_count(0, timeout=WAIT)


def now_at(employee: Person, korean: str, english: str) -> None:
    """The tracker on the page that stays open has come to this stage, by itself."""
    here = employee.page.locator(".tracker__stage[data-state=now] b, .tracker__stage[data-state=failed] b")
    expect(here.first).to_have_text(employee.say(korean, english), timeout=WAIT)


@pytest.mark.parametrize(("lang", "width"), READERS)
def test_a_laptop_is_ordered_approved_bought_and_ready(
    browser: Browser, stack: PrivateStack, lang: str, width: int
) -> None:
    with Person(browser, stack, "jimin", lang=lang, width=width) as employee:
        number = order(employee, "developer_14")
        now_at(employee, "승인", "Approval")
        decide(browser, employee, number, "seoyeon", "approved")
        now_at(employee, "구매", "Purchase")
        buy(browser, employee, number)
        done = employee.page.locator(".tracker__stage[data-state=done] b")
        expect(done.last).to_have_text(employee.say("수령", "Ready"), timeout=WAIT)
        mails.to(stack, "jimin@haneul.example", employee.say("노트북", "laptop"))
        owner = stack.sql(
            "SELECT u.username FROM cmdb_ci c JOIN accounts_user u ON u.id = c.assigned_to_id"
            " WHERE c.serial = %s",
            (f"SN-{number}",),
        )
        assert owner == [("jimin",)]
        wait_for_state(stack, number, "closed_complete")


@pytest.mark.parametrize(("lang", "width"), [("ko", 390), ("en", 1440)])
def test_an_expensive_one_also_asks_finance(
    browser: Browser, stack: PrivateStack, lang: str, width: int
) -> None:
    with Person(browser, stack, "minho", lang=lang, width=width) as employee:
        number = order(employee, "video_16")
        now_at(employee, "승인", "Approval")
        decide(browser, employee, number, "seoyeon", "approved")
        decide(browser, employee, number, "taeho", "approved")
        now_at(employee, "구매", "Purchase")


@pytest.mark.parametrize(("lang", "width"), [("en", 390), ("ko", 1440)])
def test_a_declined_one_ends_with_its_reason(
    browser: Browser, stack: PrivateStack, lang: str, width: int
) -> None:
    with Person(browser, stack, "jimin", lang=lang, width=width) as employee:
        number = order(employee, "office_13")
        now_at(employee, "승인", "Approval")
        reason = employee.say("예산이 없어요.", "No budget this year.")
        decide(browser, employee, number, "seoyeon", "rejected", reason)
        expect(employee.page.locator("#live")).to_contain_text(reason, timeout=WAIT)
        wait_for_state(stack, number, "rejected")
        assert tasks_of(stack, number) == []
