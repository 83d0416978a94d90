"""What a calendar may hold, and hours as people write them; each refusal names its field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from core.errors import BadInputError, invalid, required
from core.text import clean
from schedules.bizcal import MINUTES_PER_DAY, Interval
from schedules.models import is_zone

EDITABLE = frozenset({"name_ko", "name_en", "tz", "hours"})
WEEK = 7 * MINUTES_PER_DAY
MOST_INTERVALS = 12  # of one day
MOST_DAYS = 2_000  # holidays and days with hours of their own of one calendar
FIRST_DAY, LAST_DAY = dt.date(1971, 1, 1), dt.date(2099, 12, 31)
Hours = Mapping[int, tuple[Interval, ...]]
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")
_SPAN = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-–~]\s*(\d{1,2})(?::(\d{2}))?")


def check_key(key: Any) -> str:
    """The key of a new calendar. Raises RuleRefusedError."""
    text = clean("key", key, max_length=50, multiline=False)
    if not _KEY.fullmatch(text):
        raise invalid("key", _("Use small letters, digits and hyphens."))
    return text


def check_names(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The names and the zone among ``fields``, clean. Raises BadInputError, RuleRefusedError."""
    strange = sorted(set(fields) - EDITABLE)
    if strange:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(strange)})
    found = {
        name: clean(name, fields[name], max_length=120, multiline=False) for name in fields if "name" in name
    }
    if "name_ko" in found and not found["name_ko"]:
        raise required("name_ko")
    if "tz" in fields:
        found["tz"] = clean("tz", fields["tz"], max_length=60, multiline=False)
        if not is_zone(found["tz"]):
            raise invalid("tz", _("There is no time zone of that name."), code="choice")
    return found


def check_hours(given: Any) -> dict[int, tuple[Interval, ...]]:
    """The weekly hours by day of the week, 0 is Monday.

    ``given`` maps days to pairs of minutes after midnight; an end beyond 1440 lies on the next day. Raises
    RuleRefusedError: not such pairs, an end that is not after its start, hours that overlap (also of one day
    with those of the next), a week that never opens.
    """
    if not isinstance(given, Mapping) or not set(given) <= set(range(7)):
        raise invalid("hours", _("Give the hours of the days 0 (Monday) to 6."))
    hours = {day: check_spans("hours", spans) for day, spans in sorted(given.items())}
    hours = {day: spans for day, spans in hours.items() if spans}
    if not hours:
        raise invalid("hours", _("This calendar would never open. Give the hours of one day at least."))
    around = sorted(
        (day * MINUTES_PER_DAY + start, day * MINUTES_PER_DAY + end)
        for day, spans in hours.items()
        for start, end in spans
    )
    wrapped = [*around, (around[0][0] + WEEK, around[0][1] + WEEK)]
    if any(first[1] > second[0] for first, second in pairwise(wrapped)):
        raise invalid("hours", _("These hours overlap, perhaps with those of the day before."))
    return hours


def check_spans(field: str, given: Any) -> tuple[Interval, ...]:
    """The hours of one day in their order. Raises RuleRefusedError."""
    if not isinstance(given, list | tuple) or len(given) > MOST_INTERVALS:
        raise invalid(field, _("A day has at most %(most)s stretches of hours.") % {"most": MOST_INTERVALS})
    spans = []
    for pair in given:
        if (
            not isinstance(pair, list | tuple)
            or len(pair) != 2
            or any(type(edge) is not int for edge in pair)
        ):
            raise invalid(field, _("Give each stretch as two whole numbers: minutes after midnight."))
        start, end = pair
        if not 0 <= start < MINUTES_PER_DAY or not start < end <= start + MINUTES_PER_DAY:
            raise invalid(field, _("Hours end after they begin, and within a day."))
        spans.append((start, end))
    spans.sort()
    if any(first[1] > second[0] for first, second in pairwise(spans)):
        raise invalid(field, _("These hours overlap, perhaps with those of the day before."))
    return tuple(spans)


def check_date(field: str, given: Any) -> dt.date:
    """A date that calendars reach. Raises RuleRefusedError."""
    if not isinstance(given, dt.date) or not FIRST_DAY <= given <= LAST_DAY:
        raise invalid(field, _("Give a date between 1971 and 2099."))
    return given


def parsed(field: str, text: str) -> tuple[Interval, ...]:
    """Hours as people write them: ``09:00-12:00, 13:00-18:00``; ``22-6`` is overnight, ``0-24`` all day.

    Raises RuleRefusedError for anything else.
    """
    spans = []
    for piece in filter(None, (each.strip() for each in re.split(r"[,;\n]", text))):
        found = _SPAN.fullmatch(piece)
        if found is None:
            raise invalid(field, _("Write hours like 09:00-12:00, 13:00-18:00."))
        start, end = (_minutes(field, *found.group(at, at + 1)) for at in (1, 3))
        spans.append((start, end if end > start else end + MINUTES_PER_DAY))
    return check_spans(field, spans)


def _minutes(field: str, hour: str, minute: str | None) -> int:
    total = int(hour) * 60 + int(minute or 0)
    if int(minute or 0) > 59 or total > MINUTES_PER_DAY:
        raise invalid(field, _("Write hours like 09:00-12:00, 13:00-18:00."))
    return total


def written(spans: Iterable[Interval]) -> str:
    """Hours as ``parsed`` reads them."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minute: int) -> str:
    beyond = minute - MINUTES_PER_DAY if minute > MINUTES_PER_DAY else minute
    return f"{beyond // 60:02d}:{beyond % 60:02d}"
