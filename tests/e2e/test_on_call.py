"""A page to who is on call before people's eyes: nobody answers, it climbs, somebody answers, it is over."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.test_pages import faults_of
from tests.faults.stack import PrivateStack
from tests.faults.story import Api, Story, until

pytestmark = pytest.mark.e2e

CALLED = (
    "SELECT u.username FROM notifications_pagedperson p JOIN accounts_user u ON u.id = p.user_id"
    " JOIN notifications_oncallpage o ON o.id = p.page_id JOIN tickets_ticket t ON t.id = o.ticket_id"
    " WHERE t.number = %s ORDER BY p.level"
)
HALF_USED = (
    "UPDATE sla_clock c SET running_since = now() - interval '40 minutes', next_fire_at = now()"
    " FROM tickets_ticket t WHERE t.id = c.ticket_id AND t.number = %s AND c.track = 'call_back'"
)
NOBODY_ANSWERED = (
    "UPDATE notifications_oncallpage o SET next_at = now() FROM tickets_ticket t"
    " WHERE t.id = o.ticket_id AND t.number = %s AND o.ended_at IS NULL"
)


def promise(stack: PrivateStack) -> None:
    """From now on incidents of the category network page who is on call when half their time is used."""
    admin = Api(stack, stack.token)
    admin.post(
        "/sla/definitions/",
        {
            "key": "call_back", "kind": "incident", "name_ko": "회신", "name_en": "Call back",
            "target_duration": "PT1H", "calendar_source": "none",
            "start_condition": {"f": "category", "op": "eq", "v": "network"},
            "warns_at_percent": [50],
            "escalations": [{"at": 50, "do": "page_on_call", "rota": "service-desk"}],
        },
    )  # fmt: skip
    admin.post("/sla/definitions/call_back/publish/")


@pytest.mark.parametrize(("lang", "width"), [("ko", 1440), ("en", 390)])
def test_a_page_climbs_until_somebody_answers_on_the_ticket(
    browser: Browser, stack: PrivateStack, lang: str, width: int
) -> None:
    story = Story(stack)
    if not stack.sql("SELECT 1 FROM sla_sladefinition WHERE key = 'call_back'"):
        promise(stack)
    body = {"title": "The line to Sejong is down", "impact": 2, "urgency": 2, "category": "network"}
    number = str(story.employee.post("/incidents/", body)["number"])
    with Person(browser, stack, "haneul", lang=lang, width=width) as agent:
        page = agent.open(f"/w/incidents/{number}/")
        strip = page.locator("#ticket-awaited")
        expect(strip).to_be_hidden()
        stack.sql(HALF_USED, (number,))
        first = agent.say("아직 응답이 없습니다", "has not answered yet")
        expect(strip).to_contain_text(first, timeout=WAIT)  # by itself
        [[called]] = until(lambda: stack.sql(CALLED, (number,)))
        before = strip.inner_text()
        stack.sql(NOBODY_ANSWERED, (number,))
        expect(strip).not_to_have_text(before, timeout=WAIT)
        until(lambda: len(stack.sql(CALLED, (number,))) > 1)
        people = [name for (name,) in stack.sql(CALLED, (number,))]
        assert people[0] == called
        assert len(set(people)) == len(people) == 2
        assert faults_of(page) == []

        strip.get_by_role("button").click()
        expect(strip).to_be_hidden(timeout=WAIT)
        expect(page.locator("#timeline, .timeline").first).to_contain_text(
            agent.say("호출에 응답했습니다", "Answered the page"), timeout=WAIT
        )
    ends = (
        "SELECT o.end, u.username FROM notifications_oncallpage o JOIN tickets_ticket t ON t.id = o.ticket_id"
        " JOIN accounts_user u ON u.id = o.acknowledged_by_id WHERE t.number = %s"
    )
    assert stack.sql(ends, (number,)) == [("acknowledged", "haneul")]
    assert len(stack.sql(CALLED, (number,))) == 2
