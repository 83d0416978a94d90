"""A flow with parallel stages, live: its call breaks, an administrator mends it and reads what happened."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.records import wait_for_state
from tests.e2e.test_laptop import tasks_of
from tests.faults.stack import PrivateStack
from tests.sinks import Sink

pytestmark = pytest.mark.e2e


def connect(browser: Browser, stack: PrivateStack, receiver: Sink) -> None:
    """The administrator says where the directory is, and switches the connection on."""
    with Person(browser, stack, "admin") as person:
        page = person.open("/design/connect/directory/")
        page.fill("[name=base_url]", receiver.url)
        page.check("[name=enabled]")
        page.press("[name=base_url]", "Enter")
        page.wait_for_load_state()
        expect(page.locator("[name=enabled]")).to_be_checked()


def order(manager: Person) -> str:
    """The manager prepares for a colleague, directory entry included; the number of the item."""
    page = manager.open("/catalog/item/new-starter-kit/?fresh")
    form = page.locator("#order-form")
    form.locator("input[type=checkbox][name$=directory]").check()
    page.wait_for_load_state("networkidle")
    form.locator("[name$=first_day]").fill("2027-03-02")
    page.wait_for_load_state("networkidle")
    form.locator("[name$=full_name]").fill("한지우")
    form.locator(".form-actions button").click()
    page.wait_for_url(re.compile(r"/my/RITM\d+/"))
    return page.url.rstrip("/").rsplit("/", 1)[-1].split("?")[0]


def complete(browser: Browser, stack: PrivateStack, task: str, username: str) -> None:
    """A team does its part at the desk."""
    with Person(browser, stack, username) as agent:
        page = agent.open(f"/w/tasks/{task}/")
        page.locator("a[href*='do=complete']").first.click()
        page.locator("form[action*='/move/complete/'] button[data-variant=primary]").click()
        expect(page.locator("a[href*='do=complete']")).to_have_count(0, timeout=WAIT)


def test_a_new_hire_is_prepared_side_by_side_and_a_broken_call_is_mended(
    browser: Browser, stack: PrivateStack, receiver: Sink
) -> None:
    connect(browser, stack, receiver)
    receiver.answers["/people"] = (400, {}, b"broken")
    with Person(browser, stack, "seoyeon") as manager, Person(browser, stack, "admin") as admin:
        number = order(manager)
        now = manager.page.locator(".tracker__stage[data-state=now]")
        expect(now).to_have_count(3, timeout=WAIT)  # accounts, device and desk at the same time
        [[run]] = stack.sql(
            "SELECT r.public_id::text FROM workflows_flowrun r JOIN tickets_ticket t ON t.id = r.ticket_id"
            " WHERE t.number = %s",
            (number,),
        )
        page = admin.open(f"/design/flows/runs/{run}/")
        for title in ("계정 준비", "장비 준비", "자리와 네트워크"):
            expect(page.locator("tbody tr", has_text=title).first).to_contain_text("기다리는 중")

        accounts, device, desk = sorted(tasks_of(stack, number))
        complete(browser, stack, accounts, "seojin")
        failed = page.locator("tbody tr", has_text="주소록 등록")
        expect(failed).to_contain_text("실패", timeout=WAIT)  # the page shows it by itself
        assert receiver.requests[-1][1] == "/people"

        receiver.answers["/people"] = (
            201,
            {"Content-Type": "application/json"},
            json.dumps({"id": 7}).encode(),
        )
        failed.get_by_role("link").click()
        page.locator("#side").get_by_role("button", name="다시 시도").click()
        expect(page.locator("tbody tr", has_text="주소록 등록")).to_contain_text("완료", timeout=WAIT)
        keys = {
            headers["idempotency-key"] for _m, path, headers, _b in receiver.requests if path == "/people"
        }
        assert keys == {f"{run}:entry:prepare[0]:0"}

        complete(browser, stack, device, "mingyu")
        complete(browser, stack, desk, "haneul")
        done = manager.page.locator(".tracker__stage[data-state=done] b")
        expect(done.last).to_have_text("첫날 준비", timeout=WAIT)
        wait_for_state(stack, number, "closed_complete")

        page = admin.open(f"/design/flows/runs/{run}/")
        expect(page.locator(".flow-head")).to_contain_text("완료")
        page.locator("tbody tr", has_text="주소록 등록").get_by_role("link").click()
        expect(page.locator("#side")).to_contain_text('"entry_id": 7')
        expect(page.locator("#side")).to_contain_text("한지우")
