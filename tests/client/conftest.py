"""A fake server, a client for it, and no waiting: pauses are written down instead."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from maru_client import Maru, session
from tests.client.fake import Fake

TOKEN = "itsm_pat_abc_secretsecretsecret"


@pytest.fixture
def fake() -> Iterator[Fake]:
    """A server that answers as it is told."""
    with Fake() as found:
        yield found


@pytest.fixture
def maru(fake: Fake) -> Iterator[Maru]:
    """A client for it."""
    with Maru(fake.url, TOKEN, timeout=5) as found:
        yield found


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the client would have slept before each repeat."""
    found: list[float] = []

    class Clock:
        sleep = staticmethod(found.append)

    monkeypatch.setattr(session, "time", Clock)
    return found
