"""Macros for tests, made through the services."""

from __future__ import annotations

from typing import Any

from macros.models import Macro
from macros.services import make_macro


def make_reply(owner: Any, name: str = "Ask for more", **fields: Any) -> Macro:
    """A reply template for incidents, of that person alone unless ``fields`` say otherwise."""
    given = {
        "kinds": ["incident"],
        "says": "comment",
        "text": "Dear {requester}, about {number}: tell us more.",
    }
    return make_macro(actor=owner, name=name, **given | fields)


def make_hold(owner: Any, name: str = "Ask and wait", **fields: Any) -> Macro:
    """A macro that answers, takes the incident and lets it wait for its requester."""
    steps = {"move": "hold", "inputs": {"hold_reason": "awaiting_caller"}, "assign": "me"}
    return make_reply(owner, name, **steps | fields)
