"""Takes the six pictures of ``docs/images`` from a private installation: ``./run screenshots``."""

from __future__ import annotations

import os

from playwright.sync_api import Browser, sync_playwright

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
]


def main() -> None:
    """Start, live a little, take the pictures."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with PrivateStack(options=()) as stack, sync_playwright() as play:
        names = live_a_little(stack)
        program = os.environ["ITSM_TEST_CHROMIUM"]
        browser = play.chromium.launch(executable_path=program, args=QUIET)
        for picture in PICTURES:
            take(browser, stack, picture, names)
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


if __name__ == "__main__":
    main()
