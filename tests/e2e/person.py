"""A person at a browser: signs in, reads in their language, and notices what a person would."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Browser, Error, Page, expect

from itsm.demo import logins
from itsm.launcher import keys
from tests.faults.stack import PrivateStack

HEIGHT = 900
# A request taken back for a newer one is no failure; a failure says sendError or responseError too.
TAKEN_BACK = ("htmx:sendAbort", "htmx:afterRequest")
# What the browser says when the answer to the last press arrives in the middle of going elsewhere.
CROSSED = ("interrupted by another navigation", "net::ERR_ABORTED", "Not attached to an active page")
WAIT = 15_000  # milliseconds until something that a worker does must be on the page


class Person:
    """One signed-in browser context. Closing it asserts that the console stayed clean."""

    def __init__(
        self,
        browser: Browser,
        stack: PrivateStack,
        username: str = "",
        *,
        lang: str = "ko",
        width: int = 1440,
        theme: str = "light",
        scripts: bool = True,
    ) -> None:
        self.stack, self.lang, self.username = stack, lang, username
        self.complaints: list[str] = []
        self.context = browser.new_context(
            base_url=stack.url,
            viewport={"width": width, "height": HEIGHT},
            locale="ko-KR" if lang == "ko" else "en-US",
            color_scheme="dark" if theme == "dark" else "light",
            java_script_enabled=scripts,
        )
        self.page: Page = self.context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        if username:
            self.sign_in()

    def __enter__(self) -> Person:
        return self

    def __exit__(self, problem: Any, *_more: object) -> None:
        self.context.close()
        if problem is None:
            assert self.complaints == [], self.complaints

    def _listen(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(TAKEN_BACK):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def sign_in(self) -> None:
        """Through the sign-in page, then the page's own language switch if need be."""
        secret = keys.read(self.stack.layout.secrets)["ITSM_SECRET_KEY"]
        self.page.goto("/accounts/login/")
        self.page.fill("[name=login]", self.username)
        self.page.fill("[name=password]", logins.password(secret))
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(re.compile(r"^(?!.*/accounts/login/).*$"))
        if self.page.locator("html").get_attribute("lang") != self.lang:
            self.page.goto("/")
            self.page.get_by_role("button", name="English" if self.lang == "en" else "한국어").first.click()
        expect(self.page.locator("html")).to_have_attribute("lang", self.lang)

    def open(self, path: str) -> Page:
        """Go there and wait until the page stands; once more if the page before was still on its way."""
        try:
            self.page.goto(path, wait_until="load")
        except Error as problem:
            if not any(words in problem.message for words in CROSSED):
                raise
            self.page.goto(path, wait_until="load")
        return self.page

    def say(self, korean: str, english: str) -> str:
        """The text in this person's language."""
        return korean if self.lang == "ko" else english

    def press(self, korean: str, english: str, *, inside: Any = None) -> None:
        """Press the button or link of that name."""
        name = self.say(korean, english)
        place = inside or self.page
        button = place.get_by_role("button", name=name, exact=True)
        (button if button.count() else place.get_by_role("link", name=name, exact=True)).first.click()

    def sees(self, korean: str, english: str) -> None:
        """Wait until the text is on the page, without reloading it."""
        expect(self.page.get_by_text(self.say(korean, english)).first).to_be_visible(timeout=WAIT)
