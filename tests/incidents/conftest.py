"""What holds for every test of incidents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    """Refusals are asked for in English, whatever language the last request left behind."""
    with translation.override("en"):
        yield
