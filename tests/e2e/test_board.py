"""The board in a browser: a card is dragged or moved by its menu, with the same form; keys walk the cards."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import WAIT, Person
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e
BOARD = "/w/board/incidents/?view=open&q=Board+story"


@pytest.fixture
def incident(stack: PrivateStack) -> str:
    """A new incident of the service desk."""
    code = (
        "from accounts.models import User; from incidents.services import open_incident;"
        "a = User.objects.get(username='seojin');"
        "open_incident(actor=a, title='Board story', requester=a)"
    )
    stack.manage("shell", "-c", code)
    sql = "SELECT number FROM tickets_ticket WHERE title = 'Board story' ORDER BY id DESC LIMIT 1"
    return str(stack.sql(sql)[0][0])


def state(stack: PrivateStack, number: str) -> str:
    """Where the incident stands."""
    return str(stack.sql("SELECT state FROM tickets_ticket WHERE number = %s", (number,))[0][0])


def test_a_card_is_dragged_and_its_form_asks_what_the_move_needs(
    browser: Browser, stack: PrivateStack, incident: str
) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open(BOARD)
        card = page.locator(f".board-card[data-number={incident}]")
        card.drag_to(page.locator("[data-column=in_progress]"))
        dialog = page.locator("#desk-dialog")
        expect(dialog).to_be_visible(timeout=WAIT)
        assert state(stack, incident) == "new"  # nothing is done by the drag alone
        dialog.locator(".dialog__actions button").last.click()
        expect(page.locator(f"[data-column=in_progress] [data-number={incident}]")).to_be_visible(
            timeout=WAIT
        )
        assert state(stack, incident) == "in_progress"
        card.drag_to(page.locator("[data-column=new]"))
        expect(page.locator(".toast").last).to_contain_text("No move leads there", timeout=WAIT)
        assert state(stack, incident) == "in_progress"


def test_the_menu_does_what_the_drag_does_by_keyboard_alone(
    browser: Browser, stack: PrivateStack, incident: str
) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open(BOARD)
        page.locator(f".board-card[data-number={incident}] .board-card__title").focus()
        page.keyboard.press("s")
        expect(page.locator(f".board-card[data-number={incident}] details")).to_have_attribute("open", "")
        page.locator(f".board-card[data-number={incident}] [data-target=in_progress]").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#desk-dialog")).to_be_visible(timeout=WAIT)
        page.locator("#desk-dialog .dialog__actions button").last.press("Enter")
        expect(page.locator(f"[data-column=in_progress] [data-number={incident}]")).to_be_visible(
            timeout=WAIT
        )
        first = page.locator(".board-card__title").first
        first.focus()
        page.keyboard.press("ArrowRight")
        place = page.evaluate("document.activeElement.closest('.board__column').dataset.column")
        assert place == "in_progress"


def test_by_assignee_a_drag_assigns(browser: Browser, stack: PrivateStack, incident: str) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open(f"{BOARD}&by=assignee")
        people = page.locator(".board__column").evaluate_all("all => all.map(each => each.dataset.column)")
        if "seojin" not in people:
            page.evaluate("document.querySelector('[data-assign]').click()")
            return
        page.locator(f".board-card[data-number={incident}]").drag_to(page.locator("[data-column=seojin]"))
        expect(page.locator(f"[data-column=seojin] [data-number={incident}]")).to_be_visible(timeout=WAIT)
