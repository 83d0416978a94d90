"""Saved views in a browser: saved from what is on screen, opened by a colleague, kept without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import WAIT, Person
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e
READ = "rows => rows.map(row => row.dataset.number)"


def test_a_teams_view_shows_its_reader_the_same_rows_and_others_none(
    browser: Browser, stack: PrivateStack
) -> None:
    with Person(browser, stack, "seojin", lang="en") as agent:
        page = agent.open("/w/incidents/?view=open&sort=newest&priority=3&priority=4")
        before = page.locator("#rows .row").evaluate_all(READ)
        assert before
        page.get_by_label("More for this list").click()
        page.get_by_role("link", name="Save as a view").click()
        dialog = page.locator("#desk-dialog")
        expect(dialog).to_be_visible(timeout=WAIT)
        dialog.get_by_label("Name of the view").fill("Calm ones")
        dialog.get_by_label("Who sees it").select_option("team:service-desk")
        dialog.get_by_role("button", name="Save the view").click()
        page.wait_for_url(re.compile(r"\?saved="))
        address = page.url
        expect(page.locator(".list-pane h2")).to_have_text("Calm ones")
        assert page.locator("#rows .row").evaluate_all(READ) == before
        entry = page.locator("#views a[aria-current]")
        expect(entry).to_contain_text("Calm ones")
        expect(entry.locator(".num")).to_have_text(str(len(before)))
        with Person(browser, stack, "jiwoo", lang="en") as colleague:
            theirs = colleague.page.goto(address)
            assert theirs
            found = stack.sql(
                "SELECT count(*) FROM accounts_membership m JOIN accounts_user u ON u.id = m.user_id"
                " JOIN accounts_group g ON g.id = m.group_id"
                " WHERE u.username = 'jiwoo' AND g.key = 'service-desk'"
            )
            if found == [(1,)]:
                assert colleague.page.locator("#rows .row").evaluate_all(READ) == before
            else:
                assert theirs.status == 404
                colleague.complaints = [text for text in colleague.complaints if "404" not in text]
        page.get_by_label("More for this list").click()
        page.get_by_role("link", name="About this view").click()
        page.get_by_role("button", name="Delete the view").click()
        page.get_by_role("button", name="Yes, go on").click()
        expect(page.locator("#views")).not_to_contain_text("Calm ones", timeout=WAIT)


def test_columns_density_and_a_view_need_no_scripts(browser: Browser, stack: PrivateStack) -> None:
    with Person(browser, stack, "seojin", lang="en", scripts=False) as agent:
        page = agent.open("/w/incidents/filters/?view=open")
        page.get_by_label("Assignee", exact=True).last.check()
        page.locator("#id_density").select_option("compact")
        page.locator("form.filters button").click()
        expect(page.locator(".list-pane")).to_have_attribute("data-density", "compact")
        assert "columns=assignee" in page.url
        page.goto(page.url.replace("/incidents/?", "/incidents/save/?"))
        page.get_by_label("Name of the view").fill("Without scripts")
        page.get_by_role("button", name="Save the view").click()
        expect(page.locator(".list-pane h2")).to_have_text("Without scripts")
        expect(page.locator(".list-pane")).to_have_attribute("data-density", "compact")
