"""Clocks before people's eyes: why a time is due, hours that change, a promise tried before it is made."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from core.formats import clock_face
from tests.e2e.person import WAIT, Person
from tests.e2e.records import column, wait_for_state
from tests.faults.stack import PrivateStack
from tests.faults.story import Story

pytestmark = pytest.mark.e2e

CLOCK = (
    "SELECT c.stage, c.target_s, c.gen, c.accrued_s, d.key FROM sla_clock c"
    " JOIN tickets_ticket t ON t.id = c.ticket_id JOIN sla_sladefinition d ON d.id = c.definition_id"
    " WHERE t.number = %s AND c.track = 'incident_resolution'"
)
AN_HOUR_EARLIER = (
    "UPDATE sla_clock c SET running_since = running_since - interval '1 hour' FROM tickets_ticket t"
    " WHERE t.id = c.ticket_id AND t.number = %s AND c.track = 'incident_resolution'"
)


def on_hold(agent: Person, stack: PrivateStack) -> str:
    """An incident of high priority, an hour of whose target is used, which waits for its requester."""
    opened = Story(stack).employee.post(
        "/incidents/", {"title": "The till is slow", "impact": 2, "urgency": 1}
    )
    number = str(opened["number"])
    page = agent.open(f"/w/incidents/{number}/")
    page.locator("form[action*='move/start'] button").first.click()
    wait_for_state(stack, number, "in_progress")
    stack.sql(AN_HOUR_EARLIER, (number,))
    page = agent.open(f"/w/incidents/{number}/?do=hold")
    form = page.locator("form[action*='/move/hold/']").first
    form.locator("select[name=hold_reason]").select_option("awaiting_caller")
    if form.locator("[name=comment]").count():
        form.locator("[name=comment]").fill("Which till is it?")
    form.locator("button[data-variant=primary]").click()
    wait_for_state(stack, number, "on_hold")
    return number


def change(page: Page, field: str, value: str) -> None:
    """Choose another value of a property."""
    page.locator(f"#edit-{field}").click()
    page.locator(f"#prop-{field} button[value='{value}']").click()
    expect(page.locator(f"#prop-{field} form")).to_have_count(0, timeout=WAIT)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_pause_is_carried_when_the_priority_is_raised_and_the_page_tells_why(
    browser: Browser, stack: PrivateStack, lang: str
) -> None:
    with Person(browser, stack, "haneul", lang=lang) as agent:
        number = on_hold(agent, stack)
        [[stage, target, gen, used, key]] = stack.sql(CLOCK, (number,))
        assert (stage, target, gen, key) == ("paused", 8 * 3600, 1, "incident_resolution_p2")
        assert 3600 <= used < 3700
        page = agent.open(f"/w/incidents/{number}/")
        change(page, "impact", "1")
        assert column(stack, number, "priority") == 1
        assert stack.sql(CLOCK, (number,)) == [("paused", 4 * 3600, 2, used, "incident_resolution_p1")]
        strip = page.locator("#ticket-sla [data-stage=paused]")
        expect(strip).to_contain_text(agent.say("4시간", "4 h"), timeout=WAIT)

        page.locator(".times-line__why").click()
        page.wait_for_url(re.compile(rf"/{number}/sla/$"))
        told = page.locator("section.told").first
        expect(told.locator("svg.bands").first).to_be_visible()
        assert told.locator("ol.why li").count() >= 4
        told.locator("summary").click()
        expect(told.locator("tbody tr").first).to_be_visible()  # the band as a table
        other = page.locator("#not-attached details").first
        other.locator("summary").click()
        expect(other.locator("tbody tr").first).to_be_visible()


USED = (
    "UPDATE sla_clock c SET accrued_s = round(target_s * %s), running_since = now(), calendar_id = NULL,"
    " calendar_version = NULL FROM tickets_ticket t"
    " WHERE t.id = c.ticket_id AND t.number = %s AND c.track = 'incident_resolution'"
)
MINUTE, SLOW = 60, 20  # seconds; how long a busy machine may take between the server's word and the look


def faces(left: int) -> set[str]:
    """What a clock shows that had ``left`` seconds when the server was asked."""
    return {clock_face(left - passed) for passed in range(SLOW)}


def test_a_clock_runs_by_itself_as_the_server_says(browser: Browser, stack: PrivateStack) -> None:
    """UI 12, row 10: on track, due soon, due very soon, overdue, and a pause that stands still."""
    story = Story(stack)
    number = str(
        story.employee.post("/incidents/", {"title": "The lift", "impact": 1, "urgency": 1})["number"]
    )
    [[_stage, target, *_more]] = stack.sql(CLOCK, (number,))
    held: list[Route] = []  # the server is asked nothing while the page counts alone
    with Person(browser, stack, "haneul", lang="en") as agent:
        # Nor does it tell: news of the ticket's first minute would bring a new strip in the middle of ours.
        agent.context.route("**/api/v1/stream/**", lambda route: held.append(route))  # noqa: PLW0108
        agent.context.clock.install()
        for share, state in ((0.5, "ok"), (0.8, "warn"), (0.95, "crit"), (1.02, "breached")):
            stack.sql(USED, (share, number))
            left = target - round(target * share)
            page = agent.open(f"/w/incidents/{number}/")
            running = page.locator(f"#ticket-sla .sla[data-state={state}] sla-clock")
            assert set(running.all_inner_texts()) & faces(left)
            page.route("**/*", lambda route: held.append(route))  # noqa: PLW0108 - Playwright marks it
            agent.context.clock.run_for(MINUTE * 1000)
            assert set(running.all_inner_texts()) & faces(left - MINUTE)
            page.unroute_all(behavior="ignoreErrors")
        page = agent.open(f"/w/incidents/{on_hold(agent, stack)}/")
        paused = page.locator("#ticket-sla .sla[data-state=paused]").first
        words = paused.inner_text()
        agent.context.clock.run_for(MINUTE * 1000)
        assert paused.inner_text() == words
        expect(paused.locator("sla-clock")).to_have_count(0)


def test_clocks_follow_new_hours_in_sight_and_a_candidate_is_tried_on_the_past(
    browser: Browser, stack: PrivateStack
) -> None:
    employee = Story(stack).employee
    for number in range(3):
        employee.post("/incidents/", {"title": f"Screen {number}", "impact": 3, "urgency": 2})
    with Person(browser, stack, "admin", lang="en") as admin:
        page = admin.open("/design/calendars/kr-office/")
        with stack.frozen("worker", "beat"):
            page.locator("[name=hours_0]").first.fill("08:00-17:00")
            page.locator("[name=hours_0]").first.press("Enter")
            bar = page.locator("#following")
            expect(bar).to_contain_text("being put into effect", timeout=WAIT)
            expect(bar).to_contain_text(re.compile(r"0 of [1-9]\d* are planned anew"))
            expect(bar.get_by_role("meter").or_(bar.get_by_role("progressbar"))).to_be_visible()
        expect(bar).to_contain_text("in effect everywhere", timeout=WAIT)  # by itself
        stale = (
            "SELECT count(*) FROM sla_clock c JOIN schedules_calendar k ON k.id = c.calendar_id"
            " WHERE c.stage = 'in_progress' AND c.calendar_version < k.version"
        )
        assert stack.sql(stale) == [(0,)]

        page = admin.open("/design/sla/what-if/new/?calendar=kr-office")
        for day in range(7):
            page.fill(f"[name=hours_{day}]", "00:00-24:00")
        page.locator("main form button[data-variant=primary]").last.click()
        found = page.locator("#what-if")
        expect(found).to_contain_text("Breaches that would be new", timeout=WAIT)
        expect(found.get_by_role("status").first).to_contain_text("100")
        before = stack.sql("SELECT count(*), sum(gen) FROM sla_clock")
        page.reload()
        expect(page.locator("#what-if table").first).to_be_visible()
        assert stack.sql("SELECT count(*), sum(gen) FROM sla_clock") == before
