"""Bulk edit in a browser: sixty changed and taken back, choices that stay, no scripts (UI 12, row 9)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import Person
from tests.faults.stack import PrivateStack
from tests.faults.story import Story

pytestmark = pytest.mark.e2e
LONG = 240_000
OF_THEM = "SELECT count(*) FROM tickets_ticket WHERE title = 'Bulk story' AND urgency = 3 AND "


@pytest.fixture(scope="module")
def sixty(stack: PrivateStack) -> str:
    """The address of a list with sixty new incidents."""
    code = (
        "from accounts.models import User; from incidents.services import open_incident;"
        "from tickets.models import Ticket;"
        "a = User.objects.get(username='seojin');"
        "[open_incident(actor=a, title='Bulk story', requester=a) for _ in range(60)];"
        "Ticket.objects.filter(title='Bulk story').update(assignee=None)"
    )
    stack.manage("shell", "-c", code)
    return "/w/incidents/?view=open&q=Bulk+story"


def test_sixty_are_assigned_in_the_background_and_taken_back(
    browser: Browser, stack: PrivateStack, sixty: str
) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open(sixty)
        page.locator("#rows .row__pick input").first.check()
        expect(page.locator(".bulk-bar__count")).to_have_text("1 chosen")
        page.get_by_label("All of this list").check()
        page.locator("#bulk button[value=assign]").click()
        dialog = page.locator("#desk-dialog")
        expect(dialog).to_contain_text("This is for all 60 tickets of the list.")
        dialog.locator("[name=assignee]").fill("jiwoo")
        dialog.locator("button[data-variant=primary]").click()
        page.wait_for_url(re.compile(r"/w/bulk/"))
        expect(page.locator("#bulk-result")).to_contain_text("60 tickets were changed.", timeout=LONG)
        owner = "assignee_id = (SELECT id FROM accounts_user WHERE username = 'jiwoo')"
        count = f"SELECT count(*) FROM tickets_ticket WHERE title = 'Bulk story' AND {owner}"
        assert stack.sql(count) == [(60,)]
        page.get_by_role("button", name="Take it back").click()
        page.wait_for_url(re.compile(r"/w/bulk/"))
        expect(page.locator("h1")).to_contain_text("Taken back")
        expect(page.locator("#bulk-result")).to_contain_text("60 tickets were changed.", timeout=LONG)
        assert stack.sql(count) == [(0,)]


def test_what_is_chosen_stays_chosen_and_a_range_is_one_click(
    browser: Browser, stack: PrivateStack, sixty: str
) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open(sixty)
        boxes = page.locator("#rows .row__pick input")
        boxes.nth(0).check()
        boxes.nth(4).click(modifiers=["Shift"])
        expect(page.locator(".bulk-bar__count")).to_have_text("5 chosen")
        number = page.locator("#rows .row").nth(2).get_attribute("data-number")
        with page.expect_response(re.compile(rf"{number}/row/")):
            page.evaluate(
                "number => document.querySelector('#list-live').dispatchEvent("
                "new CustomEvent('maru:queue-changed', {bubbles: true, detail: {number}}))",
                number,
            )
        expect(page.locator(f"#row-{number}[data-fresh] .row__pick input")).to_be_checked()
        expect(page.locator(".bulk-bar__count")).to_have_text("5 chosen")


def test_bulk_edit_needs_no_scripts(browser: Browser, stack: PrivateStack, sixty: str) -> None:
    with Person(browser, stack, "seojin", lang="en", scripts=False) as agent:
        page = agent.open(sixty)
        for place in range(2):
            page.locator("#rows .row__pick input").nth(place).check()
        page.locator("#bulk button[value=move]").click()
        page.locator("button[name=move][value=start]").click()
        page.locator("main form button[data-variant=primary]").click()
        expect(page.locator("#bulk-result")).to_contain_text("2 tickets were changed.")
        page.locator("#bulk-result").get_by_role("link", name="Back to the list").click()
        expect(page.locator(".list-pane")).to_be_visible()


def test_three_reports_go_on_in_one_and_come_back(browser: Browser, stack: PrivateStack) -> None:
    employee = Story(stack).employee
    said = [employee.post("/incidents/", {"title": f"Merge story {n}"})["number"] for n in ("a", "b", "c")]
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open("/w/incidents/?view=open&q=Merge+story")
        boxes = page.locator("#rows .row__pick input")
        expect(boxes).to_have_count(3)
        boxes.nth(0).check()
        boxes.nth(2).click(modifiers=["Shift"])
        page.locator("#bulk summary").click()
        page.locator("#bulk button[value=merge]").click()
        dialog = page.locator("#desk-dialog")
        expect(dialog.get_by_label(f"{said[0]} Merge story a")).to_be_checked()
        dialog.get_by_label(f"{said[1]} Merge story b").check()
        dialog.locator("button[data-variant=primary]").click()
        expect(dialog).to_contain_text(f"2 incidents go on in {said[1]}")
        expect(dialog).to_contain_text("Merge story c")
        dialog.locator("button[data-variant=primary]").click()
        page.wait_for_url(re.compile(r"/w/bulk/"))
        expect(page.locator("#bulk-result")).to_contain_text("2 tickets were changed.", timeout=LONG)
        states = "SELECT number, state FROM tickets_ticket WHERE title LIKE 'Merge story %%' ORDER BY title"
        assert [state for _n, state in stack.sql(states)] == ["cancelled", "new", "cancelled"]
        page.get_by_role("button", name="Take it back").click()
        expect(page.locator("h1")).to_contain_text("Taken back")
        expect(page.locator("#bulk-result")).to_contain_text("2 tickets were changed.", timeout=LONG)
        assert {state for _n, state in stack.sql(states)} == {"new"}


def test_merging_into_another_one_without_scripts(browser: Browser, stack: PrivateStack) -> None:
    employee = Story(stack).employee
    one, other = (employee.post("/incidents/", {"title": f"병합 이야기 {n}"})["number"] for n in (1, 2))
    with Person(browser, stack, "seojin", width=390, scripts=False) as agent:
        page = agent.open(f"/w/incidents/?view=open&q={one}")
        page.locator("#rows .row__pick input").first.check()
        page.locator("#bulk summary").click()
        page.locator("#bulk button[value=merge]").click()
        page.locator("input[name=keep][value=other]").check()
        page.locator("input[name=into]").fill(other)
        page.locator("main button[data-variant=primary]").click()
        expect(page.locator("main")).to_contain_text(f"{other}에 병합")
        page.locator("main button[data-variant=primary]").click()
        expect(page.locator("#bulk-result")).to_contain_text(one, timeout=LONG)
        state = "SELECT state FROM tickets_ticket WHERE number = %s"
        assert stack.sql(state, (one,)) == [("cancelled",)]
