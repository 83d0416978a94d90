"""What a definition may hold, column by column; each refusal names its column."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from core.conditions import BadConditionError
from core.errors import BadInputError, FieldError, RuleRefusedError, invalid, required
from core.text import clean
from schedules.models import Calendar
from sla import escalations
from sla.choices import (
    CalendarSource,
    CancelMode,
    OnRetarget,
    Relative,
    ResumeMode,
    Target,
    Type,
    ZoneSource,
)
from sla.lint import LEAST_REPEAT_S, MAX_THRESHOLDS, MOST_REPEAT_S
from sla.models import SLADefinition
from sla.relative import dates, instants
from tickets import kinds
from tickets.conditions import compiled

Check = Callable[[str, Any], Any]
MOST_SECONDS = 2_000_000_000
MOST_ORDER = 100_000
RESERVED = frozenset({"calendars", "new", "what-if"})  # addresses of their own
_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


def check_key(field: str, given: Any) -> str:
    """A key or a track: small letters, digits, hyphens and underscores. Raises RuleRefusedError."""
    text = clean(field, given, max_length=60, multiline=False)
    if not _KEY.fullmatch(text) or (field == "key" and text in RESERVED):
        raise invalid(field, _("Use small letters, digits, - and _."))
    return text


def _name(field: str, given: Any) -> str:
    text = clean(field, given, max_length=120, multiline=False)
    if not text and field == "name_ko":
        raise required(field)
    return text


def _kind(field: str, given: Any) -> str:
    if given not in [spec.key for spec in kinds.all_kinds()]:
        raise invalid(field, _("There is no such kind of ticket."), code="choice")
    return str(given)


def _one_of(choices: Any) -> Check:
    def check(field: str, given: Any) -> str:
        if given not in choices.values:
            raise invalid(field, _("This is not one of the choices."), code="choice")
        return str(given)

    return check


def _whole(low: int, high: int, refusal: Callable[[], str]) -> Check:
    def check(field: str, given: Any) -> int:
        if isinstance(given, bool) or not isinstance(given, int) or not low <= given <= high:
            raise invalid(field, refusal(), code="range")
        return given

    return check


def _maybe(check: Check) -> Check:
    """As ``check``, or None."""
    return lambda field, given: None if given is None else check(field, given)


def _field_of(known: Callable[[], tuple[str, ...]]) -> Check:
    def check(field: str, given: Any) -> str:
        if given != "" and given not in known():
            raise invalid(field, _("This is not one of the choices."), code="choice")
        return str(given)

    return check


def _time(field: str, given: Any) -> dt.time | None:
    """A time of the day in whole minutes, as it is or as ``HH:MM``."""
    if given is None or given == "":
        return None
    try:
        found = given if isinstance(given, dt.time) else dt.time.fromisoformat(given)
    except (TypeError, ValueError) as error:
        raise invalid(field, _("Give a time of the day such as 16:00."), code="time") from error
    if found.tzinfo is not None or found.second or found.microsecond:
        raise invalid(field, _("Give a time of the day such as 16:00."), code="time")
    return found


def _yes_or_no(field: str, given: Any) -> bool:
    if not isinstance(given, bool):
        raise invalid(field, _("Say yes or no."), code="type")
    return given


def _steps(field: str, given: Any) -> list[Any]:
    """Steps that can be read; whether their marks are those of the promise is said before it is published."""
    errors = escalations.check_steps(given)
    if errors:
        raise RuleRefusedError(errors=errors)
    return list(given)


def _calendar(field: str, given: Any) -> Calendar | None:
    """The calendar itself, by its key or as it is; none for an empty one."""
    if given is None or given == "" or isinstance(given, Calendar):
        return given or None
    found = (
        Calendar.objects.filter(key=given).first() if isinstance(given, str) and len(given) <= 50 else None
    )
    if found is None:
        raise invalid(field, _("There is no such calendar."), code="choice")
    return found


def _percentages(field: str, given: Any) -> list[int]:
    is_list = isinstance(given, list | tuple) and len(given) <= MAX_THRESHOLDS
    if not is_list or any(type(each) is not int or not 0 < each <= 100 for each in given):
        text = _("Give at most %(max)s percentages from 1 to 100.") % {"max": MAX_THRESHOLDS}
        raise invalid(field, text, code="range")
    return sorted(set(given))


def _condition(field: str, given: Any) -> Any:
    """The tree, if it can be read; None is a condition that never holds."""
    if given is None:
        if field == "start_cond":
            raise required(field, _("Say when the clock starts."))
        return None
    try:
        compiled(given)
    except BadConditionError as refusal:
        raise RuleRefusedError(
            errors=[FieldError(f"{field}.{e.field}".rstrip("."), e.code, e.detail) for e in refusal.errors]
        ) from refusal
    except RecursionError as error:
        raise invalid(field, _("This condition is nested too deeply."), code="too_deep") from error
    return given


# One row for each column that people may set; ``sla.forms.SETTINGS`` has the same names.
CHECKS: dict[str, Check] = {
    "name_ko": _name,
    "name_en": _name,
    "kind": _kind,
    "type": _one_of(Type),
    "target": _one_of(Target),
    "track": check_key,
    "order": _whole(0, MOST_ORDER, lambda: _("Give a whole number from 0 to 100000.")),
    "relative": _one_of(Relative),
    "target_s": _maybe(_whole(1, MOST_SECONDS, lambda: _("The target must be at least one second."))),
    "due_field": _field_of(dates),
    "relative_at": _time,
    "calendar_source": _one_of(CalendarSource),
    "calendar": _calendar,
    "tz_source": _one_of(ZoneSource),
    "thresholds": _percentages,
    "overdue_repeat_s": _maybe(
        _whole(
            LEAST_REPEAT_S, MOST_REPEAT_S, lambda: _("Remind every minute at most, and once a year at least.")
        )
    ),
    "escalations": _steps,
    "retro_start_field": _field_of(instants),
    "retro_pause": _yes_or_no,
    "start_cond": _condition,
    "stop_cond": _condition,
    "pause_cond": _condition,
    "resume_mode": _one_of(ResumeMode),
    "resume_cond": _condition,
    "cancel_mode": _one_of(CancelMode),
    "cancel_cond": _condition,
    "reset_cond": _condition,
    "on_retarget": _one_of(OnRetarget),
}
NEEDED = ("name_ko", "kind", "start_cond")


def needed(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The columns a new definition must bring: a length of time as well, unless it is due at a date."""
    return NEEDED if fields.get("relative") else (*NEEDED, "target_s")


def checked(fields: Mapping[str, Any], *, needed: Iterable[str] = ()) -> dict[str, Any]:
    """The values, clean. Raises BadInputError for an unknown column, RuleRefusedError with every mistake."""
    strange = sorted(set(fields) - set(CHECKS))
    if strange:
        raise BadInputError(_("Unknown field: %(names)s") % {"names": ", ".join(strange)})
    values, errors = {}, [error for name in needed if name not in fields for error in required(name).errors]
    for name, given in fields.items():
        try:
            values[name] = CHECKS[name](name, given)
        except RuleRefusedError as refusal:
            errors += refusal.errors
    if errors:
        raise RuleRefusedError(errors=errors)
    return values


def check_whole(row: SLADefinition) -> None:
    """What the columns of a draft must be together. Raises RuleRefusedError with every mistake."""
    errors = [
        FieldError(name, "required", text)
        for name, is_missing, text in (
            (
                "target_s",
                row.relative == Relative.DURATION and row.target_s is None,
                _("Say how long it may take."),
            ),
            (
                "due_field",
                row.relative == Relative.DUE_FIELD and not row.due_field,
                _("Choose a date of the ticket."),
            ),
            (
                "relative_at",
                row.relative == Relative.NEXT_BD_AT and row.relative_at is None,
                _("Say at which time of the day."),
            ),
            (
                "calendar",
                row.calendar_source == CalendarSource.DEFINITION and row.calendar is None,
                _("Choose a calendar."),
            ),
        )
        if is_missing
    ]
    if errors:
        raise RuleRefusedError(errors=errors)
