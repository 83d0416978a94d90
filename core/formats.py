"""How times, spans, money and names are written in Korean and English (UI section 8)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

MINUTE, HOUR, DAY = 60, 3600, 86400
RELATIVE_DAYS = 7

_KO_DAYS = "월화수목금토일"
_EN_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_EN_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SYMBOLS = {"KRW": "₩", "USD": "$", "EUR": "€", "JPY": "¥", "GBP": "£"}
_WHOLE_CURRENCIES = {"KRW", "JPY"}

# What the Latin letters and digits end on when a Korean reader says them aloud.
_SPOKEN = {
    "0": "영",
    "1": "일",
    "2": "이",
    "3": "삼",
    "4": "사",
    "5": "오",
    "6": "육",
    "7": "칠",
    "8": "팔",
    "9": "구",
}
_SPOKEN |= {"l": "엘", "m": "엠", "n": "엔", "r": "알"}
_HANGUL_FIRST, _HANGUL_LAST, _FINALS = 0xAC00, 0xD7A3, 28
_RIEUL = 8


def is_korean() -> bool:
    """Whether the page is being written in Korean."""
    return (get_language() or "").startswith("ko")


def in_zone(moment: dt.datetime) -> dt.datetime:
    """The moment in the reader's time zone."""
    return timezone.localtime(moment)


def day_text(day: dt.date, *, today: dt.date | None = None) -> str:
    """``11월 24일 (화)`` or ``Tue 24 Nov``; with the year when it is not this one."""
    today = today or timezone.localdate()
    year = day.year != today.year
    if is_korean():
        return f"{f'{day.year}년 ' if year else ''}{day.month}월 {day.day}일 ({_KO_DAYS[day.weekday()]})"
    return f"{_EN_DAYS[day.weekday()]} {day.day} {_EN_MONTHS[day.month - 1]}{f' {day.year}' if year else ''}"


def day_short(day: dt.date) -> str:
    """``11.24`` or ``24 Nov``, for the marks of an axis."""
    return f"{day.month}.{day.day}" if is_korean() else f"{day.day} {_EN_MONTHS[day.month - 1]}"


def time_text(moment: dt.datetime) -> str:
    """``오후 2:05`` or ``14:05``."""
    if not is_korean():
        return f"{moment:%H:%M}"
    half = "오전" if moment.hour < 12 else "오후"
    return f"{half} {(moment.hour - 1) % 12 + 1}:{moment:%M}"


def exact(moment: dt.datetime) -> str:
    """``11월 24일 (화) 오후 2:05`` or ``Tue 24 Nov, 14:05``, in the reader's zone."""
    local = in_zone(moment)
    return f"{day_text(local.date())}{' ' if is_korean() else ', '}{time_text(local)}"


def compact(moment: dt.datetime) -> str:
    """``11.24 14:05`` or ``24 Nov 14:05``, for lists and trackers."""
    local = in_zone(moment)
    other_year = local.year != timezone.localdate().year
    if is_korean():
        return f"{f'{local.year}.' if other_year else ''}{local.month}.{local.day} {local:%H:%M}"
    year = f" {local.year}" if other_year else ""
    return f"{local.day} {_EN_MONTHS[local.month - 1]}{year} {local:%H:%M}"


def due(moment: dt.datetime) -> str:
    """``오늘 12:24`` or ``Today 12:24``; the day by name when it is neither today nor tomorrow."""
    local = in_zone(moment)
    distance = (local.date() - timezone.localdate()).days
    names = {-1: _("Yesterday"), 0: _("Today"), 1: _("Tomorrow")}
    return f"{names.get(distance) or day_text(local.date())} {local:%H:%M}"


def zoned(moment: dt.datetime) -> str:
    """``오늘 12:24 KST`` or ``Today 12:24 KST``: when something is due, with the zone it is told in."""
    return f"{due(moment)} {in_zone(moment).tzname() or ''}".rstrip()


def relative(moment: dt.datetime, *, now: dt.datetime | None = None) -> str:
    """``12분 전`` or ``12 min ago`` within seven days of now, else the compact form."""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    if abs(seconds) >= RELATIVE_DAYS * DAY:
        return compact(moment)
    if abs(seconds) < MINUTE:
        return _("just now") if seconds >= 0 else _("in a moment")
    span = _rough(abs(seconds))
    return _("%(span)s ago") % {"span": span} if seconds > 0 else _("in %(span)s") % {"span": span}


def day_of(moment: dt.datetime) -> str:
    """The reader's day the moment falls on."""
    return day_text(in_zone(moment).date())


def time_of(moment: dt.datetime) -> str:
    """The reader's time of day at that moment."""
    return time_text(in_zone(moment))


STYLES: dict[str, Callable[[dt.datetime], str]] = {
    "relative": relative,
    "exact": exact,
    "compact": compact,
    "due": due,
    "zoned": zoned,
    "date": day_of,
    "time": time_of,
}


def _rough(seconds: float) -> str:
    if seconds < HOUR:
        return _("%(count)s min") % {"count": int(seconds // MINUTE)}
    if seconds < DAY:
        return _("%(count)s h") % {"count": int(seconds // HOUR)}
    return _("%(count)s d") % {"count": int(seconds // DAY)}


def span(seconds: float) -> str:
    """``1시간 22분`` or ``1 h 22 min``: the two largest units of a length of time, never negative."""
    left = max(0, int(seconds))
    days, left = divmod(left, DAY)
    hours, left = divmod(left, HOUR)
    minutes, rest = divmod(left, MINUTE)
    parts = [
        _("%(count)s d") % {"count": days} if days else "",
        _("%(count)s h") % {"count": hours} if hours else "",
        _("%(count)s min") % {"count": minutes} if minutes and not days else "",
        _("%(count)s s") % {"count": rest} if not (days or hours or minutes) else "",
    ]
    return " ".join(part for part in parts if part)


def hours(seconds: float) -> str:
    """``27시간`` or ``4 h 30 min``: a length of business time, in hours because a day has no fixed length."""
    minutes, rest = divmod(abs(int(seconds)), MINUTE)
    whole, minutes = divmod(minutes, 60)
    parts = [
        _("%(count)s h") % {"count": f"{whole:,}"} if whole else "",
        _("%(count)s min") % {"count": minutes} if minutes else "",
        _("%(count)s s") % {"count": rest} if not (whole or minutes) else "",
    ]
    return f"{'−' if seconds <= -1 else ''}{' '.join(part for part in parts if part)}"


def clock_face(seconds: float) -> str:
    """``1:22:18``, ``4:07`` or ``2d 3h``, with a minus when negative; js/sla-clock.js writes the same."""
    left, rest = divmod(abs(round(seconds)), MINUTE)
    hours, minutes = divmod(left, MINUTE)
    days, hours = divmod(hours, 24)
    sign = "−" if seconds < 0 else ""
    if days:
        return f"{sign}{days}d {hours}h"
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"


def money(amount: Decimal | float | str | None, currency: str = "KRW") -> str:
    """``₩ 684,000``; two decimals where the currency has them; empty for no amount."""
    if amount is None or amount == "":
        return ""
    value = Decimal(str(amount))
    digits = 0 if currency in _WHOLE_CURRENCIES else 2
    sign = "−" if value < 0 else ""
    return f"{sign}{_SYMBOLS.get(currency, currency)} {abs(value):,.{digits}f}"


def _final(word: str) -> int | None:
    """The index of the last syllable's final consonant (0 for none), or None when it cannot be told."""
    letter = word.rstrip(" )]”’\"'").lower()[-1:]
    letter = _SPOKEN.get(letter, letter)
    if not letter:
        return None
    code = ord(letter)
    if _HANGUL_FIRST <= code <= _HANGUL_LAST:
        return (code - _HANGUL_FIRST) % _FINALS
    return 0 if letter.isascii() and letter.isalpha() else None


def josa(word: str, pair: str) -> str:
    """The word with the right one of two particles, ``josa("노트북", "을/를")`` → ``노트북을``.

    The form for a final consonant comes first. A word that cannot be read gets both: ``XYZ®을(를)``.
    """
    closed, _slash, open_form = pair.partition("/")
    final = _final(str(word))
    if final is None:
        return f"{word}{closed}({open_form})"
    if closed.startswith("으") and final == _RIEUL:
        return f"{word}{open_form}"
    return f"{word}{closed if final else open_form}"
