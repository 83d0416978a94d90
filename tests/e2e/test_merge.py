"""Two reports of one thing: an agent brings them together, and takes that back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.records import column
from tests.e2e.test_families import report
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e


def test_two_reports_of_one_thing_become_one(browser: Browser, stack: PrivateStack) -> None:
    with (
        Person(browser, stack, "seojin", lang="en") as agent,
        Person(browser, stack, "doyun", lang="en") as first,
        Person(browser, stack, "minho", width=390) as second,
    ):
        main = report(first.page, "The badge reader at the west gate is dark")
        source = report(second.page, "The badge reader at the west gate is dark again")
        page = agent.open(f"/w/incidents/{source}/")
        page.locator("[data-composer=work_note]").click()
        page.fill("#body-work_note", "Only for us: the reader was never paid for.")
        page.locator("#composer-work_note [data-send]").click()
        expect(page.locator(".message[data-kind=note]")).to_contain_text("never paid for", timeout=WAIT)
        similar = page.locator(f"#similar-{source}")
        expect(similar).to_contain_text(main, timeout=WAIT)
        similar.locator(f"a[href*='into={main}']").click()
        expect(page.locator("main")).to_contain_text(f"{source} goes on in {main}", timeout=WAIT)
        page.locator("main form button[data-variant=primary]").click()
        expect(page.locator("#ticket-merged")).to_contain_text(source, timeout=WAIT)
        expect(page.locator("#timeline")).to_contain_text("never paid for")
        assert column(stack, source, "state") == "cancelled"

        told = second.page
        told.goto(f"/my/{source}/", wait_until="load")
        expect(told.locator("main")).to_contain_text("합쳐서 처리하고 있어요")
        assert main not in told.content()
        told.fill("#composer textarea", "아직도 꺼져 있어요.")
        told.locator("#composer [data-send]").click()
        expect(told.locator("#conversation")).to_contain_text("아직도 꺼져 있어요.", timeout=WAIT)
        expect(page.locator("#timeline")).to_contain_text("아직도 꺼져 있어요.", timeout=WAIT)

        other = first.page
        other.goto(f"/my/{main}/", wait_until="load")
        expect(other.locator("#conversation")).to_contain_text(f"from {source}")
        assert "never paid for" not in other.content()

        page.locator("#ticket-merged form button").first.click()
        expect(page.locator("#ticket-head")).to_contain_text(source, timeout=WAIT)
        assert column(stack, source, "state") == "new"
