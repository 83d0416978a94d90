"""A problem from its incident to its fix: who reported the incident hears of workaround and end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.records import column
from tests.e2e.test_families import report
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e


def test_a_problem_is_analysed_and_its_incident_follows(browser: Browser, stack: PrivateStack) -> None:
    with (
        Person(browser, stack, "seojin", lang="en") as agent,
        Person(browser, stack, "yeonwoo", width=390) as employee,
    ):
        number = report(employee.page, "급여 명세서가 또 열리지 않아요")
        page = agent.open(f"/w/incidents/{number}/")
        page.locator("#links button", has_text="Open a problem for it").click()
        page.wait_for_url(re.compile(r"/w/problems/PRB\d+/"), wait_until="load")
        problem = page.url.split("?")[0].rstrip("/").rsplit("/", 1)[-1]
        expect(page.locator("#cause")).to_contain_text(number)

        page.locator("#ticket-head a", has_text="Confirm").click()
        page.fill("#id_confirm_assignee", "seojin")
        page.locator("#dialog-body button[data-variant=primary]").click()
        expect(page.locator("#ticket-head .steps [aria-current]")).to_contain_text("Root cause", timeout=WAIT)

        page.locator("#timeline a", has_text="Edit").click()
        page.fill("#id_analysis_workaround", "다른 브라우저로 열어 보세요.")
        page.locator("#id_analysis_is_known_error").check()
        page.locator("#dialog-body button[data-variant=primary]").click()
        expect(page.locator("#timeline")).to_contain_text("Known error", timeout=WAIT)

        page.locator("#cause summary").click()
        page.locator("#id_tell_public").check()
        page.locator("#cause form button", has_text="Tell").click()
        expect(employee.page.locator("main")).to_contain_text("다른 브라우저로 열어 보세요.", timeout=WAIT)
        assert problem not in employee.page.content()

        page.goto(f"/w/incidents/{number}/", wait_until="load")
        page.locator("#more-moves summary").click()
        page.locator("#more-moves a", has_text="Put on hold").click()
        page.locator("#id_hold_hold_reason").select_option("awaiting_problem")
        page.locator("#dialog-body button[data-variant=primary]").click()
        expect(page.locator("#ticket-head")).to_contain_text("On hold", timeout=WAIT)

        page.goto(f"/w/problems/{problem}/", wait_until="load")
        page.locator("#ticket-head a", has_text="Resolve").click()
        page.fill("#id_resolve_cause_notes", "The viewer sends an old certificate.")
        page.fill("#id_resolve_fix_notes", "The certificate was renewed.")
        page.locator("#dialog-body button[data-variant=primary]").click()
        expect(page.locator("#ticket-head")).to_contain_text("Resolved", timeout=WAIT)
        expect(employee.page.get_by_role("button", name="잘 돼요", exact=True)).to_be_visible(timeout=WAIT)
        assert column(stack, number, "state") == "resolved"


def test_a_problem_is_worked_without_scripts(browser: Browser, stack: PrivateStack) -> None:
    with Person(browser, stack, "jiwoo", lang="en", scripts=False) as agent:
        page = agent.open("/w/problems/new/")
        page.fill("#id_title", "The Wi-Fi drops in the afternoon")
        page.locator("main form button[data-variant=primary]").click()
        expect(page.locator("#ticket-head")).to_contain_text("New")
        page.locator("#timeline a", has_text="Edit").click()
        page.fill("#id_analysis_cause_notes", "Too many devices for one access point.")
        page.locator("#analysis-form button[data-variant=primary]").click()
        expect(page.locator("#timeline")).to_contain_text("Too many devices")
        page.locator("#tasks a", has_text="Add a task").click()
        page.fill("#id_task_title", "Count the devices")
        page.locator("#task-form button[data-variant=primary]").click()
        expect(page.locator("#tasks")).to_contain_text("Count the devices")


def test_the_root_cause_is_found_without_scripts(browser: Browser, stack: PrivateStack) -> None:
    with Person(browser, stack, "seojin", lang="en", scripts=False) as agent:
        problem = stack.sql("SELECT number FROM tickets_ticket WHERE kind = 'problem' AND active")[0][0]
        page = agent.open(f"/w/problems/{problem}/root-cause/")
        for question, answer in (
            ("Why did it happen?", "The pool of connections ran out."),
            ("Why is that?", "Reports keep theirs for minutes."),
        ):
            page.get_by_role("link", name=question).last.click()
            page.get_by_label("Answer").fill(answer)
            page.get_by_role("button", name="Save").click()
            expect(page.locator(".whys").first).to_contain_text(answer)
        page.get_by_role("button", name="This is the root cause").last.click()
        expect(page.locator(".whys__answer[data-root]")).to_contain_text("Reports keep theirs for minutes.")
        page.locator("#bone-process").get_by_role("link", name="Possible cause").click()
        page.get_by_role("textbox", name="Possible cause").fill("Nobody reviews reports")
        page.get_by_label("What is known of it").select_option("confirmed")
        page.get_by_role("button", name="Save").click()
        confirmed = page.locator("#bone-process [data-standing=confirmed]")
        expect(confirmed.filter(has_text="Nobody reviews reports")).to_be_visible()
