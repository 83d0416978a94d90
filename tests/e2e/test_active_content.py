"""Files that could run, opened in every way a browser knows: none does (SECURITY S-3, UP-2)."""

from __future__ import annotations

import http.client
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from maru_client import Maru
from tests.e2e.person import Person
from tests.faults.stack import PrivateStack
from tests.security.active import TAKEN

pytestmark = pytest.mark.e2e

PER_TICKET = 12
# In every frame: what runs is told at once.
HOOK = "Object.defineProperty(window, '__x', {set(told) { window.__hit(String(told)) }})"
EVIL = "<!doctype html><script>window.__x='file'</script>"


@pytest.fixture(scope="module")
def tickets(stack: PrivateStack) -> dict[str, list[str]]:
    """Numbers of incidents of an employee, with the ids of the files on each."""
    token = stack.manage("mint_token", "jimin", "--name", "files").stdout.split()[-1]
    found: dict[str, list[str]] = {}
    with Maru(stack.url, token, language="en") as maru:
        for start in range(0, len(TAKEN), PER_TICKET):
            incident = maru.incidents.create(title="Files")
            for sent in TAKEN[start : start + PER_TICKET]:
                incident.attach(sent.content, filename=sent.name)
            found[incident.number] = [each.id for each in incident.attachments()]
    return found


def watched(person: Person, hits: list[str]) -> Page:
    person.context.expose_function("__hit", lambda told: hits.append(told))  # noqa: PLW0108 - Playwright marks it
    person.context.add_init_script(HOOK)
    return person.page


def planted(page: Page, body: str) -> None:
    """A page of the same origin without any policy of ours, as an attacker would like it."""
    page.route("**/planted", lambda route: route.fulfill(body=body, content_type="text/html"))
    page.goto("/planted", wait_until="load")
    page.unroute("**/planted")
    page.evaluate("new Promise(done => setTimeout(done, 50))")


def test_no_file_runs_as_script_image_frame_object_or_page(
    browser: Browser, stack: PrivateStack, tickets: dict[str, list[str]]
) -> None:
    hits: list[str] = []
    with Person(browser, stack, "jimin", lang="en") as person:
        page = watched(person, hits)
        for number, keys in tickets.items():
            person.open(f"/my/{number}/")
            for address in (f"/files/{key}/" for key in keys):
                _in_every_way(page, address)
                _in_every_way(page, f"/api/v1/incidents/{number}/attachments{address.removeprefix('/files')}")
        person.complaints.clear()  # the browser says what it refused to run
    assert hits == []


def _in_every_way(page: Page, address: str) -> None:
    planted(
        page,
        f'<script src="{address}"></script><script type=module src="{address}"></script><img src="{address}">'
        f'<link rel=stylesheet href="{address}"><iframe src="{address}"></iframe>'
        f'<object data="{address}"></object><embed src="{address}">',
    )


def test_a_file_that_is_opened_is_shown_or_kept_under_its_own_name(
    browser: Browser, stack: PrivateStack, tickets: dict[str, list[str]]
) -> None:
    hits: list[str] = []
    kept: list[Any] = []
    with Person(browser, stack, "jimin", lang="en") as person:
        page = watched(person, hits)
        page.on("download", lambda download: kept.append(download))  # noqa: PLW0108 - Playwright marks it
        for key in next(iter(tickets.values()))[:9]:
            person.open("/my/")
            page.evaluate("address => { location.href = address }", f"/files/{key}/")
            page.wait_for_timeout(300)
        person.complaints.clear()
    assert hits == []
    ends = sorted(each.suggested_filename.rsplit(".", 1)[-1] for each in kept)
    assert ends == sorted(["pdf", "txt", "txt", "json", "md", "csv", "eml"])


@pytest.mark.parametrize(("username", "path"), [("jimin", "/my/{}/"), ("seojin", "/w/incidents/{}/")])
def test_names_of_files_are_text_on_pages(
    browser: Browser, stack: PrivateStack, tickets: dict[str, list[str]], username: str, path: str
) -> None:
    hits: list[str] = []
    told = ""
    with Person(browser, stack, username, lang="en") as person:
        page = watched(person, hits)
        for number in tickets:
            person.open(path.format(number))
            told += page.inner_text("main")
            assert page.locator("[onerror], [onload]").count() == 0
    assert hits == []
    assert "<svg onload=" in told


def test_a_file_served_otherwise_would_be_noticed(browser: Browser, stack: PrivateStack) -> None:
    hits: list[str] = []
    with Person(browser, stack, "jimin", lang="en") as person:
        page = watched(person, hits)
        page.route("**/unsafe", lambda route: route.fulfill(body=EVIL, content_type="text/html"))
        planted(page, '<iframe src="/unsafe"></iframe>')
        person.complaints.clear()
    assert hits == ["file"]


def test_head_and_parts_over_the_wire(stack: PrivateStack, tickets: dict[str, list[str]]) -> None:
    """What a test client cannot show: nothing follows a HEAD, and a part is as long as it says."""
    token = stack.manage("mint_token", "jimin", "--name", "parts").stdout.split()[-1]
    number, keys = next(iter(tickets.items()))
    path, content = f"/api/v1/incidents/{number}/attachments/{keys[0]}/", TAKEN[0].content
    connection = http.client.HTTPConnection("127.0.0.1", stack.port, timeout=20)
    asked: list[tuple[str, dict[str, str], int, bytes]] = [
        ("HEAD", {}, 200, b""),
        ("GET", {"Range": "bytes=6-9"}, 206, content[6:10]),
        ("HEAD", {"Range": "bytes=6-9"}, 200, b""),
        ("GET", {"If-None-Match": "*"}, 304, b""),
        ("GET", {}, 200, content),
    ]
    for method, headers, status, body in asked:  # on one connection: a byte too many would spoil the next
        connection.request(method, path, headers={"Authorization": f"Bearer {token}"} | headers)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (status, body)
        if status != 304:
            length = len(content) if method == "HEAD" else len(body)
            assert answer.headers["Content-Length"] == str(length)
    connection.close()
