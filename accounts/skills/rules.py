"""How a skill is called."""

from __future__ import annotations

from typing import Any

from core.errors import required
from core.text import clean

LONGEST_NAME = 40


def skill_name(field: str, given: Any) -> str:
    """The name as it is kept: small letters, one blank between words. Raises RuleRefusedError."""
    text = " ".join(clean(field, given, max_length=LONGEST_NAME, multiline=False).lower().split())
    if not text:
        raise required(field)
    return text
