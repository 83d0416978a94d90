"""The keys of lists, by a Latin and by a Hangul keyboard (UI 6, UI 12 rows 5 and 7)."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.person import WAIT, Person
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e
KEYS = {
    "KeyJ": ("j", "ㅓ"), "KeyK": ("k", "ㅏ"), "KeyX": ("x", "ㅌ"), "KeyI": ("i", "ㅑ"), "KeyF": ("f", "ㄹ"),
    "KeyV": ("v", "ㅍ"), "BracketLeft": ("[", "["), "Enter": ("Enter", "Enter"),
}  # fmt: skip


def press(page: Page, code: str, *, hangul: bool, shift: bool = False) -> None:
    """Press a key where the cursor is; a Hangul keyboard gives jamo in ``key``."""
    page.evaluate(
        "([code, key, shiftKey]) => (document.activeElement || document.body).dispatchEvent("
        "new KeyboardEvent('keydown', {code, key, shiftKey, bubbles: true, cancelable: true}))",
        [code, KEYS[code][hangul], shift],
    )


@pytest.fixture(params=[False, True], ids=["latin", "hangul"])
def hangul(request: pytest.FixtureRequest) -> bool:
    """Which keyboard."""
    return bool(request.param)


@pytest.fixture
def three(stack: PrivateStack, hangul: bool) -> str:
    """The address of a list of three new incidents."""
    word = "Hangulkeys" if hangul else "Latinkeys"
    code = (
        "from accounts.models import User; from incidents.services import open_incident;"
        "from tickets.models import Ticket;"
        "a = User.objects.get(username='seojin');"
        f"[open_incident(actor=a, title='{word} story', requester=a) for _ in range(3)];"
        f"Ticket.objects.filter(title='{word} story').update(assignee=None)"
    )
    stack.manage("shell", "-c", code)
    return f"/w/incidents/?view=open&q={word}"


def test_three_tickets_are_triaged_without_a_mouse(
    browser: Browser, stack: PrivateStack, three: str, hangul: bool
) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open(three)
        numbers = page.locator("#rows .row").evaluate_all("rows => rows.map(row => row.dataset.number)")
        assert len(numbers) >= 3
        for number in numbers[:3]:
            press(page, "KeyJ", hangul=hangul)
            here = page.evaluate("document.activeElement.closest('.row').dataset.number")
            assert here == number
            press(page, "KeyI", hangul=hangul)
            expect(page.locator(f"#row-{number} .row__take")).to_have_count(0, timeout=WAIT)
        taken = stack.sql(
            "SELECT count(*) FROM tickets_ticket t JOIN accounts_user u ON u.id = t.assignee_id"
            " WHERE u.username = 'seojin' AND t.number = ANY(%s)",
            (numbers[:3],),
        )
        assert taken == [(3,)]


def test_rows_are_chosen_filtered_and_left_by_keys(
    browser: Browser, stack: PrivateStack, three: str, hangul: bool
) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open(three)
        boxes = page.locator("#rows .row__pick input")
        press(page, "KeyJ", hangul=hangul)
        press(page, "KeyX", hangul=hangul)
        expect(boxes.nth(0)).to_be_checked()
        press(page, "KeyX", hangul=hangul)
        expect(boxes.nth(0)).not_to_be_checked()
        press(page, "KeyJ", hangul=hangul, shift=True)
        press(page, "KeyJ", hangul=hangul, shift=True)
        expect(page.locator(".bulk-bar__count")).to_have_text("3 chosen")
        assert page.evaluate("document.activeElement.closest('.row').dataset.number") == page.locator(
            "#rows .row"
        ).nth(2).get_attribute("data-number")
        press(page, "KeyK", hangul=hangul, shift=True)
        expect(boxes.nth(1)).to_be_checked()
        press(page, "KeyF", hangul=hangul)
        expect(page.locator("#desk-dialog form.filters")).to_be_visible(timeout=WAIT)
        page.keyboard.press("Escape")
        press(page, "KeyV", hangul=hangul)
        assert page.evaluate("document.activeElement.closest('#views') !== null")
        press(page, "BracketLeft", hangul=hangul)
        expect(page.locator("#views")).to_be_hidden()
        press(page, "BracketLeft", hangul=hangul)
        expect(page.locator("#views")).to_be_visible()


def test_nothing_happens_while_a_syllable_is_composed_or_keys_are_off(
    browser: Browser, stack: PrivateStack
) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open("/w/incidents/?view=open")
        press(page, "KeyJ", hangul=False)
        for composing in ("isComposing: true", "keyCode: 229"):
            page.evaluate(
                "document.activeElement.dispatchEvent(new KeyboardEvent('keydown',"
                f" {{code: 'KeyX', key: 'ㅌ', bubbles: true, {composing}}}))"
            )
        page.evaluate("document.documentElement.dataset.keys = 'off'")
        press(page, "KeyX", hangul=False)
        assert page.locator("#rows .row__pick input:checked").count() == 0


def test_live_news_leave_the_list_the_choice_and_the_draft_alone(
    browser: Browser, stack: PrivateStack
) -> None:
    """UI 12, row 5."""
    with (
        Person(browser, stack, "seojin", lang="en") as agent,
        Person(browser, stack, "doyun", lang="en") as employee,
    ):
        page = agent.open("/w/incidents/?view=open&sort=newest")
        page.locator("#rows .row__title").first.click()
        page.wait_for_url(re.compile(r"/w/incidents/INC\d+/"))
        page.locator("[data-composer=work_note]").click()
        page.locator("#body-work_note").fill("Half a thought")
        page.locator("#rows .row__pick input").nth(1).check()
        read = "rows => rows.map(row => row.dataset.number)"
        before = page.locator("#rows .row").evaluate_all(read)
        top = page.locator("#rows").evaluate("pane => pane.scrollTop")
        report = employee.open("/report/")
        report.fill("[name=text]", "The door of room 4 does not open")
        report.locator("main form .form-actions button").click()
        report.wait_for_url(re.compile(r"/my/INC\d+/"))
        expect(page.locator(".new-bar")).to_contain_text("new ticket", timeout=WAIT)
        assert page.locator("#rows .row").evaluate_all(read) == before
        assert page.locator("#rows").evaluate("pane => pane.scrollTop") == top
        expect(page.locator("#rows .row__pick input").nth(1)).to_be_checked()
        assert page.locator("#body-work_note").input_value() == "Half a thought"
        page.locator("#body-work_note").fill("")
        page.locator("#body-work_note").blur()
