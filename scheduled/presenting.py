"""How a schedule repeats, in words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from scheduled.choices import OffDay, Repeat
from scheduled.models import TicketSchedule


def in_words(row: TicketSchedule) -> str:
    """One sentence of the days and the time, in the reader's language; the zone is said beside it."""
    values: dict[str, Any] = {"every": row.every, "time": f"{row.at:%H:%M}"}
    words = _WORDS[row.repeat](row) % (values | _days(row))
    return f"{words}. {_OFF_DAYS[row.off_day]}" if row.off_day in _OFF_DAYS else words


def _days(row: TicketSchedule) -> dict[str, Any]:
    return {
        "day": date_format(row.starts_on, "DATE_FORMAT"),
        "date": date_format(row.starts_on, "MONTH_DAY_FORMAT"),
        "month_day": row.month_day,
        "days": ", ".join(str(WEEKDAYS[day]) for day in row.weekdays),
        "nth": str(row.get_nth_display() or "").lower(),
        "weekday": str(WEEKDAYS.get(row.nth_weekday, "")) if row.nth_weekday is not None else "",
    }


def _once(_row: TicketSchedule) -> str:
    return _("Once on %(day)s at %(time)s")


def _daily(row: TicketSchedule) -> str:
    return _("Every day at %(time)s") if row.every == 1 else _("Every %(every)s days at %(time)s")


def _weekly(row: TicketSchedule) -> str:
    if row.every == 1:
        return _("Every week on %(days)s at %(time)s")
    return _("Every %(every)s weeks on %(days)s at %(time)s")


def _monthly(row: TicketSchedule) -> str:
    if row.nth is None and row.every == 1:
        return _("Every month on day %(month_day)s at %(time)s")
    if row.nth is None:
        return _("Every %(every)s months on day %(month_day)s at %(time)s")
    if row.every == 1:
        return _("Every month on the %(nth)s %(weekday)s at %(time)s")
    return _("Every %(every)s months on the %(nth)s %(weekday)s at %(time)s")


def _yearly(row: TicketSchedule) -> str:
    if row.every == 1:
        return _("Every year on %(date)s at %(time)s")
    return _("Every %(every)s years on %(date)s at %(time)s")


_WORDS: dict[str, Callable[[TicketSchedule], str]] = {
    Repeat.ONCE: _once,
    Repeat.DAILY: _daily,
    Repeat.WEEKLY: _weekly,
    Repeat.MONTHLY: _monthly,
    Repeat.YEARLY: _yearly,
}
_OFF_DAYS: dict[str, Promise] = {
    OffDay.NEXT: gettext_lazy("Where nobody works, on the next working day."),
    OffDay.PREVIOUS: gettext_lazy("Where nobody works, on the working day before."),
    OffDay.SKIP: gettext_lazy("Not where nobody works."),
}
