"""The texts that ship: one entry per kind of notice; loaded after each migration, changing nothing edited."""

from __future__ import annotations

from typing import Any

from notifications.models import NotificationTemplate
from notifications.wording import FLOW_NAMES, Text
from notifications.wording_desk import FOR_THE_HOUSE
from notifications.wording_portal import FOR_REQUESTERS

TEXTS: dict[str, Text] = FOR_REQUESTERS | FOR_THE_HOUSE


def allowed_names(key: str) -> frozenset[str]:
    """What the text ``key`` may name; texts a company adds are for flows."""
    return TEXTS[key].names if key in TEXTS else FLOW_NAMES


def load(**_kwargs: Any) -> None:
    """Add the texts that are missing."""
    for key, text in TEXTS.items():
        columns = {name: value for name, value in text._asdict().items() if name != "names"}
        NotificationTemplate.objects.get_or_create(key=key, defaults=columns)
