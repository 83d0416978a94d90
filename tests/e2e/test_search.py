"""Search at a browser: the palette by keyboard, under Korean composition, on the open ticket; the page."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.person import WAIT, Person
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e


def a_ticket(stack: PrivateStack) -> tuple[str, str]:
    """Number and title of an open incident of the service desk."""
    found = stack.sql(
        "SELECT t.number, t.title FROM tickets_ticket t JOIN accounts_group g ON g.id = t.group_id"
        " WHERE t.kind = 'incident' AND t.active AND t.phase = 'open' AND g.key = 'service-desk'"
        " ORDER BY t.id LIMIT 1"
    )
    return str(found[0][0]), str(found[0][1])


def opened(page: Page) -> Page:
    """The palette, opened by its key."""
    page.keyboard.press("Control+k")
    expect(page.locator("#palette input[type=search]")).to_be_focused()
    return page


def test_a_ticket_is_found_and_opened_by_keyboard_alone(browser: Browser, stack: PrivateStack) -> None:
    number, title = a_ticket(stack)
    with Person(browser, stack, "seojin") as agent:
        page = opened(agent.open("/w/all/?view=open"))
        expect(page.locator("#palette-options")).to_contain_text("새 인시던트", timeout=WAIT)
        page.keyboard.type(f"inc {int(number.removeprefix('INC'))}")
        first = page.locator("#palette-options [role=option]").first
        expect(first).to_contain_text(title, timeout=WAIT)
        page.keyboard.press("ArrowDown")
        expect(first).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(f"/w/incidents/{number}/"), wait_until="load")


def test_enter_while_a_syllable_is_composed_opens_nothing(browser: Browser, stack: PrivateStack) -> None:
    number, title = a_ticket(stack)
    with Person(browser, stack, "seojin") as agent:
        page = opened(agent.open("/w/all/?view=open"))
        field = page.locator("#palette input[type=search]")
        field.fill(number)
        expect(page.locator("#palette-options [role=option]").first).to_contain_text(title, timeout=WAIT)
        page.keyboard.press("ArrowDown")
        address = page.url
        for composing in ("{key: 'Enter', code: 'Enter', isComposing: true}", "{key: 'Enter', keyCode: 229}"):
            for code in ("Enter", "ArrowDown"):
                field.evaluate(
                    f"(field) => field.dispatchEvent(new KeyboardEvent('keydown', "
                    f"{{...{composing.replace('Enter', code)}, bubbles: true, cancelable: true}}))"
                )
        first = page.locator("#palette-options [role=option]").first
        expect(first).to_have_attribute("aria-selected", "true")  # no arrow was followed either
        assert page.url == address
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(f"/w/incidents/{number}/"), wait_until="load")


def test_the_palette_acts_on_the_open_ticket(browser: Browser, stack: PrivateStack) -> None:
    number, _title = a_ticket(stack)
    with Person(browser, stack, "seojin") as agent:
        page = opened(agent.open(f"/w/incidents/{number}/"))
        expect(page.locator("#options-actions")).to_be_visible(timeout=WAIT)
        page.keyboard.type("내부")
        note = page.locator("#palette-options [data-press=KeyN]")
        expect(page.locator("#palette-options [role=option]").first).to_have_attribute(
            "data-press", "KeyN", timeout=WAIT
        )
        expect(note).to_contain_text("N")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.locator("#palette")).to_be_hidden()
        expect(page.locator("#body-work_note")).to_be_focused()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_page_finds_by_initials_and_tells_of_the_other_layout(
    scripts: bool, browser: Browser, stack: PrivateStack
) -> None:
    with Person(browser, stack, "seojin", scripts=scripts) as agent:
        page = agent.open("/w/search/")
        field = page.locator("main input[type=search]")
        for typed in ("노트북", "ㄴㅌㅂ", "shxmqnr"):
            field.fill(typed)
            field.press("Enter")
            expect(page.locator("main .found").first).to_contain_text("노트북", timeout=WAIT)
        expect(page.locator("main [role=status]")).to_contain_text("노트북")
        if scripts:
            page.locator("h1").click()
            page.keyboard.press("/")
            expect(field).to_be_focused()


def test_an_employee_finds_forms_and_their_own(browser: Browser, stack: PrivateStack) -> None:
    with Person(browser, stack, "jimin") as employee:
        page = employee.open("/")
        for typed in ("ㄴㅌㅂ", "shxmqnr", "노트붝", "laptop"):
            page.locator("main input[type=search]").fill(typed)
            page.locator("main input[type=search]").press("Enter")
            expect(page.locator("main .item-grid")).to_contain_text("노트북", timeout=WAIT)
