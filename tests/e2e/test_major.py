"""A major incident from its proposal to its review: who leads, who is hit, and what they hear."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.person import WAIT, Person
from tests.e2e.records import column
from tests.e2e.test_families import report
from tests.faults.stack import PrivateStack
from tests.faults.story import until

pytestmark = pytest.mark.e2e

COUNT = "SELECT count(*) FROM {table} r JOIN tickets_ticket t ON t.id = r.{key} WHERE t.number = %s"


def test_an_outage_is_led_told_of_and_reviewed(browser: Browser, stack: PrivateStack) -> None:
    def rows(table: str, number: str, key: str = "incident_id") -> int:
        return int(stack.sql(COUNT.format(table=table, key=key), (number,))[0][0])

    with (
        Person(browser, stack, "seojin", lang="en") as agent,
        Person(browser, stack, "jiwoo", lang="en") as manager,
        Person(browser, stack, "doyun", lang="en") as employee,
        Person(browser, stack, "minho", width=390) as other,
    ):
        outage = report(employee.page, "The warehouse scanners are all offline")
        child = report(other.page, "창고 스캐너가 연결되지 않아요")
        page = agent.open(f"/w/incidents/{outage}/")
        page.locator("#family summary").click()
        page.fill("#id_family_number", child)
        page.locator("#family form button", has_text="Join").click()
        expect(page.locator("#family")).to_contain_text(child, timeout=WAIT)
        page.locator("#major a", has_text="Propose as major incident").click()
        page.locator("summary", has_text="Propose as major incident").click()
        page.fill("#id_propose_major_reason", "No scanner works in any warehouse.")
        page.fill("#id_propose_major_business_impact", "Nothing can be shipped.")
        page.locator("#move-propose_major button", has_text="Propose").click()
        expect(page.locator("#proposals")).to_contain_text("No scanner works", timeout=WAIT)
        assert page.locator("#move-accept_major").count() == 0

        room = manager.open("/w/major/")
        room.locator("#proposed a", has_text="The warehouse scanners").click()
        room.locator("summary", has_text="Accept as major incident").click()
        room.fill("#id_accept_major_work_note", "Everybody to the bridge.")
        room.locator("#move-accept_major button", has_text="Accept").click()
        expect(room.locator(".room__head")).to_contain_text("Update due", timeout=WAIT)
        expect(room.locator("#roles")).to_contain_text("Jiwoo Han")
        expect(other.page.locator("#outage")).to_be_visible(timeout=WAIT)

        stack.sql(
            "UPDATE incidents_majorroom SET next_update_at = now() - interval '1 minute'"
            " WHERE incident_id = (SELECT id FROM tickets_ticket WHERE number = %s)",
            (outage,),
        )
        late = (
            "SELECT 1 FROM notifications_notification n JOIN tickets_ticket t ON t.id = n.ticket_id"
            " WHERE t.number = %s AND n.template = 'major_update_late'"
        )
        assert until(lambda: stack.sql(late, (outage,)))
        expect(room.locator(".room__head")).to_contain_text("overdue", timeout=WAIT)

        room.locator("summary", has_text="Write an update").click()
        room.fill("#id_update_text_ko", "무선 장비를 바꾸고 있어요.")
        room.fill("#id_update_text_en", "We replace the radios.")
        room.locator("#updates button", has_text="Send the update").click()
        expect(room.locator(".room__head")).to_contain_text("Update due", timeout=WAIT)
        expect(other.page.locator("#outage")).to_contain_text("무선 장비를 바꾸고 있어요.", timeout=WAIT)
        expect(employee.page.locator("#outage")).to_contain_text("We replace the radios.", timeout=WAIT)
        assert outage not in other.page.content()
        assert "Nothing can be shipped." not in employee.page.content()

        page = agent.open(f"/w/incidents/{outage}/")
        page.locator("a[href*='do=resolve']").first.click()
        dialog = page.locator("#dialog-body")
        dialog.locator("[name=close_code]").select_option("solution_provided")
        dialog.locator("[name=close_notes]").fill("The radios were replaced.")
        dialog.locator("button[data-variant=primary]").click()
        expect(page.locator("#ticket-head")).to_contain_text("Resolved", timeout=WAIT)
        assert until(lambda: rows("incidents_majorreview", outage) == 1)
        assert until(lambda: rows("problems_problem", outage, "opened_for_id") == 1)
        assert until(lambda: column(stack, child, "state") == "resolved")
        expect(employee.page.locator("#outage")).to_contain_text("is over", timeout=WAIT)
        assert employee.page.get_by_role("button", name="It works", exact=True).count() == 0

        expect(room.locator("#review")).to_be_visible(timeout=WAIT)
        room.fill("#id_review_lessons", "Keep spare radios.")
        room.locator("#review button", has_text="Save and finish the review").click()
        expect(room.locator("#review")).to_contain_text("Finished", timeout=WAIT)
        expect(room.locator("#review")).to_contain_text("Keep spare radios.")
