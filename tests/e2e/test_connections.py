"""An administrator sets up a connection in the browser: with and without scripts, in all looks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from itsm.demo import logins
from itsm.launcher import keys
from tests.e2e.person import Person
from tests.e2e.test_pages import LOOKS, faults_of
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e
SECRET = "canary-7c1f-secret"


def confirm(person: Person) -> None:
    """The password once more, as SE-5 asks."""
    secret = keys.read(person.stack.layout.secrets)["ITSM_SECRET_KEY"]
    person.page.fill("[name=stepup_password]", logins.password(secret))
    person.page.press("[name=stepup_password]", "Enter")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrator_sets_up_a_connection(browser: Browser, stack: PrivateStack, scripts: bool) -> None:
    key = "erp" if scripts else "erp-plain"
    with Person(browser, stack, "admin", scripts=scripts) as person:
        page = person.open("/design/connect/new/")
        page.fill("[name=key]", key)
        page.fill("[name=name_ko]", "전사자원")
        page.fill("[name=base_url]", "http://localhost/api")
        page.select_option("[name=auth]", "bearer")
        page.press("[name=base_url]", "Enter")  # the keyboard alone
        expect(page.locator("h1")).to_have_text("전사자원")
        person.sees("설정 안 됨: 호출을 보낼 수 없습니다", "not set: calls cannot be sent")
        page.locator("section", has=page.locator("#secret-title")).get_by_role("link").click()
        page.fill("[name=value]", SECRET)
        page.press("[name=value]", "Enter")
        confirm(person)
        expect(page.locator("h1")).to_have_text("전사자원")
        person.press("지금 호출", "Call it now")
        person.sees("이 이름은 호출할 수 없는 내부망 주소를 가리킵니다.", "")
        assert SECRET not in page.content()


@pytest.mark.parametrize(("lang", "theme", "width"), LOOKS)
def test_its_pages_have_no_fault(
    browser: Browser, stack: PrivateStack, lang: str, theme: str, width: int
) -> None:
    if not stack.sql("SELECT 1 FROM connectors_connector WHERE key = 'looks'"):
        with Person(browser, stack, "admin") as person:
            page = person.open("/design/connect/new/")
            for name, text in {"key": "looks", "name_ko": "자산", "base_url": "http://localhost"}.items():
                page.fill(f"[name={name}]", text)
            page.select_option("[name=auth]", "bearer")
            page.press("[name=key]", "Enter")
            page.wait_for_url("**/looks/")
    with Person(browser, stack, "admin", lang=lang, width=width, theme=theme) as person:
        faults = []
        for path in ("", "new/", "looks/"):
            faults += faults_of(person.open(f"/design/connect/{path}"))
        person.open("/design/connect/looks/secrets/token/")
        faults += faults_of(person.page)
        person.open("/design/connect/looks/")
        person.press("지금 호출", "Call it now")
        for each in person.page.locator("details.call > summary").all()[:1]:
            each.click()
        faults += faults_of(person.page)
    assert faults == []
