"""Lengths of open time as people write them: ``4h 30m``. A day is 24 open hours, so hours are shown."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_WORDS = {
    "일": "d",
    "시간": "h",
    "분": "m",
    "초": "s",
    "min": "m",
    "days": "d",
    "day": "d",
    "hours": "h",
    "hour": "h",
}
_PIECE = re.compile(r"(\d{1,9})\s*([a-z]+|[가-힣]+)")


def parsed(text: str) -> int:
    """The seconds. Raises ValueError, with a text for people, for anything else."""
    rest, seconds = text.strip().lower(), 0
    if not rest or _PIECE.sub("", rest).strip(" ,"):
        raise ValueError(_("Write a length of time such as 4h, 1h 30m or 45m."))
    for count, unit in _PIECE.findall(rest):
        letter = _WORDS.get(unit, unit)
        if letter not in _UNITS:
            raise ValueError(_("Write a length of time such as 4h, 1h 30m or 45m."))
        seconds += int(count) * _UNITS[letter]
    return seconds


def written(seconds: int) -> str:
    """The seconds as ``parsed`` reads them: ``27h``, ``4h 30m``."""
    hours, rest = divmod(seconds, 3_600)
    minutes, left = divmod(rest, 60)
    pieces = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{left}s" if left else ""]
    return " ".join(filter(None, pieces)) or "0m"


def in_words(seconds: int) -> str:
    """The seconds in the reader's language, in hours and less: ``27 h``, ``4 h 30 min``."""
    hours, rest = divmod(seconds, 3_600)
    minutes, left = divmod(rest, 60)
    pieces = [
        _("%(count)s h") % {"count": hours} if hours else "",
        _("%(count)s min") % {"count": minutes} if minutes else "",
        _("%(count)s s") % {"count": left} if left or not seconds else "",
    ]
    return " ".join(filter(None, pieces))
