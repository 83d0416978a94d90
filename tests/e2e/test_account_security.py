"""Second factor, token and sessions as a person meets them, and a passkey of a virtual authenticator."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from itsm.demo import logins
from itsm.launcher import keys
from tests.e2e.person import Person
from tests.faults.stack import PrivateStack

pytestmark = pytest.mark.e2e
AUTHENTICATOR = {
    "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
    "isUserVerified": True, "automaticPresenceSimulation": True,
}  # fmt: skip


def password(stack: PrivateStack) -> str:
    """What the demo people sign in with."""
    return logins.password(keys.read(stack.layout.secrets)["ITSM_SECRET_KEY"])


def code(secret: str, step: int = 0) -> str:
    """What the app shows now, or ``step`` times 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + step))


def confirm(page: Page, stack: PrivateStack) -> None:
    """Answer the question of a step-up."""
    page.fill("[name=stepup_password]", password(stack))
    page.press("[name=stepup_password]", "Enter")


def first_step(page: Page, stack: PrivateStack, username: str) -> None:
    """The password."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", username)
    page.fill("[name=password]", password(stack))
    page.press("[name=password]", "Enter")


def called(stack: PrivateStack, path: str, token: str) -> tuple[int, Any]:
    """Status and body of a call with the token alone."""
    place = urlsplit(stack.url)
    line = http.client.HTTPConnection(str(place.hostname), place.port, timeout=20)
    line.request("GET", f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"})
    answer = line.getresponse()
    body = json.loads(answer.read())
    line.close()
    return answer.status, body


def test_a_person_turns_on_an_app_makes_a_token_and_ends_a_session(
    browser: Browser, stack: PrivateStack
) -> None:
    with Person(browser, stack, "yuna", lang="en") as here, Person(browser, stack, lang="en") as there:
        page = here.open("/account/second-factor/")
        here.press("앱 설정", "Set up an app")
        confirm(page, stack)
        expect(page.locator("img.qr")).to_be_visible()
        assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0, "the policy lets it show"
        secret = page.locator("pre.exchange").inner_text().replace(" ", "")
        page.fill("[name=code]", code(secret))
        here.press("켜기", "Turn it on")
        spare = page.locator("pre.exchange").inner_text().split()
        assert len(spare) == 10
        here.press("보관했습니다", "I have kept them")
        here.sees("10개 남았습니다", "10 codes are left")

        page.goto("/accounts/logout/")
        here.press("로그아웃", "Sign out", inside=page.locator("main"))
        first_step(page, stack, "yuna")
        page.wait_for_url("**/accounts/second-step/")
        page.fill("[name=code]", code(secret, 1))
        page.press("[name=code]", "Enter")
        expect(page.locator("html")).to_have_attribute("lang", "en")

        here.open("/account/tokens/new/")
        page.fill("[name=name]", "e2e")
        page.check("[name=scopes][value='users:read']")
        here.press("토큰 만들기", "Make the token")
        confirm(page, stack)
        token = page.locator("pre[data-copy]").inner_text()
        status, me = called(stack, "users/me/", token)
        assert (status, me["username"]) == (200, "yuna")
        assert called(stack, "incidents/", token)[0] == 403

        first_step(there.page, stack, "yuna")
        there.page.fill("[name=code]", spare[0])
        there.page.press("[name=code]", "Enter")
        there.page.wait_for_url("**/")
        here.open("/account/sessions/")
        rows = page.locator("tbody tr")
        expect(rows).to_have_count(2)
        rows.filter(has_not_text="This one").get_by_role("button").click()
        here.sees("그 세션을 끝냈습니다", "That session has ended")
        expect(page.locator("tbody tr")).to_have_count(1)
        there.page.goto("/my/")
        assert "/accounts/login/" in there.page.url
        there.complaints.clear()  # its live stream was cut off, as it should be

        here.open("/account/tokens/")
        page.get_by_role("link", name="End e2e").click()
        here.press("토큰 끝내기", "End the token")
        assert called(stack, "users/me/", token)[0] == 401
        here.open("/account/second-factor/")
        page.get_by_role("link", name="Remove the app").click()
        here.press("제거", "Remove")
        here.sees("2차 인증 수단을 제거했습니다", "The second factor was removed")


def test_a_passkey_is_made_and_opens_the_account(browser: Browser, stack: PrivateStack) -> None:
    """At localhost: browsers refuse passkeys for an address that is a number."""
    base = stack.url.replace("127.0.0.1", "localhost")
    context = browser.new_context(base_url=base, locale="en-US")
    page = context.new_page()
    blocked: list[str] = []
    page.on(
        "console", lambda message: blocked.append(message.text) if "Security Policy" in message.text else None
    )
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    try:
        first_step(page, stack, "yeonwoo")
        page.wait_for_url(f"{base}/")
        page.goto("/account/second-factor/passkey/")
        confirm(page, stack)
        page.fill("[name=name]", "Test key")
        page.locator("maru-passkey button").click()
        expect(page.locator("pre.exchange")).to_be_visible()
        page.goto("/account/second-factor/")
        expect(page.get_by_text("Test key").first).to_be_visible()

        def sign_out() -> None:
            page.goto("/accounts/logout/")
            page.locator("main form button").first.click()
            page.wait_for_load_state()

        sign_out()
        first_step(page, stack, "yeonwoo")
        page.wait_for_url("**/accounts/second-step/")
        page.locator("maru-passkey button").click()
        page.wait_for_url(f"{base}/")

        sign_out()
        page.goto("/accounts/login/")
        page.locator("maru-passkey button").click()
        page.wait_for_url(f"{base}/")

        page.goto("/account/tokens/new/")
        page.fill("[name=name]", "by passkey")
        page.check("[name=scopes][value='users:read']")
        page.get_by_role("main").locator("button[data-variant=primary]").click()
        page.locator("maru-passkey button").click()
        expect(page.locator("pre[data-copy]")).to_be_visible()
        assert blocked == []
    finally:
        stack.sql("DELETE FROM mfa_authenticator")
        context.close()
