"""Times and lengths of time as the API writes them."""

from __future__ import annotations

import datetime as dt
import re

_LENGTH = re.compile(
    r"^(?P<minus>-)?P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?$"
)


def moment(text: str) -> dt.datetime:
    """An instant such as ``2026-03-02T08:15:00.000Z``, aware. Raises ValueError."""
    found = dt.datetime.fromisoformat(text[:-1] + "+00:00" if text.endswith("Z") else text)
    if found.tzinfo is None:
        raise ValueError(f"{text!r} names no offset from UTC.")
    return found


def duration(text: str) -> dt.timedelta:
    """A length of time such as ``PT4H30M`` or ``-PT5M``; a day is 24 hours. Raises ValueError."""
    found = _LENGTH.match(text)
    if found is None or text.rstrip("PT-") == "":
        raise ValueError(f"{text!r} is no length of time.")
    parts = {unit: int(found[unit] or 0) for unit in ("days", "hours", "minutes", "seconds")}
    length = dt.timedelta(**parts)
    return -length if found["minus"] else length
