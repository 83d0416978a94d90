"""Seed calendars: round the clock, and a Korean office week with the public holidays."""

from __future__ import annotations

import uuid
from importlib.metadata import version
from typing import Any

from core.models import Revision
from core.time import db_now
from schedules.holiday_files import of_country
from schedules.models import Calendar, CalendarHoliday, CalendarHours

SEOUL = "Asia/Seoul"
YEARS_AHEAD = 2
SOURCE = "pkg:KR"
# key: Korean name, English name, weekdays, start and end in minutes
CALENDARS: dict[str, tuple[str, str, range, int, int]] = {
    "24x7": ("24시간", "Round the clock", range(7), 0, 1440),
    "kr-office": ("한국 근무 시간", "Korean office hours", range(5), 9 * 60, 18 * 60),
}


def load(**_kwargs: Any) -> None:
    """Make the seed calendars where they are missing and add the next holidays; edits are never undone."""
    for key, (name_ko, name_en, days, start, end) in CALENDARS.items():
        calendar, made = Calendar.objects.get_or_create(
            key=key, defaults={"name_ko": name_ko, "name_en": name_en, "tz": SEOUL}
        )
        if made:
            CalendarHours.objects.bulk_create(
                CalendarHours(calendar=calendar, dow=dow, start_min=start, end_min=end) for dow in days
            )
    load_korean_holidays(Calendar.objects.get(key="kr-office"))
    follow_zone_data(version("tzdata"))


def load_korean_holidays(calendar: Calendar) -> None:
    """Add the public holidays of each year from this one to two ahead that has none from us yet.

    A year that was loaded before is left alone, so a holiday somebody removed stays removed.
    """
    this_year = db_now().year
    known = CalendarHoliday.objects.filter(calendar=calendar, source=SOURCE)
    loaded = {day.year for day in known.values_list("date", flat=True)}
    years = [year for year in range(this_year, this_year + YEARS_AHEAD + 1) if year not in loaded]
    if not years:
        return
    CalendarHoliday.objects.bulk_create(
        [
            CalendarHoliday(calendar=calendar, date=day, name=name, source=SOURCE)
            for year in years
            for day, name in of_country("KR", year, language="ko").items()
        ],
        ignore_conflicts=True,
    )


def follow_zone_data(release: str) -> None:
    """Give every calendar a new version when the time zone data is of another release (DOMAIN DS-2)."""
    stamp = uuid.uuid5(uuid.NAMESPACE_URL, f"tzdata:{release}")
    row, made = Revision.objects.get_or_create(key="tzdata", defaults={"stamp": stamp})
    if not made and row.stamp != stamp:
        Calendar.objects.update(updated_at=db_now())
        Revision.objects.filter(key="tzdata").update(stamp=stamp)
