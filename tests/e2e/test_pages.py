"""Every page in both languages, themes and widths: axe finds nothing, nothing is cut off."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.e2e.person import Person
from tests.faults.stack import PrivateStack
from tests.faults.story import Story, until

pytestmark = pytest.mark.e2e

EMPLOYEE = [
    "/",
    "/catalog/",
    "/catalog/item/laptop/",
    "/report/",
    "/my/",
    "/approvals/",
    "/me/",
    "/me/notifications/",
    "/search/?q=vpn",
    "/notifications/",
    "/account/sessions/",
    "/account/second-factor/",
    "/account/tokens/",
    "/account/tokens/new/",
    "/accounts/reauthenticate/",
]
AGENT = [
    "/w/",
    "/w/incidents/",
    "/w/tasks/",
    "/w/requests/",
    "/w/problems/",
    "/w/problems/?view=known_errors",
    "/w/problems/new/",
    "/w/problems/recurring/",
    "/w/all/",
    "/w/incidents/new/",
    "/w/board/incidents/",
    "/w/board/all/?view=open&by=assignee",
    "/w/incidents/save/?view=open&priority=1",
    "/w/all/?view=open&density=compact&columns=assignee&columns=opened",
    "/w/search/?q=vpn",
    "/w/reports/sla/?period=quarter",
    "/w/reports/sla/clocks/?period=quarter",
    "/w/on-call/",
    "/w/major/",
    "/w/macros/",
    "/w/macros/new/",
    "/w/hand-overs/",
    "/w/hand-overs/new/",
    "/w/reports/satisfaction/?period=quarter",
]
DESIGN = [
    "/design/flows/",
    "/design/flows/laptop_request/?node=dec",
    "/design/flows/laptop_request/?tab=steps",
    "/design/flows/laptop_request/?tab=versions",
    "/design/flows/laptop_request/draft/",
    "/design/flows/laptop_request/compare/",
    "/design/flows/new/",
    "/design/flows/runs/",
    "/design/flows/runs/?tab=failed",
    "/design/calendars/",
    "/design/calendars/new/",
    "/design/calendars/kr-office/?year=2026",
    "/design/ticket-schedules/",
    "/design/ticket-schedules/new/",
    "/design/ticket-schedules/backups/",
    "/design/ticket-schedules/backups/remove/",
    "/design/sla/",
    "/design/sla/new/",
    "/design/sla/calendars/",
    "/design/sla/incident_resolution_p1/",
    "/design/sla/incident_resolution_p1/compare/",
    "/design/sla/what-if/",
    "/design/sla/what-if/new/",
    "/design/sla/what-if/new/?calendar=kr-office",
    "/design/on-call/",
    "/design/on-call/new/",
    "/design/on-call/service-desk/",
    "/design/webhooks/",
    "/design/webhooks/new/",
    "/design/people/",
    "/design/people/?q=x&state=off",
    "/design/people/seojin/",
    "/design/roles/",
    "/design/roles/new/",
    "/design/roles/agent/",
    "/w/history/role/agent/",
    "/w/history/flow/laptop_request/",
    "/design/service-accounts/",
    "/design/service-accounts/new/",
    "/design/service-accounts/monitor/",
    "/design/service-accounts/monitor/tokens/new/",
    "/design/tokens/",
    "/design/sessions/",
    "/design/access/",
    "/design/access/guests/",
    "/design/access/?user=jimin&object=flows&action=edit",
]
APPROVER = ["/", "/approvals/", "/approvals/?tab=done"]
NOBODY = ["/accounts/login/", "/accounts/password/reset/", "/problems/stale-version"]
INCIDENT_PARTS = ("", "sla/", "times/", "merge/", "similar/", "macros/")
INCIDENT = "SELECT number FROM tickets_ticket WHERE kind = 'incident'"
MAJOR = (
    "SELECT number FROM tickets_ticket JOIN incidents_incident ON ticket_ptr_id = id"
    " WHERE major_status = 'accepted'"
)
OF_PERSON = "(SELECT id FROM accounts_user WHERE username = %s)"
REPORTED = f"{INCIDENT} AND requester_id = {OF_PERSON} AND state = %s"
ORDERED = "SELECT number FROM tickets_ticket WHERE kind = 'ritm'"
ASKED = f"SELECT public_id FROM approvals_approval WHERE approver_id = {OF_PERSON}"
RUN = "SELECT public_id FROM workflows_flowrun"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Any two of language, theme and width meet, in half the time of all eight: contrast depends on theme and
# width, layout on language and width.
LOOKS = [("ko", "light", 1440), ("ko", "dark", 390), ("en", "light", 390), ("en", "dark", 1440)]
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# Each menu opened by itself: whose panel does not lie between the left and the right edge of the window. One
# in a column that is scrolled out of sight is not opened there.
LEAVING = """[...document.querySelectorAll('details.menu')].filter(menu => {
  if (!menu.checkVisibility()) return false;
  if (menu.getBoundingClientRect().right > document.documentElement.clientWidth) return false;
  menu.open = true;
  const box = menu.querySelector('.menu__panel').getBoundingClientRect();
  menu.open = false;
  return !box.width || box.left < 0 || box.right > document.documentElement.clientWidth;
}).map(menu => menu.querySelector('summary').textContent.trim())"""
# The spacing of WCAG 1.4.12, and a fifth of an em more to each letter: what the widest fonts make of a page.
WIDE_LETTERS = "* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important }"
WIDER_LETTERS = "* { letter-spacing: 0.2em !important; word-spacing: 0.2em !important }"
# A constructed style sheet: the page's own policy refuses an added <style>, as it should.
RESTYLE = "css => { const s = new CSSStyleSheet(); s.replaceSync(css); document.adoptedStyleSheets = [s]; }"


def faults_of(page: Page) -> list[str]:
    """What axe and the layout complain about on this page."""
    only = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}  # half the time of all
    found = Axe().run(page, options=only)
    faults = [
        f"{page.url}: {each['id']} at {[node['target'] for node in each['nodes']][:3]}"
        for each in found.response["violations"]
    ]
    overflow = page.evaluate(OVERFLOW)
    if overflow > 0:
        faults.append(f"{page.url}: scrolls sideways by {overflow} px")
    clipped = page.evaluate(
        "[...document.querySelectorAll('button, .button, .badge')].filter(e => e.offsetParent"
        " && e.scrollWidth > e.clientWidth + 1).map(e => e.textContent.trim().slice(0, 40))"
    )
    faults += [f"{page.url}: “{text}” is cut off" for text in clipped]
    faults += [f"{page.url}: the panel of “{text}” leaves the window" for text in page.evaluate(LEAVING)]
    return faults


def record_pages(stack: PrivateStack, username: str) -> list[str]:
    """The pages of records that this person has, in the states that offer them something to do."""

    def first(asked: str, *given: object) -> str:
        return str(stack.sql(f"{asked} ORDER BY id LIMIT 1", given)[0][0])

    if username == "jimin":
        return [f"/my/{first(ORDERED)}/", f"/my/{first(REPORTED, username, 'in_progress')}/"]
    if username == "seoyeon":
        return [f"/my/{first(REPORTED, username, 'resolved')}/", f"/approvals/{first(ASKED, username)}/"]
    if username == "seojin":
        problem, task = (
            f"SELECT number FROM tickets_ticket WHERE kind = '{kind}'" for kind in ("problem", "itask")
        )
        found = [f"/w/problems/{first(problem)}/", f"/w/tasks/{first(task)}/"]
        found += [f"/w/problems/{first(problem)}/analysis/", f"/w/incidents/{first(INCIDENT)}/tasks/"]
        found += [
            f"/w/problems/{first(problem)}/root-cause/{form}" for form in ("", "?form=factor&bone=process")
        ]
        found += [f"/w/major/{first(MAJOR)}/"]
        return [*found, *(f"/w/incidents/{first(INCIDENT)}/{part}" for part in INCIDENT_PARTS)]
    if username == "admin":
        asked = f"/design/access/?user=jimin&object={first('SELECT number FROM cmdb_ci')}&action=query"
        return [f"/design/flows/runs/{first(RUN)}/", f"{asked}&field=environment"]
    return []


@pytest.fixture(scope="module")
def ordered(stack: PrivateStack) -> None:
    """A laptop is ordered, and its flow has begun."""
    Story(stack).order()
    assert until(lambda: stack.sql(RUN) and stack.sql(ASKED, ("seoyeon",)))


@pytest.mark.usefixtures("ordered")
@pytest.mark.parametrize(("lang", "theme", "width"), LOOKS)
@pytest.mark.parametrize(
    ("username", "paths"),
    [("", NOBODY), ("jimin", EMPLOYEE), ("seoyeon", APPROVER), ("seojin", AGENT), ("admin", DESIGN)],
    ids=["nobody", "employee", "approver", "agent", "designer"],
)
def test_a_page_has_no_fault(
    browser: Browser, stack: PrivateStack, username: str, paths: list[str], lang: str, theme: str, width: int
) -> None:
    faults = []
    with Person(browser, stack, username, lang=lang, width=width, theme=theme) as person:
        for path in [*paths, *record_pages(stack, username)]:
            page = person.open(path)
            assert page.locator("html").get_attribute("lang") == lang
            faults += faults_of(page)
    assert faults == []


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_page_fits_320_pixels_even_with_wide_letters(
    browser: Browser, stack: PrivateStack, lang: str
) -> None:
    """WCAG 1.4.10 (320 px) with the text spacing of 1.4.12: what other fonts do to a page."""
    stack.manage("mint_token", "jimin", "--name", "a-name-that-knows-no-end")
    too_wide = []
    for username, paths in (("", NOBODY), ("jimin", EMPLOYEE), ("seojin", AGENT), ("admin", DESIGN)):
        with Person(browser, stack, username, lang=lang, width=320) as person:
            for path in paths:
                page = person.open(path)
                for spacing in ("", WIDE_LETTERS):
                    page.evaluate(RESTYLE, spacing)
                    if page.evaluate(OVERFLOW) > 0:
                        too_wide.append(f"{path} {spacing[:1]}: {page.evaluate(OVERFLOW)} px")
    assert too_wide == []
