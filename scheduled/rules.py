"""What a schedule may hold; each refusal names its field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Group, User
from cmdb.models import CI
from core.errors import BadInputError, DomainError, FieldError, RuleRefusedError, invalid, required
from core.text import clean
from incidents.choices import Category
from scheduled.choices import Nth, OffDay, Repeat
from scheduled.models import MOST_EVERY, TicketSchedule
from scheduled.policies import may_own
from scheduled.recurrence import FIRST_DAY, LAST_DAY, Rule
from schedules.models import Calendar, is_zone
from schedules.selectors import counted
from tickets.choices import Level

LONGEST_TEXT = 20_000
TIMING = frozenset(
    {"tz", "repeat", "every", "weekdays", "month_day", "nth", "nth_weekday", "at", "starts_on", "ends_on"}
    | {"off_day", "calendar"}
)
EDITABLE = TIMING | {
    "owner", "is_active", "title", "description", "category", "impact", "urgency", "requester", "group", "ci"
}  # fmt: skip
_NEEDED = ("title", "requester", "owner", "starts_on", "at")
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")


def check_key(key: Any) -> str:
    """The key of a new schedule. Raises RuleRefusedError."""
    text = clean("key", key, max_length=50, multiline=False)
    if not _KEY.fullmatch(text):
        raise invalid("key", _("Use small letters, digits and hyphens."))
    return text


def rule_of(row: TicketSchedule) -> Rule:
    """The days and times of the schedule, to count with."""
    return Rule(
        repeat=row.repeat,
        starts_on=row.starts_on,
        at=row.at,
        tz=row.tz,
        every=row.every,
        weekdays=tuple(row.weekdays),
        month_day=row.month_day,
        nth=row.nth,
        nth_weekday=row.nth_weekday,
        ends_on=row.ends_on,
        off_day=row.off_day,
        works_on=_works_on(row.calendar),
    )


def _works_on(calendar: Calendar | None) -> Callable[[dt.date], bool] | None:
    return counted(calendar.pk, calendar.stamp, calendar.tz).is_business_day if calendar else None


def apply(row: TicketSchedule, values: Mapping[str, Any]) -> None:
    """Put checked ``values`` into the row, and empty what its way of repeating has no use for.

    Raises BadInputError for an unknown name, RuleRefusedError with every field that is wrong.
    """
    strange = sorted(set(values) - EDITABLE)
    if strange:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(strange)})
    wrong: list[FieldError] = []
    for name, value in values.items():
        try:
            setattr(row, name, _CHECKS[name](row, name, value))
        except DomainError as refusal:
            wrong += refusal.errors
    wrong += _missing(row, {each.field for each in wrong})
    if wrong:
        raise RuleRefusedError(errors=wrong)
    _fit(row)


def _missing(row: TicketSchedule, told: set[str]) -> list[FieldError]:
    text = _("This field is required.")
    wrong = []
    for name in _NEEDED:
        column = f"{name}_id" if name in {"requester", "owner"} else name
        if getattr(row, column) in (None, "") and name not in told:
            wrong.append(FieldError(name, "required", text))
    return wrong


def _fit(row: TicketSchedule) -> None:
    """Complete the days by the first one, and empty what does not belong. Raises RuleRefusedError."""
    if row.repeat == Repeat.ONCE:
        row.every, row.ends_on = 1, None
    row.weekdays = (row.weekdays or [row.starts_on.weekday()]) if row.repeat == Repeat.WEEKLY else []
    if row.repeat != Repeat.MONTHLY:
        row.month_day = row.nth = row.nth_weekday = None
    elif row.nth is None:
        row.month_day, row.nth_weekday = row.month_day or row.starts_on.day, None
    else:
        row.month_day = None
        if row.nth_weekday is None:
            raise invalid("nth_weekday", _("Choose a day of the week."), code="required")
    if row.off_day == OffDay.OPEN:
        row.calendar = None
    elif row.calendar is None:
        raise invalid("calendar", _("Choose the calendar that says who works when."), code="required")
    if row.ends_on is not None and row.ends_on < row.starts_on:
        raise invalid("ends_on", _("The last day must not lie before the first."))


def _line(_row: TicketSchedule, name: str, value: Any) -> str:
    text = clean(name, value, max_length=160, multiline=False)
    if not text:
        raise required(name)
    return text


def _text(_row: TicketSchedule, name: str, value: Any) -> str:
    return clean(name, value, max_length=LONGEST_TEXT)


def _flag(_row: TicketSchedule, name: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise invalid(name, _("This must be true or false."))
    return value


def _one_of(*choices: Any) -> Callable[[TicketSchedule, str, Any], Any]:
    def check(_row: TicketSchedule, name: str, value: Any) -> Any:
        if isinstance(value, bool) or value not in choices:
            raise invalid(name, _("This is not a choice."), code="choice")
        return value

    return check


def _whole(low: int, high: int, *, none: bool = False) -> Callable[[TicketSchedule, str, Any], int | None]:
    def check(_row: TicketSchedule, name: str, value: Any) -> int | None:
        if value is None and none:
            return None
        if type(value) is not int or not low <= value <= high:
            raise invalid(name, _("This must be between {low} and {high}.").format(low=low, high=high))
        return value

    return check


def _zone(_row: TicketSchedule, name: str, value: Any) -> str:
    text = clean(name, value, max_length=60, multiline=False)
    if not is_zone(text):
        raise invalid(name, _("There is no time zone of that name."), code="choice")
    return text


def _weekdays(_row: TicketSchedule, name: str, value: Any) -> list[int]:
    if not isinstance(value, list | tuple) or not all(type(day) is int and 0 <= day <= 6 for day in value):
        raise invalid(name, _("Give days of the week, 0 (Monday) to 6."))
    return sorted(set(value))


def _time(_row: TicketSchedule, name: str, value: Any) -> dt.time:
    if not isinstance(value, dt.time) or value.tzinfo is not None:
        raise invalid(name, _("Give a time of day, such as 09:00."))
    return value.replace(second=0, microsecond=0)


def _day(_row: TicketSchedule, name: str, value: Any) -> dt.date | None:
    if value is None and name == "ends_on":
        return None
    if type(value) is not dt.date or not FIRST_DAY <= value <= LAST_DAY:
        raise invalid(name, _("Give a day between 2000 and 2099."))
    return value


def _requester(row: TicketSchedule, name: str, value: Any) -> User:
    if not isinstance(value, User):
        raise required(name)
    if not value.is_active or value.company_id != row.company_id:
        raise invalid(name, _("This person is not active."), code="choice")
    return value


def _owner(row: TicketSchedule, name: str, value: Any) -> User:
    found = _requester(row, name, value)
    if not may_own(found):
        text = _("This person cannot open the schedule: choose somebody who edits the configuration.")
        raise invalid(name, text, code="choice")
    return found


def _group(row: TicketSchedule, name: str, value: Any) -> Group | None:
    if value is None:
        return None
    if not isinstance(value, Group) or not value.is_active or value.company_id != row.company_id:
        raise invalid(name, _("This group is not active."), code="choice")
    return value


def _calendar(_row: TicketSchedule, name: str, value: Any) -> Calendar | None:
    if value is not None and not isinstance(value, Calendar):
        raise invalid(name, _("This is not a choice."), code="choice")
    return value


def _item(row: TicketSchedule, name: str, value: Any) -> CI | None:
    if value is None:
        return None
    if not isinstance(value, CI) or value.company_id != row.company_id:
        raise invalid(name, _("This is not a choice."), code="choice")
    return value


_CHECKS: dict[str, Callable[[TicketSchedule, str, Any], Any]] = {
    "title": _line,
    "description": _text,
    "category": _one_of("", *Category.values),
    "impact": _one_of(*Level.values),
    "urgency": _one_of(*Level.values),
    "requester": _requester,
    "owner": _owner,
    "group": _group,
    "ci": _item,
    "is_active": _flag,
    "tz": _zone,
    "repeat": _one_of(*Repeat.values),
    "every": _whole(1, MOST_EVERY),
    "weekdays": _weekdays,
    "month_day": _whole(1, 31, none=True),
    "nth": _one_of(None, *Nth.values),
    "nth_weekday": _whole(0, 6, none=True),
    "at": _time,
    "starts_on": _day,
    "ends_on": _day,
    "off_day": _one_of(*OffDay.values),
    "calendar": _calendar,
}
