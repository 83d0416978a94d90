"""The texts at the end of a start."""

from __future__ import annotations

import importlib
import importlib.util

from itsm.launcher.layout import Layout
from itsm.launcher.output import Console
from itsm.launcher.state import State


def ready(console: Console, url: str, *, demo: bool, token: str) -> None:
    """Who can sign in, the token of the demo administrator when it is new, and how to stop."""
    people = demo_logins() if demo else []
    if people:
        console.line()
        console.table([("role", "user name", "password"), *people])
    if token:
        console.line()
        console.line(f"  ITSM_TOKEN={token}")
        console.line("  (the demo administrator's token for the REST API; it is shown only this once)")
    console.line()
    console.line(f"Open {url} in a browser. Ctrl-C stops everything.")


def already_running(_layout: Layout, found: State | None, console: Console) -> int:
    """Say where the running installation is; that is what the second caller wanted."""
    if found is None:
        console.error("maru: the installation on this data folder is just stopping. Try again in a moment.")
        return 1
    where = f" at {found.url}" if found.url else ""
    console.line(f"Maru already runs{where} (pid {found.pid}, {found.phase}, data in {found.data}).")
    return 0


def demo_logins() -> list[tuple[str, str, str]]:
    """(role, user name, password) of the demo company; empty when it is not part of this version."""
    if importlib.util.find_spec("itsm.demo") is None:
        return []
    people = importlib.import_module("itsm.demo.people")
    return [(str(label), str(name), str(password)) for label, name, password in people.LOGINS]
