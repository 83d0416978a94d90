"""Holidays from elsewhere: the public ones of a country, or those of an iCalendar file."""

from __future__ import annotations

import datetime as dt
from typing import Any

import holidays
import icalendar
from dateutil.rrule import rrulestr
from django.utils.translation import gettext as _

from core.errors import RuleRefusedError, invalid
from schedules.rules import FIRST_DAY, LAST_DAY

MOST_BYTES = 1_000_000
MOST_EVENTS = 1_000
LONGEST_DAYS = 60  # one event
YEARS_AHEAD = 10  # of a holiday that comes every year
NAME_LENGTH = 120


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
    if rule.get("FREQ") != ["YEARLY"]:
        text = _("“%(name)s” comes again other than every year; that is no holiday.")
        raise invalid("file", text % {"name": str(event.get("SUMMARY") or "")[:80]})
    begin = dt.datetime.combine(first, dt.time())
    until = dt.datetime.combine(dt.date(since.year + YEARS_AHEAD, 12, 31), dt.time())
    text = rule.to_ical().decode()
    found = rrulestr(text, dtstart=begin, ignoretz=True).between(
        max(begin, dt.datetime.combine(since, dt.time()) - dt.timedelta(days=LONGEST_DAYS)), until, inc=True
    )
    return [each.date() for each in found[: YEARS_AHEAD * 31]]


def _no_calendar() -> RuleRefusedError:
    return invalid("file", _("This is no iCalendar file, or it is broken."))
