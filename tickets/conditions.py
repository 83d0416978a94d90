"""The field dictionary of tickets: what a no-code condition may ask about."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from core.conditions import Condition, Dictionary, Field, compile_condition
from tickets.choices import Channel, Phase

DICTIONARY = Dictionary(
    [
        Field("kind", "choice"),
        Field("number", "text"),
        Field("title", "text"),
        Field("description", "text"),
        Field("category", "choice"),
        Field("channel", "choice", choices=Channel.values),
        Field("state", "choice"),
        Field("phase", "choice", choices=Phase.values),
        Field("impact", "number"),
        Field("urgency", "number"),
        Field("priority", "number"),
        Field("close_code", "choice"),
        Field("reopen_count", "number"),
        Field("reassignment_count", "number"),
        Field("last_public_from", "choice"),
        Field("opened_at", "datetime"),
        Field("first_response_at", "datetime"),
        Field("resolved_at", "datetime"),
        Field("closed_at", "datetime"),
        Field("due_at", "datetime"),
        Field("company.key", "choice"),
        Field("group.key", "choice"),
        Field("assignee.username", "choice"),
        Field("requester.username", "choice"),
        Field("requester.grade", "choice"),
        Field("requester.is_vip", "boolean"),
        Field("requester.department.key", "choice"),
        Field("requester.location.key", "choice"),
        Field("ci.number", "choice"),
        Field("ci.criticality", "number"),
        Field("ci.environment", "choice"),
        Field("location.key", "choice"),
    ]
)


def compiled(tree: Any) -> Condition:
    """The condition for ``tree`` over tickets, compiled once per process. Raises BadConditionError."""
    return _compile(json.dumps(tree, sort_keys=True))


@lru_cache(maxsize=2048)
def _compile(text: str) -> Condition:
    return compile_condition(json.loads(text), DICTIONARY)
