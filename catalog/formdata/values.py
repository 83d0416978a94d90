"""One answer, checked by the type of its field and made ready to be stored as JSON."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.formdata.definition import FormField
from catalog.formdata.words import PATTERNS
from core.errors import invalid
from core.text import clean

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,6})?\Z")
_TRUE, _FALSE = {"true", "on", "1", "yes"}, {"false", "off", "0", "no"}
_MOST_DIGITS = 15


@dataclass(frozen=True)
class Context:
    """What a check may need: people that may be named, by user name, and today's date for the person."""

    people: Mapping[str, User]
    today: dt.date


def is_empty(value: Any) -> bool:
    """Whether nothing was answered."""
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def checked(field: FormField, value: Any, context: Context) -> Any:
    """``value`` as it is stored. Raises RuleRefusedError naming the field."""
    return _CHECKS[field.type](field, value, context)


def _text(field: FormField, value: Any, _context: Context) -> str:
    text = clean(field.key, value, max_length=field.max_length, multiline=field.type == "multiline")
    if field.pattern and not PATTERNS[field.pattern][0].match(text):
        raise invalid(field.key, PATTERNS[field.pattern][1], code="pattern")
    return text


def _email(field: FormField, value: Any, context: Context) -> str:
    text = _text(field, value, context)
    try:
        validate_email(text)
    except ValidationError:
        raise invalid(field.key, _("Write a mail address, such as name@example.com."), code="email") from None
    return text


def _choice(field: FormField, value: Any, _context: Context) -> str:
    if not isinstance(value, str):
        raise invalid(field.key, _("Choose one of the choices."), code="type")
    if field.choice(value) is None:
        raise invalid(field.key, _("This is not one of the choices."), code="choice")
    return value


def _choices(field: FormField, value: Any, _context: Context) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
        raise invalid(field.key, _("Send a list of choices."), code="type")
    if any(field.choice(each) is None for each in value):
        raise invalid(field.key, _("This is not one of the choices."), code="choice")
    return [each.value for each in field.choices if each.value in value]


def _boolean(field: FormField, value: Any, _context: Context) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in _TRUE | _FALSE:
        return value.lower() in _TRUE
    raise invalid(field.key, _("This is either yes or no."), code="type")


def _number(field: FormField, value: Any, _context: Context) -> int | float:
    number = _decimal(value)
    if number is None:
        raise invalid(field.key, _("Write a number."), code="type")
    if field.whole and number != number.to_integral_value():
        raise invalid(field.key, _("Write a whole number."), code="type")
    if field.least is not None and number < field.least:
        raise invalid(field.key, _("At least %(least)s.") % {"least": field.least}, code="min")
    if field.most is not None and number > field.most:
        raise invalid(field.key, _("At most %(most)s.") % {"most": field.most}, code="max")
    return int(number) if number == number.to_integral_value() else float(number)


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        return None
    if isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS:
        return None
    text = repr(value) if isinstance(value, float) else str(value).strip()
    return Decimal(text) if _NUMBER.match(text) else None


def _date(field: FormField, value: Any, context: Context) -> str:
    try:
        day = dt.date.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None:
        raise invalid(field.key, _("Write a date as year-month-day."), code="type")
    if field.not_past and day < context.today:
        raise invalid(field.key, _("This day is over already."), code="min")
    return day.isoformat()


def _user(field: FormField, value: Any, context: Context) -> str:
    person = context.people.get(value.strip().lower()) if isinstance(value, str) else None
    if person is None:
        raise invalid(field.key, _("There is no such person."), code="does_not_exist")
    return person.username


_CHECKS: dict[str, Callable[[FormField, Any, Context], Any]] = {
    "text": _text,
    "multiline": _text,
    "email": _email,
    "choice": _choice,
    "multi_choice": _choices,
    "boolean": _boolean,
    "number": _number,
    "date": _date,
    "user": _user,
}
