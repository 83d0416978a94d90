"""A real listener on loopback, opened for outbound calls of the test."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.services.credentials import forget_tokens
from tests.sinks import Sink


@pytest.fixture
def sink(settings: Any):
    forget_tokens()
    with Sink() as made:
        settings.OUTBOUND_ALLOW = [made.place]
        yield made
