"""An administrator says who gets new tickets and sees why: with and without scripts, in all looks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.person import Person
from tests.e2e.test_pages import LOOKS, faults_of
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e


def _choose(person: Person, page: Page, field: str, value: str, *, scripts: bool) -> None:
    """Choose in a row of the condition, and let the row show what fits."""
    if scripts:
        with page.expect_response(lambda answer: answer.request.method == "POST"):
            page.select_option(field, value)
        page.wait_for_load_state("networkidle")
    else:
        page.select_option(field, value)
        person.press("맞는 값 보기", "Show fitting values")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrator_makes_a_rule_tries_it_and_a_ticket_follows_it(
    browser: Browser, stack: PrivateStack, scripts: bool
) -> None:
    word = "Zebra" if scripts else "Quagga"
    with Person(browser, stack, "admin", scripts=scripts, lang="en") as person:
        page = person.open("/design/people/seojin/")
        page.fill("#skill_name", word)
        page.select_option("#skill_level", "4")
        person.press("기술 저장", "Save the skill")
        expect(page.locator("#skills")).to_contain_text(word.lower())

        page = person.open("/design/rules/new/")
        page.fill("#rule_name", f"About {word}")
        for name, value in (("field", "title"), ("op", "contains")):
            _choose(person, page, f"[name=condition-0-{name}]", value, scripts=scripts)
        page.fill("input[name=condition-0-value]", word)
        page.select_option("#rule_group", "service-desk")
        page.select_option("#rule_strategy", "skill")
        page.fill("#rule_skill", word)
        page.press("#rule_name", "Enter")  # the keyboard alone
        person.sees(f"About {word}", f"About {word}")

        page = person.open("/design/rules/")
        page.get_by_role("button", name=f"Move “About {word}” up").click()
        expect(page.locator("h1")).to_have_text("Assignment rules")

        page = person.open("/design/rules/preview/")
        page.fill("#preview_title", f"My {word} is ill")
        page.press("#preview_title", "Enter")
        expect(page.locator("#result")).to_contain_text(f"The rule “About {word}” matches")
        expect(page.locator("#result")).to_contain_text("level 4")

        page = person.open("/w/incidents/new/")
        page.fill("[name=title]", f"My {word} is ill")
        page.fill("[name=requester]", "jimin")
        page.press("[name=title]", "Enter")
        page.wait_for_url("**/INC*/**")
        expect(page.locator("#prop-group")).to_contain_text(f"Assigned by the rule “About {word}”")
    found = (
        "SELECT u.username FROM tickets_ticket t JOIN accounts_user u ON u.id = t.assignee_id"
        " WHERE t.title = %s"
    )
    assert stack.sql(found, [f"My {word} is ill"]) == [("seojin",)]


@pytest.mark.parametrize(("lang", "theme", "width"), LOOKS)
def test_its_pages_have_no_fault(
    browser: Browser, stack: PrivateStack, lang: str, theme: str, width: int
) -> None:
    rule = stack.sql("SELECT public_id FROM tickets_assignmentrule ORDER BY id LIMIT 1")[0][0]
    with Person(browser, stack, "admin", lang=lang, width=width, theme=theme) as person:
        faults = []
        parts = (
            "",
            "new/",
            "priority/",
            "preview/",
            "preview/?category=network",
            f"{rule}/",
            f"{rule}/remove/",
        )
        for path in parts:
            faults += faults_of(person.open(f"/design/rules/{path}"))
        assert faults == []
