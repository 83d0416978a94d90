"""Browser tests run against a private installation that is really running."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.faults.stack import PrivateStack
from tests.sinks import Sink

QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@pytest.fixture(scope="session")
def receiver() -> Iterator[Sink]:
    """Another system on loopback, which the installation may call."""
    with Sink() as found:
        yield found


@pytest.fixture(scope="session")
def stack(receiver: Sink) -> Iterator[PrivateStack]:
    """Pages, API, worker, beat, live stream and mail catcher with the demo company.

    ``stack.url`` is the address, ``stack.mail`` the folder of caught mails, ``stack.manage(…)`` runs a
    management command, ``stack.sql(…)`` reads the database.
    """
    with PrivateStack(options=(), env={"ITSM_OUTBOUND_ALLOW": receiver.place}) as found:
        yield found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium, headless; it talks to nobody but the stack."""
    program = os.environ.get("ITSM_TEST_CHROMIUM") or "/usr/bin/chromium"
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=program, args=QUIET)
        yield found
        found.close()
