"""The texts at the end of a start."""

from __future__ import annotations

from itsm.demo import logins
from itsm.launcher.layout import Layout
from itsm.launcher.output import Console
from itsm.launcher.state import State


def ready(console: Console, url: str, *, demo: bool, token: str, secret_key: str) -> None:
    """Who can sign in, the token of the demo administrator when it is new, and how to stop."""
    people = demo_logins(secret_key) if demo else []
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


def demo_logins(secret_key: str) -> list[tuple[str, str, str]]:
    """(role, user name, password) of the demo company; the password is this installation's own."""
    password = logins.password(secret_key)
    return [(role, name, password) for role, name in logins.LOGINS]
