"""Single days of a calendar: holidays, days with hours of their own, and where holidays come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.policies import Actor
from core.errors import NotVisibleError, RuleRefusedError, required
from core.text import clean
from core.time import db_now
from schedules import holiday_files, rules
from schedules.models import Calendar, CalendarException, CalendarHoliday
from schedules.services.calendars import locked, new_version, record

MANUAL, FILE = "manual", "ics"


@transaction.atomic
def set_day(key: str, *, actor: Actor, date: dt.date, name: str, hours: Any = ()) -> Calendar:
    """The calendar, closed on ``date`` or with these hours instead. Publishes ``calendar.changed``.

    What was said of that date before is replaced. Raises NotVisibleError, NotAllowedError, RuleRefusedError.
    """
    row = locked(key, actor)
    day, spans = rules.check_date("date", date), rules.check_spans("hours", hours)
    text = clean("name", name, max_length=120, multiline=False)
    if not text:
        raise required("name")
    before = _said_of(row, day)
    _forget(row, day)
    _refuse_too_many(row, 1)
    if spans:
        CalendarException.objects.create(
            calendar=row, date=day, name=text, intervals=[list(each) for each in spans]
        )
    else:
        CalendarHoliday.objects.create(calendar=row, date=day, name=text, source=MANUAL)
    new_version(row)
    record(row, actor, "changed", {day.isoformat(): [before, _said_of(row, day)]})
    return row


@transaction.atomic
def drop_day(key: str, *, actor: Actor, date: dt.date) -> Calendar:
    """The calendar with its weekly hours on that date again. Raises NotVisibleError when it had no others."""
    row = locked(key, actor)
    before = _said_of(row, date)
    if before is None:
        raise NotVisibleError(_("Nothing is said of this day."))
    _forget(row, date)
    new_version(row)
    record(row, actor, "changed", {date.isoformat(): [before, None]})
    return row


def load_country(key: str, *, actor: Actor, country: str, year: int) -> int:
    """Add the public holidays of a country in a year; how many were new. Raises RuleRefusedError too."""
    language = (translation.get_language() or "ko").split("-")[0]
    days = holiday_files.of_country(country, year, language=language)
    return _add(key, actor, days, source=f"pkg:{country}")


def load_file(key: str, *, actor: Actor, data: bytes) -> int:
    """Add the days of an iCalendar file from this year on; how many were new. Raises RuleRefusedError too."""
    since = db_now().date().replace(month=1, day=1)
    return _add(key, actor, holiday_files.of_file(data, since=since), source=FILE)


@transaction.atomic
def _add(key: str, actor: Actor, days: Mapping[dt.date, str], *, source: str) -> int:
    """Days of which something was said already are left as they are."""
    row = locked(key, actor)
    known = {*row.holidays.values_list("date", flat=True), *row.exceptions.values_list("date", flat=True)}
    new = {day: name for day, name in days.items() if day not in known}
    _refuse_too_many(row, len(new))
    if new:
        CalendarHoliday.objects.bulk_create(
            CalendarHoliday(calendar=row, date=day, name=name, source=source) for day, name in new.items()
        )
        new_version(row)
        diff = {day.isoformat(): [None, {"name": name, "source": source}] for day, name in new.items()}
        record(row, actor, "changed", diff)
    return len(new)


def _refuse_too_many(row: Calendar, more: int) -> None:
    if row.holidays.count() + row.exceptions.count() + more > rules.MOST_DAYS:
        text = _("A calendar has at most %(most)s such days.") % {"most": rules.MOST_DAYS}
        raise RuleRefusedError(text)


def _said_of(row: Calendar, day: dt.date) -> dict[str, str] | None:
    exception = row.exceptions.filter(date=day).first()
    if exception is not None:
        return {"name": exception.name, "hours": rules.written(exception.intervals)}
    holiday = row.holidays.filter(date=day).first()
    return None if holiday is None else {"name": holiday.name, "source": holiday.source}


def _forget(row: Calendar, day: dt.date) -> None:
    row.holidays.filter(date=day).delete()
    row.exceptions.filter(date=day).delete()
