"""Secrets do not show in what is told of a call (DOMAIN DF-13)."""

from __future__ import annotations

import re
from typing import Any

HIDDEN = "•••"
_SECRET = re.compile(
    r"secret|passw|token|authori[sz]ation|cookie|credential|api[-_]?key|private[-_]?key", re.IGNORECASE
)


def masked(value: Any) -> Any:
    """``value`` as JSON whose entries with the names of secrets are hidden."""
    if isinstance(value, dict):
        return {
            str(name): HIDDEN if _SECRET.search(str(name)) and each else masked(each)
            for name, each in value.items()
        }
    if isinstance(value, list | tuple):
        return [masked(each) for each in value]
    return value
