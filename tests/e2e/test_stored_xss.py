"""Markers in every text field of every resource, and no page or mail on which one runs (SECURITY S-2)."""

from __future__ import annotations

import email
import email.policy
import html
from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.person import Person
from tests.e2e.poison import MARKERS, PRODUCT, Poison, is_text, poisoned
from tests.e2e.test_pages import AGENT, DESIGN, EMPLOYEE
from tests.faults.stack import PrivateStack
from tests.faults.story import UNLIMITED, until
from tests.security.operations import operations

pytestmark = pytest.mark.e2e

# A handler that runs sets ``__x``; one that the policy stopped was on the page all the same.
HOOK = """
window.__refused = [];
document.addEventListener('securitypolicyviolation', e => window.__refused.push(e.violatedDirective));
"""
LOOK = (
    """() => ({
  ran: typeof window.__x !== 'undefined',
  refused: window.__refused,
  links: document.querySelectorAll(
    ['href', 'src', 'action', 'formaction'].map(name => `[${name}^="javascript:" i]`).join()
  ).length,
  elements: document.querySelectorAll('[onerror], [onload], [onfocus]').length,
  made: document.documentElement.outerHTML.includes('"""
    + PRODUCT
    + """'),
  told: document.documentElement.outerHTML.includes('__x=1'),
  found: [...document.querySelectorAll('a[href^="/"]')].map(a => a.getAttribute('href')),
})"""
)
CLEAN = {"ran": False, "refused": [], "links": 0, "elements": 0, "made": False}
# Keys, addresses, names of fields and the like: refused by what they must be.
NO_FREE_TEXT = {
    "cis-detail patch": "asset_tag",  # no two have the same: the markers are taken when one is made
    "connectors-detail patch": "allowed_hosts base_url ca_certificates token_url",
    "connectors-list post": "allowed_hosts base_url ca_certificates key token_url",
    "flow-runs-jump post": "node path",
    "flow-runs-migrate post": "plan",
    "flow-runs-retry post": "node path",
    "flow-runs-skip post": "node path",
    "flow-signals post": "name",
    "flows-dry-run post": "ticket",
    "flows-migration post": "plan",
    "flows-scenarios post": "ticket",
    "macros-detail patch": "kinds move",
    "macros-list post": "kinds move",
    "roles-detail patch": "grants",
    "roles-list post": "grants key",
    "schedules-detail patch": "time_zone",
    "schedules-list post": "key time_zone",
    "service-accounts-detail patch": "roles",
    "service-accounts-list post": "roles username",
    "sla-calendars post": "reference",
    "sla-definitions-draft patch": "due_field kind retro_start_field track",
    "sla-definitions-list post": "due_field key kind retro_start_field track",
    "sla-what-ifs-list post": "calendar definition",
    "ticket-schedules-detail patch": "time_zone",
    "ticket-schedules-list post": "key time_zone",
    "tokens-list post": "networks scopes",
    "users-detail patch": "time_zone",
    "users-me patch": "time_zone",
    "views-detail patch": "queue",
    "views-list post": "queue",
    "webhooks-detail patch": "events url",
    "webhooks-list post": "events url",
}
OFFERED = ("/files/", "/export/", "calendar.ics", "logout")  # downloads are S-3's
MOST = 45  # pages found by links, for each person


@pytest.fixture(scope="module")
def poison() -> Iterator[Poison]:
    """An installation of its own, with markers everywhere."""
    with PrivateStack(options=(), env=UNLIMITED) as stack:
        yield poisoned(stack)


def test_every_text_field_took_markers_but_those_that_take_no_free_text(poison: Poison) -> None:
    texts = {
        (operation.name, name)
        for operation in operations()
        for name, each in operation.fields().items()
        if is_text(each)
    }
    print(f"{poison.count} calls, {len(poison.taken)} fields took markers")
    assert poison.left == {}
    untaken = texts - poison.taken
    expected = {(name, each) for name, fields in NO_FREE_TEXT.items() for each in fields.split()}
    assert untaken == expected, {pair: poison.refused.get(pair) for pair in untaken ^ expected}


@pytest.mark.parametrize(
    ("username", "paths"), [("jimin", EMPLOYEE), ("seoyeon", EMPLOYEE[:6]), ("admin", AGENT + DESIGN)]
)
def test_no_marker_runs_on_any_page(
    browser: Browser, poison: Poison, username: str, paths: list[str]
) -> None:
    """The pages of each list, and those to which their links lead for what was written."""
    keys = set(poison.keys.values())
    wrong, told, waiting, seen = [], 0, list(paths), set(paths)
    with Person(browser, poison.stack, username, lang="en") as person:
        person.context.add_init_script(HOOK)
        if username == "admin":
            waiting += _details(poison)
        while waiting:
            path = waiting.pop(0)
            page = person.open(path)
            look = page.evaluate(LOOK)
            found = look.pop("found")
            told += look.pop("told")
            if look != CLEAN:
                wrong.append(f"{path}: {look}")
            for link in found:
                if link not in seen and len(seen) < len(paths) + MOST and _is_of(link, keys):
                    seen.add(link)
                    waiting.append(link)
    print(f"{username}: {len(seen)} pages, markers told on {told}")
    assert wrong == []
    assert told >= {"admin": 40, "jimin": 10}.get(username, 1)


def _is_of(link: str, keys: set[str]) -> bool:
    return any(key in link for key in keys) and not any(part in link for part in OFFERED)


def _details(poison: Poison) -> list[str]:
    """Pages that no list leads to."""
    keys = poison.keys
    incident = keys["api/v1/incidents/"]
    return [
        *poison.pages,
        *(f"/w/incidents/{incident}/{part}" for part in ("", "sla/", "times/", "?do=resolve", "?do=hold")),
        *(f"/w/incidents/{incident}/{part}" for part in ("merge/", "similar/", "macros/")),
        f"/w/incidents/{incident}/macros/{keys['api/v1/macros/']}/",
        "/w/macros/",
        f"/w/hand-overs/{keys['api/v1/hand-overs/']}/",
        f"/w/macros/{keys['api/v1/macros/']}/",
        *(f"/w/history/{sort}/{key}/" for sort, key in _histories(poison)),
        "/design/connect/",
        f"/design/connect/{keys['api/v1/connectors/']}/",
        f"/design/webhooks/{keys['api/v1/webhooks/']}/",
        f"/design/sla/{keys['api/v1/sla/definitions/']}/",
        f"/design/calendars/{keys['api/v1/schedules/']}/",
        f"/design/ticket-schedules/{keys['api/v1/ticket-schedules/']}/",
        f"/design/roles/{keys['api/v1/roles/']}/",
        f"/design/service-accounts/{keys['api/v1/service-accounts/']}/",
        f"/design/flows/runs/{keys['api/v1/flow-runs/']}/",
        f"/w/requests/{keys['api/v1/request-items/']}/",
        f"/w/tasks/{keys['api/v1/catalog-tasks/']}/",
        f"/w/tasks/{keys['api/v1/incident-tasks/']}/",
        f"/w/tasks/{keys['api/v1/problem-tasks/']}/",
        *(f"/w/problems/{keys['api/v1/problems/']}/{part}" for part in ("", "analysis/", "root-cause/")),
        "/w/all/?q=script",
        "/w/search/?q=script",
        "/problems/stale-version",
    ]


def _histories(poison: Poison) -> list[tuple[str, str]]:
    keys = poison.keys
    return [
        ("ticket", keys["api/v1/incidents/"]),
        ("ticket", keys["api/v1/request-items/"]),
        ("role", keys["api/v1/roles/"]),
        ("ci", keys["api/v1/cis/"]),
    ]


def test_no_marker_runs_in_a_mail(browser: Browser, poison: Poison) -> None:
    def parts() -> list[str]:
        found = []
        for path in poison.stack.mail.glob("*.eml"):
            message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
            assert isinstance(message, EmailMessage)
            pages = (each for each in message.walk() if each.get_content_type() == "text/html")
            found += [str(each.get_content()) for each in pages]
        return found

    assert until(lambda: any("__x=1" in html.unescape(each) for each in parts()), 30)
    page = _hooked(browser)
    looks = []
    for each in parts():
        page.set_content(each, wait_until="load")
        look = page.evaluate(LOOK)
        looks.append({name: look[name] for name in CLEAN})
    page.context.close()
    print(f"{len(looks)} mails")
    assert looks
    assert all(look == CLEAN for look in looks)


def _hooked(browser: Browser) -> Page:
    page = browser.new_context().new_page()
    page.add_init_script(HOOK)
    page.goto("about:blank")
    page.evaluate(HOOK)
    return page


@pytest.mark.parametrize("name", MARKERS)
def test_a_page_that_writes_a_marker_as_it_is_would_be_noticed(browser: Browser, name: str) -> None:
    marker = MARKERS[name]
    page = _hooked(browser)
    written = marker.replace("{{7919*7907}}", PRODUCT)  # as a template engine would
    page.set_content(f'<p title="{written}">{written}</p><a href="{written}">x</a>', wait_until="load")
    if name == "attribute":
        page.locator("[onfocus]").first.focus()
    look = page.evaluate(LOOK)
    page.context.close()
    assert {key: look[key] for key in CLEAN} != CLEAN
    assert look["ran"] is (name not in {"link", "template"})


def test_a_handler_that_the_policy_stops_would_be_noticed(browser: Browser, poison: Poison) -> None:
    """On a page of ours, under its own policy."""
    with Person(browser, poison.stack, "", lang="en") as person:
        person.context.add_init_script(HOOK)
        page = person.open("/accounts/login/")
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<b onfocus=__x=1 tabindex=0>x</b>')")
        page.locator("[onfocus]").focus()
        page.wait_for_function("window.__refused.length > 0")
        look = page.evaluate(LOOK)
        person.complaints.clear()
    assert (look["ran"], look["elements"]) == (False, 1)
