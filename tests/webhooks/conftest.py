"""A real listener on loopback, opened for outbound calls of the test; people who keep webhooks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sinks import Sink


@pytest.fixture
def sink(settings: Any):
    with Sink() as made:
        settings.OUTBOUND_ALLOW = [made.place]
        yield made
