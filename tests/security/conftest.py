"""One world for the tests of this folder, without limits of calls."""

from __future__ import annotations

import pytest
from rest_framework.settings import api_settings

from tests.security.world import World, build


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    """One of everything."""
    monkeypatch.setitem(api_settings.DEFAULT_THROTTLE_RATES, "caller", "1000000/min")
    monkeypatch.setattr("allauth.core.internal.ratelimit.consume", lambda *_args, **_kwargs: True)
    monkeypatch.setattr("accounts.limits.take", lambda *_counted: [])
    monkeypatch.setattr("accounts.stepup.is_fresh", lambda _request: True)  # rights, not step-up
    # Each answer is undone by a transaction around it; the targets of this world do not exist.
    monkeypatch.setattr("core.outbound.refuse_in_transaction", lambda: None)
    return build()
