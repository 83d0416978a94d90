"""A shift is handed over and taken over in two browsers, by keyboard, without scripts, and on paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import Person
from tests.e2e.test_pages import faults_of
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e
LEFT = "야간 근무 이야기: 회선 업체가 열 시에 전화합니다."
NOTHING = "SELECT taken_by_id IS NULL FROM handovers_handover WHERE text = %s"


def test_the_next_shift_reads_it_first_and_takes_it_over_by_keyboard(
    browser: Browser, stack: PrivateStack
) -> None:
    with Person(browser, stack, "seoa", lang="en") as writer, Person(browser, stack, "seojin") as reader:
        page = writer.open("/w/hand-overs/new/?group=service-desk")
        page.get_by_label("What the next shift should know").fill(LEFT)
        assert faults_of(page) == []
        page.locator(".hand-over__line textarea").first.fill("오전에 다시 확인")
        writer.press("근무 인계하기", "Hand the shift over", inside=page.locator("main form"))
        page.wait_for_url(re.compile(r"/w/hand-overs/[0-9a-f-]{36}/"))
        expect(page.get_by_text("Nobody has it yet")).to_be_visible()
        day = reader.open("/w/")
        mine = day.locator("#day .hand-over").filter(has_text=LEFT)
        expect(mine).to_contain_text("오전에 다시 확인")
        assert faults_of(day) == []
        mine.get_by_role("button", name="인수합니다").focus()
        day.keyboard.press("Enter")
        expect(day.locator("#day .hand-over").filter(has_text=LEFT)).to_have_count(0)
        reader.sees("인수했습니다", "You have it now")
        writer.open(page.url)
        expect(page.locator("main")).to_contain_text("has it")
        page.emulate_media(media="print")
        expect(page.get_by_text(LEFT)).to_be_visible()
        expect(page.locator(".topbar")).to_be_hidden()
        expect(page.locator(".hand-over__tools")).to_be_hidden()
    assert stack.sql(NOTHING, [LEFT]) == [(False,)]


def test_it_works_without_scripts(browser: Browser, stack: PrivateStack) -> None:
    words = "스크립트 없이 남긴 인수인계"
    with Person(browser, stack, "seoa", scripts=False) as writer:
        page = writer.open("/w/hand-overs/new/?group=service-desk")
        page.locator("textarea[name=text]").fill(words)
        writer.press("근무 인계하기", "Hand the shift over", inside=page.locator("main form"))
        page.wait_for_url(re.compile(r"/w/hand-overs/[0-9a-f-]{36}/"))
    with Person(browser, stack, "seojin", width=390, scripts=False) as reader:
        page = reader.open("/w/")
        mine = page.locator("#day .hand-over").filter(has_text=words)
        mine.get_by_role("button", name="인수합니다").click()
        expect(page.get_by_text(words)).to_have_count(0)
        page = reader.open("/w/hand-overs/?group=service-desk")
        expect(page.get_by_text(words)).to_be_visible()
    assert stack.sql(NOTHING, [words]) == [(False,)]
