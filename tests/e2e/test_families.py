"""A large outage: one incident above the others, tasks for teams, one word and one resolution for all."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.records import column
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e


def report(page: Page, text: str) -> str:
    """The number of the incident that an employee's words opened."""
    page.goto("/report/", wait_until="load")
    page.fill("[name=text]", text)
    page.locator("main form .form-actions button").click()
    page.wait_for_url(re.compile(r"/my/INC\d+/"))
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def test_one_word_and_one_resolution_reach_all_who_are_hit(browser: Browser, stack: PrivateStack) -> None:
    with (
        Person(browser, stack, "seojin", lang="en") as agent,
        Person(browser, stack, "doyun", lang="en") as first,
        Person(browser, stack, "minho", width=390) as second,
    ):
        parent = report(first.page, "The payment page does not load")
        child = report(second.page, "결제 화면이 열리지 않아요")
        page = agent.open(f"/w/incidents/{parent}/")
        page.locator("#family summary").click()
        page.fill("#id_family_number", child.lower())
        page.locator("#family form button", has_text="Join").click()
        expect(page.locator("#family")).to_contain_text(child, timeout=WAIT)
        page.locator("#tasks a", has_text="Add a task").click()
        page.fill("#id_task_title", "Restart the gateway")
        page.locator("#dialog-body button[data-variant=primary]").click()
        expect(page.locator("#tasks")).to_contain_text("Restart the gateway", timeout=WAIT)

        page.fill("#body-comment", "It takes ten minutes.")
        page.locator("#composer-comment [name=to_children]").check()
        page.locator("#composer-comment [data-send]").click()
        expect(page.locator(".message[data-kind=out]").last).to_contain_text("ten minutes", timeout=WAIT)
        expect(second.page.locator("main")).to_contain_text("It takes ten minutes.", timeout=WAIT)

        page.locator("a[href*='do=resolve']").first.click()
        dialog = page.locator("#dialog-body")
        dialog.locator("[name=close_code]").select_option("solution_provided")
        dialog.locator("[name=close_notes]").fill("The gateway was restarted.")
        dialog.locator("button[data-variant=primary]").click()
        expect(dialog.locator("#id_resolve_close_tasks_error")).to_be_visible(timeout=WAIT)
        dialog.locator("[name=close_tasks]").check()
        dialog.locator("button[data-variant=primary]").click()
        expect(page.locator("#ticket-head")).to_contain_text("Resolved", timeout=WAIT)
        expect(page.locator("#tasks")).to_contain_text("Closed incomplete")
        expect(second.page.get_by_role("button", name="잘 돼요", exact=True)).to_be_visible(timeout=WAIT)
        assert column(stack, child, "state") == "resolved"
        assert "Restart the gateway" not in first.page.content()
        agent.complaints = [text for text in agent.complaints if "422" not in text]
