"""Holidays from elsewhere: the public ones of a country, or those of an iCalendar file."""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from typing import Any

import holidays
import icalendar
from dateutil.relativedelta import FR, MO, SA, SU, TH, TU, WE, relativedelta
from django.utils.translation import gettext as _

from core.errors import RuleRefusedError, invalid
from schedules.rules import FIRST_DAY, LAST_DAY

MOST_BYTES = 1_000_000
MOST_EVENTS = 1_000
LONGEST_DAYS = 60  # one event
YEARS_AHEAD = 10  # of a holiday that comes every year
NAME_LENGTH = 120
_WEEKDAYS = {"MO": MO, "TU": TU, "WE": WE, "TH": TH, "FR": FR, "SA": SA, "SU": SU}
_NTH = re.compile(r"([+-]?[1-5])(MO|TU|WE|TH|FR|SA|SU)")


def countries() -> list[str]:
    """The countries whose holidays are known (ISO 3166-1 alpha-2); Korea first."""
    known = holidays.list_supported_countries(include_aliases=False)
    return sorted(known, key=lambda code: (code != "KR", code))


def of_country(country: str, year: int, *, language: str) -> dict[dt.date, str]:
    """The public holidays of a country in a year, with their names in ``language`` where there are such.

    Raises RuleRefusedError for an unknown country and a year out of reach.
    """
    if country not in countries():
        raise invalid("country", _("The holidays of this country are not known."), code="choice")
    if not FIRST_DAY.year <= year <= LAST_DAY.year:
        raise invalid("year", _("Give a date between 1971 and 2099."))
    spoken = holidays.country_holidays(country).supported_languages
    wanted = next((each for each in spoken if each.split("_")[0] == language), None)
    found = holidays.country_holidays(country, years=year, language=wanted)
    return {day: name[:NAME_LENGTH] for day, name in sorted(found.items()) if day.year == year}


def of_file(data: bytes, *, since: dt.date) -> dict[dt.date, str]:
    """The days of an iCalendar file (RFC 5545) from ``since`` on, with the names of their events.

    An event of several days gives each of them; one that comes again every year gives the next ten. Raises
    RuleRefusedError: too large, too many events, no calendar, no usable event.
    """
    if len(data) > MOST_BYTES:
        raise invalid("file", _("This file is larger than 1 MB."), code="too_large")
    try:
        events = icalendar.Calendar.from_ical(data).walk("VEVENT")
    except (ValueError, KeyError, IndexError, TypeError) as error:
        raise _no_calendar() from error
    if len(events) > MOST_EVENTS:
        text = _("This file has %(count)s events; at most %(most)s are taken.")
        raise invalid("file", text % {"count": len(events), "most": MOST_EVENTS}, code="too_many")
    found: dict[dt.date, str] = {}
    for event in events:
        for day in _days(event, since):
            found.setdefault(day, str(event.get("SUMMARY") or "").strip()[:NAME_LENGTH] or _("Holiday"))
    if not found:
        raise invalid("file", _("There is no day from %(day)s on in this file.") % {"day": since.isoformat()})
    return dict(sorted(found.items()))


def _days(event: Any, since: dt.date) -> list[dt.date]:
    try:
        first, length = _span(event)
        starts = _starts(event, first, since)
    except (ValueError, KeyError, AttributeError, TypeError, OverflowError) as error:
        raise _no_calendar() from error
    days = [start + dt.timedelta(days=more) for start in starts for more in range(length)]
    return [day for day in days if max(since, FIRST_DAY) <= day <= LAST_DAY]


def _span(event: Any) -> tuple[dt.date, int]:
    """The first day and the number of days; the end of an event of whole days is not part of it."""
    start, end = event["DTSTART"].dt, event.get("DTEND")
    first = start.date() if isinstance(start, dt.datetime) else start
    if end is None:
        return first, 1
    last = end.dt.date() if isinstance(end.dt, dt.datetime) else end.dt - dt.timedelta(days=1)
    return first, min(max((last - first).days + 1, 1), LONGEST_DAYS)


def _starts(event: Any, first: dt.date, since: dt.date) -> list[dt.date]:
    rule = event.get("RRULE")
    if rule is None:
        return [first]
    if not _is_yearly(rule):
        text = _("“%(name)s” comes again other than on one day of every year; that is no holiday.")
        raise invalid("file", text % {"name": str(event.get("SUMMARY") or "")[:80]})
    years = range(max(first.year, since.year - 1), since.year + YEARS_AHEAD + 1)
    last = _last(rule, first)
    found = (_of_year(rule, first, year) for year in years)
    return [day for day in found if day is not None and first <= day <= last]


def _is_yearly(rule: Any) -> bool:
    """Whether the rule gives one day of every year: others may go on for ever without giving any."""
    known = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYMONTHDAY", "BYDAY"}
    alone = all(len(rule.get(name, [1])) == 1 for name in known)
    one_of_both = not (rule.get("BYDAY") and rule.get("BYMONTHDAY"))
    every = rule.get("FREQ") == ["YEARLY"] and int(rule.get("INTERVAL", [1])[0]) == 1
    named = not rule.get("BYDAY") or bool(_NTH.fullmatch(str(rule["BYDAY"][0])))
    return every and alone and one_of_both and named and set(rule) <= known


def _of_year(rule: Any, first: dt.date, year: int) -> dt.date | None:
    """The day of that year: a date, or such as the third Monday of a month; None where it has none."""
    month = int(rule.get("BYMONTH", [first.month])[0])
    weekday = rule.get("BYDAY")
    if weekday:
        number, name = _NTH.fullmatch(str(weekday[0])).groups()  # type: ignore[union-attr] # checked before
        edge = dt.date(year, month, 1 if int(number) > 0 else monthrange(year, month)[1])
        day = edge + relativedelta(weekday=_WEEKDAYS[name](int(number)))
        return day if day.month == month else None
    number = int(rule.get("BYMONTHDAY", [first.day])[0])
    return dt.date(year, month, number) if 1 <= number <= monthrange(year, month)[1] else None


def _last(rule: Any, first: dt.date) -> dt.date:
    until, count = rule.get("UNTIL"), rule.get("COUNT")
    if until:
        end = until[0]
        return end.date() if isinstance(end, dt.datetime) else end
    return dt.date(min(first.year + int(count[0]) - 1, LAST_DAY.year), 12, 31) if count else LAST_DAY


def _no_calendar() -> RuleRefusedError:
    return invalid("file", _("This is no iCalendar file, or it is broken."))
