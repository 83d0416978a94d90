"""Cleaning text that people and programs send, before it reaches a column."""

from __future__ import annotations

import re
import unicodedata
from typing import Any

from django.utils.translation import gettext as _

from core.errors import invalid

# Control characters but line feed and tab, and halves of surrogate pairs.
_UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(field: str, value: object, *, max_length: int, multiline: bool = True) -> str:
    """``value`` as NFC text without outer blanks and carriage returns.

    Raises RuleRefusedError naming ``field`` for another type, NUL and other control characters, lone
    surrogates, and more than ``max_length`` characters.
    """
    if not isinstance(value, str):
        raise invalid(field, _("This must be a text."))
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if not multiline:
        text = text.replace("\n", " ")
    if _UNSTORABLE.search(text):
        raise invalid(field, _("This text holds a character that cannot be stored. Please remove it."))
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > max_length:
        raise invalid(
            field,
            _("This text has %(length)s characters; at most %(max)s are possible.")
            % {"length": len(text), "max": max_length},
            code="too_long",
        )
    return text


def is_storable(value: Any) -> bool:
    """Whether no text in ``value``, in its lists and objects, holds a character that no column takes."""
    if isinstance(value, dict):
        return all(is_storable(each) for pair in value.items() for each in pair)
    if isinstance(value, list | tuple):
        return all(map(is_storable, value))
    return not isinstance(value, str) or _UNSTORABLE.search(value) is None


def bigrams(*texts: str) -> list[str]:
    """The two-letter pieces of the texts, for Korean search: lower case, NFC, no blanks (DQ-2)."""
    pieces: set[str] = set()
    for text in texts:
        for word in unicodedata.normalize("NFC", text).lower().split():
            pieces.update(word[i : i + 2] for i in range(len(word) - 1))
    return sorted(pieces)
