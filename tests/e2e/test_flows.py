"""Flows in the browser: a run that moves while one looks, a flow made and helped without scripts."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import APIResponse, Browser, Route, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.records import approve, ordered
from tests.faults.stack import PrivateStack
from tests.faults.story import Story, until

pytestmark = pytest.mark.e2e

RUN_OF = (
    "SELECT r.public_id FROM workflows_flowrun r JOIN tickets_ticket t ON t.id = r.ticket_id"
    " WHERE t.title = %s ORDER BY r.id DESC LIMIT 1"
)
REFRESH = "document.body.dispatchEvent(new CustomEvent('maru:ticket-changed'))"


def refusing_flow(key: str, kind: str, title: str) -> str:
    """A flow that stops with an error at its second step: a title is no list."""
    return json.dumps(
        {
            "schema": 1,
            "key": key,
            "trigger": {
                "kind": "record",
                "type": kind,
                "on": "create",
                "if": {"f": "title", "op": "eq", "v": title},
            },
            "start": "note",
            "nodes": {
                "note": {"kind": "log", "message": "Seen.", "next": "look"},
                "look": {
                    "kind": "for_each",
                    "list": {"path": "ticket.title"},
                    "body": "each",
                    "label": {"ko": "장비마다", "en": "For every item"},
                    "next": "fin",
                },
                "each": {"kind": "log", "message": "{{ item }}", "next": "look"},
                "fin": {"kind": "end", "outcome": "done"},
            },
        }
    )


def test_a_run_moves_while_somebody_looks_at_it(browser: Browser, stack: PrivateStack) -> None:
    story, run = ordered(stack)
    with Person(browser, stack, "admin", lang="en") as admin:
        page = admin.open(f"/design/flows/runs/{run}/")
        card = page.locator(".flow-map [data-node=ask]")
        expect(card).to_have_attribute("data-tone", "warn")
        page.evaluate("window.stillHere = true")
        assert until(story.approve_what_waits)
        expect(card).to_have_attribute("data-tone", "good", timeout=WAIT)
        expect(page.locator(".flow-map [data-node=dec]")).to_have_attribute("data-tone", "good", timeout=WAIT)
        card.click()
        expect(page.locator("#side h2").first).to_be_focused()
        expect(card).to_have_attribute("aria-current", "true")
        assert page.url.endswith("?step=1")
        assert page.evaluate("window.stillHere") is True


def test_a_step_opens_also_while_the_page_refreshes_itself(browser: Browser, stack: PrivateStack) -> None:
    story, run = ordered(stack)
    assert until(story.approve_what_waits)
    with Person(browser, stack, "admin", lang="en") as admin:
        page = admin.open(f"/design/flows/runs/{run}/")
        ask, decide = (page.locator(f".flow-map [data-node={node}]") for node in ("ask", "dec"))
        expect(decide).to_have_attribute("data-tone", "good", timeout=WAIT)
        page.reload()  # nothing is on its way now that the run waits for a person
        heading = page.locator("#side h2").first
        held: list[Route] = []
        page.route(f"**/design/flows/runs/{run}/", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
        page.evaluate(REFRESH)
        assert until(lambda: page.evaluate("1") and len(held) == 2)
        ask.click()
        expect(heading).to_contain_text("1 ·")
        expect(heading).to_be_focused()
        for route in held:
            route.continue_()
        expect(ask).to_have_attribute("aria-current", "true")
        expect(heading).to_contain_text("1 ·")

        decide.hover()
        page.mouse.down()  # a card that is taken away under the finger gets no click
        with page.expect_event("requestfinished"):
            page.evaluate(REFRESH)
        page.wait_for_timeout(300)  # long enough for the answer to be put in place
        page.mouse.up()
        expect(heading).to_contain_text("2 ·")


def test_news_that_come_while_the_page_refreshes_itself_are_shown(
    browser: Browser, stack: PrivateStack
) -> None:
    story, run = ordered(stack)
    with Person(browser, stack, "admin", lang="en") as admin:
        page = admin.open(f"/design/flows/runs/{run}/")
        ask = page.locator(".flow-map [data-node=ask]")
        expect(ask).to_have_attribute("data-tone", "warn")
        page.wait_for_timeout(1500)  # what the order itself caused has been shown
        address = f"**/design/flows/runs/{run}/"
        held: list[tuple[Route, APIResponse]] = []
        page.route(address, lambda route: held.append((route, route.fetch())), times=2)
        page.evaluate(REFRESH)
        assert until(lambda: page.evaluate("1") and len(held) == 2, 10)
        approve(story, stack, run)
        page.evaluate(REFRESH)  # while the answers from before the decision are on their way
        page.wait_for_timeout(2500)  # so is whatever the stream tells of it
        for route, answer in held:
            route.fulfill(response=answer)
        expect(ask).to_have_attribute("data-tone", "good", timeout=5000)  # by itself it looks every 15 s


def test_what_changed_while_somebody_filled_in_is_shown_when_they_are_done(
    browser: Browser, stack: PrivateStack
) -> None:
    story, run = ordered(stack)
    with Person(browser, stack, "admin", lang="en") as admin:
        page = admin.open(f"/design/flows/runs/{run}/?step=1")
        page.wait_for_timeout(1500)  # what the order itself caused has been shown
        state = page.locator("#side .badge").first
        expect(state).to_have_text("Waiting")
        summary = page.locator("#side summary").first
        summary.click()
        assert until(story.approve_what_waits)
        expect(page.locator(".flow-map [data-node=ask]")).to_have_attribute("data-tone", "good", timeout=WAIT)
        expect(state).to_have_text("Waiting")
        summary.click()
        summary.evaluate("each => each.blur()")
        expect(state).to_have_text("Done", timeout=5000)


def test_a_flow_is_made_and_its_run_helped_without_scripts(browser: Browser, stack: PrivateStack) -> None:
    title = "A printer nobody knows"
    with Person(browser, stack, "admin", lang="en", scripts=False) as admin:
        page = admin.open("/design/flows/new/")
        page.fill("[name=key]", "printers")
        page.fill("[name=name_ko]", "프린터")
        page.fill("[name=name_en]", "Printers")
        admin.press("초안 만들기", "Create the draft")
        page.fill(
            "[name=graph]",
            refusing_flow("printers", "incident", title).replace('"next": "fin"', '"next": "nowhere"'),
        )
        admin.press("초안 저장", "Save the draft")
        expect(page.locator(".flow-problems")).to_contain_text("For every item")
        page.fill("[name=graph]", refusing_flow("printers", "incident", title))
        admin.press("초안 저장", "Save the draft")
        admin.press("게시", "Publish")
        expect(page.locator(".badge", has_text="Live v1")).to_be_visible()
        until(lambda: stack.sql("SELECT pg_sleep(2.5)"))  # every process has read the published flows anew
        Story(stack).employee.post("/incidents/", {"title": title})
        run = until(lambda: stack.sql(RUN_OF, (title,)))[0][0]
        assert until(
            lambda: stack.sql(
                "SELECT 1 FROM workflows_flowrun WHERE public_id = %s AND status = 'suspended'", (run,)
            )
        )
        page = admin.open(f"/design/flows/runs/{run}/")
        page.locator("summary", has_text="Skip with a result").click()
        page.fill("#skip_output", '{"found": false}')
        page.fill("#skip_reason", "There is none.")
        with page.expect_navigation():  # or the page that answers may arrive in the middle of the next one
            page.locator(".flow-act[open] button").click()
        assert until(
            lambda: stack.sql(
                "SELECT 1 FROM workflows_flowrun WHERE public_id = %s AND status = 'completed'", (run,)
            )
        )
        admin.open(f"/design/flows/runs/{run}/")
        expect(page.locator(".flow-head .badge").first).to_have_text("Completed")
