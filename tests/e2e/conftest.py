"""Browser tests run against a private installation that is really running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.faults.stack import PrivateStack


@pytest.fixture(scope="session")
def stack() -> Iterator[PrivateStack]:
    """Pages, API, worker, beat, live stream and mail catcher with the demo company.

    ``stack.url`` is the address, ``stack.mail`` the folder of caught mails, ``stack.manage(…)`` runs a
    management command, ``stack.sql(…)`` reads the database.
    """
    with PrivateStack(options=()) as found:
        yield found
