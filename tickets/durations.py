"""Lengths of work as people type them, in Korean and English."""

from __future__ import annotations

import re
import unicodedata

MOST_MINUTES = 24 * 60  # an entry is of one day

_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)")
_MINUTES = re.compile(r"\d{1,5}")
_HOURS = r"(?P<hours>\d{1,2}(?:\.\d{1,2})?)\s*(?:h|hr|hrs|hour|hours|시간)"
_REST = r"(?P<minutes>\d{1,4})\s*(?:m|min|mins|minute|minutes|분)"
_WORDS = re.compile(rf"(?=.)(?:{_HOURS})?\s*(?:{_REST})?")


class NoLengthError(ValueError):
    """The text is no length of a day's work."""


def minutes_of(text: str) -> int:
    """The minutes that ``text`` means: ``90``, ``1:30``, ``1h 30m``, ``1.5h``, ``1시간 30분``.

    Raises NoLengthError for what is none of these, for no minute at all and for more than a day.
    """
    found = _read(unicodedata.normalize("NFKC", text).strip().lower())
    if not 1 <= found <= MOST_MINUTES:
        raise NoLengthError(text[:40])
    return found


def _read(plain: str) -> int:
    if not plain.replace("시간", "").replace("분", "").isascii():  # digits of other scripts
        raise NoLengthError(plain[:40])
    if _MINUTES.fullmatch(plain):
        return int(plain)
    if clock := _CLOCK.fullmatch(plain):
        return int(clock[1]) * 60 + int(clock[2])
    words = _WORDS.fullmatch(plain)
    if words is None:
        raise NoLengthError(plain[:40])
    hours, minutes = words["hours"], int(words["minutes"] or 0)
    if hours is None:
        return minutes
    if minutes >= 60:  # 1h 90m is a slip of somebody who knows better what was meant
        raise NoLengthError(plain[:40])
    return round(float(hours) * 60) + minutes
