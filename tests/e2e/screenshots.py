"""Takes the pictures of ``docs/images`` from a private installation: ``./run screenshots [--beside FOLDER]``.

With the folder of the reference pages each page that has one is laid beside it in ``docs/images/beside``.
"""

from __future__ import annotations

import argparse
import base64
import os
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from itsm.environment import BASE_DIR
from tests.e2e.conftest import QUIET
from tests.e2e.person import Person
from tests.faults.stack import PrivateStack
from tests.faults.story import EXPENSIVE, Story, until

FOLDER = BASE_DIR / "docs" / "images"
# File name, who looks, address, language, width, theme. {ritm} and {incident} are filled in.
PICTURES = [
    ("portal-home", "jimin", "/", "ko", 1440, "light"),
    ("order", "jimin", "/catalog/item/laptop/?fresh", "en", 1440, "light"),
    ("tracker", "jimin", "/my/{ritm}/", "ko", 390, "dark"),
    ("approvals", "seoyeon", "/approvals/", "en", 390, "light"),
    ("desk", "seojin", "/w/incidents/{incident}/", "en", 1440, "light"),
    ("catalog-task", "mingyu", "/w/tasks/", "ko", 1440, "dark"),
    ("board", "seojin", "/w/board/incidents/", "ko", 1440, "light"),
    ("my-day", "seojin", "/w/", "en", 1440, "light"),
]


def _as_is(_page: Page) -> None:
    """Nothing is pressed."""


def _two_chosen(page: Page) -> None:
    for row in (2, 3):
        page.locator(".row input[type=checkbox]").nth(row).check()


def _palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#palette input[type=search]").fill("결제")


# The reference page, whose name says the look; who looks, the address, what is pressed before the picture.
BESIDE: list[tuple[str, str, str, Callable[[Page], None]]] = [
    ("agent-detail.ko.light.1440", "seojin", "/w/incidents/{incident}/", _two_chosen),
    ("agent-detail.en.dark.1440", "seojin", "/w/incidents/{incident}/", _two_chosen),
    ("agent-detail.ko.dark.390", "seojin", "/w/incidents/{incident}/", _as_is),
    ("agent-list.ko.light.390", "seojin", "/w/incidents/", _two_chosen),
    ("palette.ko.light.1440", "seojin", "/w/incidents/{incident}/", _palette),
]
SIDES = """<body style="margin:0;display:flex;gap:24px;padding:24px;background:#888;width:max-content">
<img src="data:image/png;base64,{reference}"><img src="data:image/png;base64,{ours}"></body>"""


def main() -> None:
    """Start, live a little, take the pictures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--beside", type=Path, help="the folder of the reference pages")
    references = asked.parse_args().beside
    (FOLDER / "beside").mkdir(parents=True, exist_ok=True)
    with PrivateStack(options=()) as stack, sync_playwright() as play:
        names = live_a_little(stack)
        program = os.environ["ITSM_TEST_CHROMIUM"]
        browser = play.chromium.launch(executable_path=program, args=QUIET)
        for picture in PICTURES:
            take(browser, stack, picture, names)
        if references is not None:
            with Person(browser, stack, "haneul") as colleague:
                place = f"/w/incidents/{names['incident']}/"
                write = colleague.open(place).locator("#composer-comment textarea")
                for picture in BESIDE:
                    write.press_sequentially("금방 다시 ", delay=200)
                    beside(browser, stack, picture, names, references)
        browser.close()


def live_a_little(stack: PrivateStack) -> dict[str, str]:
    """One laptop is being bought, one waits for the manager."""
    story = Story(stack)
    story.order()
    until(story.approve_what_waits)
    until(lambda: stack.sql("SELECT 1 FROM tickets_ticket WHERE kind = 'sctask'"))
    story.employee.post("/catalog/items/laptop/order/", {"quantity": 1, "variables": EXPENSIVE})
    until(lambda: story.manager.get("/approvals/?mine=pending")["results"])
    ritm = stack.sql("SELECT number FROM tickets_ticket WHERE kind = 'ritm' ORDER BY id LIMIT 1")[0][0]
    incident = stack.sql("SELECT number FROM tickets_ticket WHERE kind = 'incident' ORDER BY id LIMIT 1")[0][
        0
    ]
    return {"ritm": str(ritm), "incident": str(incident)}


def take(
    browser: Browser, stack: PrivateStack, picture: tuple[str, str, str, str, int, str], names: dict[str, str]
) -> None:
    """One picture."""
    name, username, path, lang, width, theme = picture
    with Person(browser, stack, username, lang=lang, width=width, theme=theme) as person:
        page = person.open(path.format(**names))
        page.wait_for_timeout(1500)
        page.screenshot(path=FOLDER / f"{name}.png")
        print(f"docs/images/{name}.png", flush=True)


def beside(
    browser: Browser,
    stack: PrivateStack,
    picture: tuple[str, str, str, Callable[[Page], None]],
    names: dict[str, str],
    references: Path,
) -> None:
    """The reference page at the left, ours in the same look at the right."""
    reference, username, path, press = picture
    _name, lang, theme, width = reference.split(".")
    with Person(browser, stack, username, lang=lang, width=int(width), theme=theme) as person:
        page = person.open(path.format(**names))
        page.wait_for_timeout(2000)
        press(page)
        page.wait_for_timeout(1000)
        ours = page.screenshot()
    both = browser.new_page()
    images = {"reference": (references / f"{reference}.png").read_bytes(), "ours": ours}
    both.set_content(SIDES.format(**{side: base64.b64encode(raw).decode() for side, raw in images.items()}))
    both.locator("body").screenshot(path=FOLDER / "beside" / f"{reference}.png")
    both.close()
    print(f"docs/images/beside/{reference}.png", flush=True)


if __name__ == "__main__":
    main()
