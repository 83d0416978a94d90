"""A part of a page that is put in anew takes nothing away: what was typed, opened or closed meanwhile."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import APIResponse, Browser, Route, expect

from tests.e2e.person import Person
from tests.faults.stack import PrivateStack
from tests.faults.story import Api, Story, until

pytestmark = pytest.mark.e2e
CHANGED = "document.body.dispatchEvent(new CustomEvent('maru:ticket-changed'))"
TICKET_CHANGED = (
    "document.getElementById('ticket-live').dispatchEvent(new CustomEvent('maru:ticket-changed'))"
)
ROW_CHANGED = """number => document.getElementById('list-live').dispatchEvent(
  new CustomEvent('maru:queue-changed', { bubbles: true, detail: { number } }))"""
WITHDRAW = "details:has(form[action*='move/cancel']) > summary"
HOME = re.compile(r"^[^/]*//[^/]*/$")
REFRESH = re.compile(r"/refresh/$")


def test_what_is_typed_while_questions_are_asked_anew_stays(browser: Browser, stack: PrivateStack) -> None:
    with Person(browser, stack, "seoyeon", lang="en") as manager:
        page = manager.open("/catalog/item/new-starter-kit/?fresh")
        form = page.locator("#order-form")
        held: list[Route] = []
        page.route(REFRESH, lambda route: held.append(route), times=1)  # noqa: PLW0108 - Playwright marks it
        directory = form.locator("input[type=checkbox][name$=directory]")
        day, name = form.locator("[name$=first_day]"), form.locator("[name$=full_name]")
        directory.check()  # in the first moment of the page
        assert until(lambda: page.evaluate("1") and held, 10)
        day.fill("2027-03-02")
        name.fill("Jiwoo Han")
        directory.focus()  # the cursor is somewhere else by now
        with page.expect_response(REFRESH):
            held[0].continue_()
        page.wait_for_timeout(500)  # they are asked once more for what was typed meanwhile
        expect(day).to_have_value("2027-03-02")
        expect(name).to_have_value("Jiwoo Han")
        expect(directory).to_be_checked()
        form.locator(".form-actions button").click()
        page.wait_for_url(re.compile(r"/my/RITM\d+/"))


def test_news_that_come_while_a_request_is_put_in_anew_are_asked_for(
    browser: Browser, stack: PrivateStack
) -> None:
    story = Story(stack)
    number = story.order()
    with Person(browser, stack, "jimin", lang="en") as employee:
        page = employee.open(f"/my/{number}/")
        shown = page.url.rstrip("/").rsplit("/", 1)[-1]
        page.wait_for_timeout(1500)  # what the order itself caused has been shown
        held: list[tuple[Route, APIResponse]] = []
        page.route("**/my/**", lambda route: held.append((route, route.fetch())), times=1)
        page.evaluate(CHANGED)
        assert until(lambda: page.evaluate("1") and held, 10)
        story.employee.post(f"/tickets/{shown}/comments/", {"body": "Any news?"})
        page.wait_for_timeout(2500)  # the stream tells of it while the older answer is on its way
        route, answer = held[0]
        route.fulfill(response=answer)
        expect(page.locator("#conversation")).to_contain_text("Any news?", timeout=5000)


def test_what_was_closed_stays_closed_and_what_was_opened_open(browser: Browser, stack: PrivateStack) -> None:
    number = Story(stack).order()
    with Person(browser, stack, "jimin", lang="en") as employee:
        page = employee.open(f"/my/{number}/")
        fold = page.locator("details.ordered")
        for state in (False, True):
            fold.locator("summary").click()
            assert fold.evaluate("fold => fold.open") is state
            with page.expect_response("**/my/**"):
                page.evaluate(CHANGED)
            page.wait_for_timeout(300)  # long enough for the answer to be put in place
            assert fold.evaluate("fold => fold.open") is state


def test_the_cursor_stays_in_a_field_that_is_still_empty(browser: Browser, stack: PrivateStack) -> None:
    number = Story(stack).order()
    with Person(browser, stack, "jimin", lang="en") as employee:
        page = employee.open(f"/my/{number}/")
        page.locator(WITHDRAW).click()
        reason = page.locator("#move-cancel")
        reason.focus()
        with page.expect_response("**/my/**"):
            page.evaluate(CHANGED)
        page.wait_for_timeout(300)  # long enough for the answer to be put in place
        page.keyboard.type("Not needed")
        expect(reason).to_have_value("Not needed")


def test_the_keyboard_stays_on_its_button(browser: Browser, stack: PrivateStack) -> None:
    number = Story(stack).order()
    with Person(browser, stack, "jimin", lang="en") as employee:
        page = employee.open(f"/my/{number}/")
        page.locator(WITHDRAW).focus()
        with page.expect_response("**/my/**"):
            page.evaluate(CHANGED)
        page.wait_for_timeout(300)
        page.keyboard.press("Enter")
        expect(page.locator("#move-cancel")).to_be_visible()


@pytest.mark.parametrize(
    ("username", "path", "pressed", "news", "answer"),
    [
        ("jimin", "/my/{order}/", WITHDRAW, CHANGED, "**/my/**"),
        ("jimin", "/", ".request__head h3 a >> nth=0", CHANGED, HOME),
        (
            "haneul",
            "/w/incidents/{incident}/",
            ".timeline__filter a >> nth=0",
            TICKET_CHANGED,
            "**/w/incidents/**",
        ),
        ("haneul", "/w/incidents/", "#row-{incident} a >> nth=0", ROW_CHANGED, "**/w/incidents/**"),
    ],
    ids=["request", "home", "ticket", "row"],
)
def test_what_is_pressed_is_not_taken_away(
    browser: Browser,
    stack: PrivateStack,
    username: str,
    path: str,
    pressed: str,
    news: str,
    answer: str | re.Pattern[str],
) -> None:
    incident = stack.sql("SELECT number FROM tickets_ticket WHERE kind = 'incident' ORDER BY id LIMIT 1")[0][
        0
    ]
    names = {"order": Story(stack).order(), "incident": incident}
    with Person(browser, stack, username, lang="en") as person:
        page = person.open(path.format(**names))
        page.wait_for_timeout(1500)  # what the order itself caused has been shown
        target = page.locator(pressed.format(**names))
        target.evaluate(
            "each => each.addEventListener('click', event => { event.preventDefault(); window.got = 1 })"
        )
        target.hover()
        page.mouse.down()
        with page.expect_response(answer):
            page.evaluate(news, incident)
        page.wait_for_timeout(300)  # long enough for the answer to be put in place
        with page.expect_response(answer):  # it is asked for again once the button is let go
            page.mouse.up()
        assert page.evaluate("window.got") == 1


def test_a_press_whose_end_is_not_told_holds_nothing_back(browser: Browser, stack: PrivateStack) -> None:
    number = Story(stack).order()
    with Person(browser, stack, "jimin", lang="en") as employee:
        page = employee.open(f"/my/{number}/")
        page.wait_for_timeout(1500)  # what the order itself caused has been shown
        page.locator(WITHDRAW).hover()
        for button in ("right", "left"):
            page.mouse.down(button=button)
            if button == "left":
                page.evaluate("window.dispatchEvent(new FocusEvent('blur'))")  # to another window
            page.evaluate("document.getElementById('live').dataset.old = 1")
            page.evaluate(CHANGED)
            expect(page.locator("#live:not([data-old])")).to_be_visible()
            page.mouse.up(button=button)


def test_what_was_refused_stays_until_it_is_mended(browser: Browser, stack: PrivateStack) -> None:
    employee_token, agent_token = stack.manage(
        "mint_token", "jimin", "haneul", "--name", "keep"
    ).stdout.split()[-2:]
    number = Api(stack, employee_token).post("/incidents/", {"title": "VPN drops", "category": "network"})[
        "number"
    ]
    agent_api = Api(stack, agent_token)
    agent_api.post(f"/incidents/{number}/transitions/start/", {})
    agent_api.post(
        f"/incidents/{number}/transitions/resolve/",
        {"close_code": "solution_provided", "close_notes": "Restarted the gateway."},
    )
    with Person(browser, stack, "jimin", lang="en") as employee:
        page = employee.open(f"/my/{number}/")
        page.locator("details:has(form[action*='move/reopen']) > summary").click()
        page.locator("#move-reopen").fill("   ")  # enough for the browser, not for the rule
        page.locator("form[action*='move/reopen'] button").last.click()
        error = page.locator("#move-reopen-error")
        expect(error).to_be_visible()
        employee.complaints.clear()  # the browser names the status 422
        with page.expect_response("**/my/**"):
            page.evaluate(CHANGED)
        page.wait_for_timeout(300)
        expect(error).to_be_visible()
