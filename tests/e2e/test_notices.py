"""A person chooses how they are told: in the app at once, by mail in the digest after their night."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e import mails
from tests.e2e.person import WAIT, Person
from tests.e2e.test_pages import faults_of
from tests.faults.stack import PrivateStack
from tests.faults.story import Story, until

pytestmark = pytest.mark.e2e

WAITING = """
    SELECT n.digest_at > now(), n.sent_at IS NULL,
           EXISTS (SELECT 1 FROM core_delivery d WHERE d.channel = 'email' AND d.event_id = n.event_id
                   AND d.payload ->> 'user_id' = n.user_id::text)
    FROM notifications_notification n JOIN accounts_user u ON u.id = n.user_id
    JOIN tickets_ticket t ON t.id = n.ticket_id
    WHERE n.channel = 'mail' AND u.username = 'seoa' AND t.number = %s AND n.template = 'ticket_mentioned'
"""
ITS_TIME_HAS_COME = """
    UPDATE notifications_notification SET digest_at = now()
    WHERE digest_id IS NULL AND digest_at IS NOT NULL
"""


def test_a_mention_rings_at_once_and_is_mailed_in_the_digest(browser: Browser, stack: PrivateStack) -> None:
    with Person(browser, stack, "seoa", lang="en", width=390, scripts=False) as reader:
        page = reader.open("/me/notifications/")
        page.locator("#id_mentions_mail").select_option("digest")
        page.get_by_label("In my quiet hours").check()
        page.locator("#id_quiet_from").fill("20:00")
        page.locator("#id_quiet_until").fill("08:00")
        page.get_by_role("button", name="Save").click()
        expect(page.locator("#id_mentions_mail")).to_have_value("digest")
        expect(page.locator("#id_quiet_until")).to_have_value("08:00")
    number = Story(stack).employee.post("/incidents/", {"title": "스캐너가 멈춰요"})["number"]
    with Person(browser, stack, "seojin") as agent:
        page = agent.open(f"/w/incidents/{number}/?tab=work_note")
        page.locator("#body-work_note").fill("이것 좀 봐 주세요 @seoa ")
        page.locator("#body-work_note").press("Control+Enter")
        expect(page.locator(".message__body b", has_text="@seoa")).to_be_visible(timeout=WAIT)
    with Person(browser, stack, "seoa", lang="en") as reader:
        page = reader.open("/notifications/")
        expect(page.locator("main")).to_contain_text(f"{number} mentions you", timeout=WAIT)
        page.get_by_role("link", name="How I am told").click()
        assert faults_of(page) == []
    assert until(lambda: stack.sql(WAITING, (number,)) == [(True, True, False)])
    stack.sql(ITS_TIME_HAS_COME)
    mail = mails.to(stack, "seoa", "이것 좀 봐 주세요")  # not the one that tells of the ticket
    assert re.search(r"notices? for you", str(mail["Subject"]))  # beside what else waited for its time
    assert number in mails.text_of(mail)
    assert until(lambda: stack.sql(WAITING, (number,)) == [(False, False, False)])
