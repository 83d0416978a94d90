"""Agents at the workspace: keyboard, Korean input, drafts, two at one ticket, live rows, no scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.person import WAIT, Person
from tests.faults.stack import PrivateStack
from tests.faults.story import until

pytestmark = pytest.mark.e2e

# A Hangul keyboard gives jamo in ``key``; the physical key is in ``code``.
HANGUL = {"KeyJ": "ㅓ", "KeyK": "ㅏ", "KeyR": "ㄱ", "KeyN": "ㅜ", "KeyI": "ㅑ", "KeyE": "ㄷ"}


def press(page: Page, code: str) -> None:
    """Press a key of a Hangul keyboard."""
    page.evaluate(
        "([code, key]) => (document.activeElement || document.body).dispatchEvent("
        "new KeyboardEvent('keydown', {code, key, bubbles: true, cancelable: true}))",
        [code, HANGUL[code]],
    )


def open_incident(stack: PrivateStack) -> str:
    """An open incident of the service desk that nobody works on."""
    found = stack.sql(
        "SELECT t.number FROM tickets_ticket t JOIN accounts_group g ON g.id = t.group_id"
        " WHERE t.kind = 'incident' AND t.state = 'new' AND t.assignee_id IS NULL AND g.key = 'service-desk'"
        " ORDER BY t.id LIMIT 1"
    )
    return str(found[0][0])


def assignee(stack: PrivateStack, number: str) -> str | None:
    """Who works on the ticket."""
    sql = (
        "SELECT u.username FROM tickets_ticket t JOIN accounts_user u ON u.id = t.assignee_id"
        " WHERE t.number = %s"
    )
    found = stack.sql(sql, (number,))
    return str(found[0][0]) if found else None


def test_a_ticket_is_triaged_by_a_hangul_keyboard_alone(browser: Browser, stack: PrivateStack) -> None:
    with Person(browser, stack, "seojin") as agent:
        page = agent.open("/w/all/?view=unassigned")
        press(page, "KeyJ")
        first = page.evaluate("document.activeElement.closest('.row').dataset.number")
        press(page, "KeyI")
        expect(page.locator(f"#row-{first} .row__take")).to_have_count(0, timeout=WAIT)
        assert assignee(stack, first) == "seojin"
        page.locator(f"#open-{first}").focus()
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(first), wait_until="load")
        expect(page.locator("#body-comment")).to_be_visible(timeout=WAIT)
        press(page, "KeyR")
        expect(page.locator("#body-comment")).to_be_focused()
        page.keyboard.type("확인했습니다")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".message[data-kind=out]").last).to_contain_text("확인했습니다", timeout=WAIT)
        page.keyboard.press("Escape")
        press(page, "KeyN")
        expect(page.locator("#body-work_note")).to_be_focused()


def test_enter_while_a_syllable_is_composed_sends_nothing_and_ctrl_enter_sends_once(
    browser: Browser, stack: PrivateStack
) -> None:
    with Person(browser, stack, "seojin") as agent:
        number = open_incident(stack)
        page = agent.open(f"/w/incidents/{number}/?tab=work_note")
        field = page.locator("#body-work_note")
        field.fill("가나")
        for composing in (
            "{key: 'Enter', code: 'Enter', isComposing: true}",
            "{key: 'Enter', code: 'Enter', keyCode: 229}",
        ):
            field.evaluate(
                f"(e) => e.dispatchEvent(new KeyboardEvent('keydown', {{bubbles: true, ...{composing}}}))"
            )
        press(page, "KeyJ")
        assert field.input_value() == "가나"
        send = "{key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true}"
        field.evaluate(
            f"(e) => {{ e.dispatchEvent(new KeyboardEvent('keydown', {send})); e.value = '가나다';"
            " e.dispatchEvent(new Event('input', {bubbles: true}));"
            " e.dispatchEvent(new CompositionEvent('compositionend', {data: '다', bubbles: true})); }"
        )
        expect(page.locator(".message[data-kind=note]").last).to_contain_text("가나다", timeout=WAIT)
        count = stack.sql(
            "SELECT count(*) FROM tickets_activity a JOIN tickets_ticket t ON t.id = a.ticket_id"
            " WHERE t.number = %s AND a.body = '가나다'",
            (number,),
        )
        assert count == [(1,)]


def test_a_draft_survives_a_reload_and_stays_in_its_tab(browser: Browser, stack: PrivateStack) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        number = open_incident(stack)
        page = agent.open(f"/w/incidents/{number}/?tab=work_note")
        page.locator("#body-work_note").fill("Half a thought")
        expect(page.locator("#composer-work_note [data-saved]")).to_have_text("Draft saved", timeout=WAIT)
        page.reload()
        assert page.locator("#body-work_note").input_value() == "Half a thought"
        assert page.locator("#body-comment").input_value() == ""
        page.locator("#body-work_note").fill("")
        page.locator("#body-work_note").blur()


def test_two_agents_at_one_ticket_see_each_other_and_lose_nothing(
    browser: Browser, stack: PrivateStack
) -> None:
    number = open_incident(stack)
    with (
        Person(browser, stack, "seojin", lang="en") as first,
        Person(browser, stack, "jiwoo", lang="en") as second,
    ):
        mine, theirs = first.open(f"/w/incidents/{number}/"), second.open(f"/w/incidents/{number}/")
        mine.locator("#body-comment").fill("Half a sentence")
        mine.locator("#edit-urgency").click()
        expect(mine.locator("#prop-urgency form")).to_be_visible(timeout=WAIT)
        theirs.locator("#edit-impact").click()
        theirs.locator("#prop-impact button[value='1']").click()
        expect(theirs.locator("#edit-impact")).to_contain_text("High", timeout=WAIT)
        expect(mine.locator("#timeline")).to_contain_text("Impact", timeout=WAIT)
        assert mine.locator("#body-comment").input_value() == "Half a sentence"
        expect(mine.locator("#prop-urgency form")).to_be_visible()
        mine.locator("#prop-urgency button[value='1']").click()
        expect(mine.locator("#prop-urgency .conflict")).to_be_visible(timeout=WAIT)
        mine.locator("#prop-urgency .conflict button").click()
        expect(mine.locator("#edit-urgency")).to_contain_text("High", timeout=WAIT)
        expect(theirs.locator("#edit-urgency")).to_contain_text("High", timeout=WAIT)
        row = stack.sql("SELECT impact, urgency, priority FROM tickets_ticket WHERE number = %s", (number,))
        assert row == [(1, 1, 1)]
        assert mine.locator("#body-comment").input_value() == "Half a sentence"
        first.complaints = [text for text in first.complaints if "409" not in text]
        mine.locator("#body-comment").fill("")
        mine.locator("#body-comment").blur()


def test_an_edit_begun_while_the_page_refreshes_itself_stays(browser: Browser, stack: PrivateStack) -> None:
    number = open_incident(stack)
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open(f"/w/incidents/{number}/")
        page.wait_for_timeout(1500)  # what the opening itself caused has been shown
        held: list[Route] = []
        page.route(re.compile(r"[?&]keep="), lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks it
        page.evaluate(
            "document.querySelector('#ticket-live').dispatchEvent(new CustomEvent('maru:ticket-changed'))"
        )
        assert until(lambda: page.evaluate("1") and held, 10)
        page.locator("#edit-impact").click()
        expect(page.locator("#prop-impact form")).to_be_visible()
        with page.expect_response(re.compile(r"[?&]keep=props")):  # asked for anew
            held[0].continue_()
        page.wait_for_timeout(300)
        page.locator("#prop-impact button[value='1']").click()
        expect(page.locator("#edit-impact")).to_contain_text("High", timeout=WAIT)


def test_new_tickets_wait_behind_a_bar_and_rows_do_not_move(browser: Browser, stack: PrivateStack) -> None:
    with (
        Person(browser, stack, "seojin", lang="en") as agent,
        Person(browser, stack, "doyun", lang="en") as employee,
    ):
        page = agent.open("/w/incidents/?view=open&sort=newest")
        read = "rows => rows.map(row => row.dataset.number)"
        before = page.locator("#rows .row").evaluate_all(read)
        report = employee.open("/report/")
        report.fill("[name=text]", "The projector in room 3 is dark")
        report.locator("main form .form-actions button").click()
        report.wait_for_url(re.compile(r"/my/INC\d+/"))
        expect(page.locator(".new-bar")).to_contain_text("Show 1 new ticket", timeout=WAIT)
        assert page.locator("#rows .row").evaluate_all(read) == before
        page.locator(".new-bar").click()
        expect(page.locator("#rows .row").first).to_contain_text("The projector in room 3 is dark")


def test_an_agent_needs_no_scripts(browser: Browser, stack: PrivateStack) -> None:
    number = open_incident(stack)
    with Person(browser, stack, "haneul", lang="en", scripts=False) as agent:
        page = agent.open(f"/w/incidents/{number}/")
        expect(page.locator("#composer-work_note textarea")).to_be_visible()
        page.locator("#body-comment").fill("Written without scripts")
        page.locator("#composer-comment [data-send]").click()
        expect(page.locator(".message[data-kind=out]").last).to_contain_text("Written without scripts")
        page.locator("#edit-urgency").click()
        page.locator("#prop-urgency button[value='2']").click()
        expect(page.locator("#edit-urgency")).to_contain_text("Medium")
        page.locator("a[href*='do=resolve']").first.click()
        page.locator("#move-form button[data-variant=primary]").click()
        expect(page.locator("#id_resolve_close_code_error")).to_be_visible()
        agent.complaints = [text for text in agent.complaints if "422" not in text]


def test_fifteen_rows_are_in_view_on_a_common_screen(browser: Browser, stack: PrivateStack) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        agent.page.set_viewport_size({"width": 1440, "height": 900})
        page = agent.open("/w/incidents/?view=open")
        height = page.locator("#rows").evaluate("rows => rows.getBoundingClientRect().height")
        row = page.locator("#rows .row").first.evaluate("row => row.getBoundingClientRect().height")
        assert height // row >= 15
