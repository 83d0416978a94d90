"""What must be right about a definition before it is published."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from core.conditions import BadConditionError
from core.errors import FieldError, RuleRefusedError
from schedules.selectors import business_time
from sla.choices import CalendarSource, CancelMode, ResumeMode
from sla.models import SLADefinition
from tickets.conditions import compiled

CONDITIONS = ("start_cond", "stop_cond", "pause_cond", "resume_cond", "cancel_cond", "reset_cond")
MAX_THRESHOLDS = 10


def check(row: SLADefinition, *, now: dt.datetime) -> None:
    """Accept the definition, or raise RuleRefusedError with one entry for each mistake."""
    errors = [error for name in CONDITIONS for error in _condition(name, getattr(row, name))]
    errors += [*_thresholds(row.thresholds), *_modes(row), *_target(row, now)]
    if errors:
        raise RuleRefusedError(errors=errors)


def _condition(name: str, tree: Any) -> list[FieldError]:
    if tree is None:
        missing = FieldError(name, "required", _("Say when the clock starts."))
        return [missing] if name == "start_cond" else []
    try:
        compiled(tree)
    except BadConditionError as refusal:
        return [FieldError(f"{name}.{e.field}".rstrip("."), e.code, e.detail) for e in refusal.errors]
    return []


def _thresholds(given: list[int]) -> list[FieldError]:
    if len(given) <= MAX_THRESHOLDS and all(0 < percent <= 100 for percent in given):
        return []
    text = _("Give at most %(max)s percentages from 1 to 100.") % {"max": MAX_THRESHOLDS}
    return [FieldError("thresholds", "range", text)]


def _modes(row: SLADefinition) -> list[FieldError]:
    errors = []
    if row.resume_mode == ResumeMode.RESUME_COND and row.resume_cond is None:
        errors.append(FieldError("resume_cond", "required", _("Say what ends a pause.")))
    if row.cancel_mode == CancelMode.CANCEL_COND and row.cancel_cond is None:
        errors.append(FieldError("cancel_cond", "required", _("Say what cancels the clock.")))
    return errors


def _target(row: SLADefinition, now: dt.datetime) -> list[FieldError]:
    if row.target_s < 1:
        return [FieldError("target_s", "range", _("The target must be at least one second."))]
    if row.calendar_source == CalendarSource.NONE:
        return []
    if row.calendar is None:
        return [FieldError("calendar", "required", _("Choose a calendar."))]
    if business_time(row.calendar.key).add(now, row.target_s) is None:
        text = _("This calendar is not open for long enough: the clock would never be due.")
        return [FieldError("calendar", "never_due", text)]
    return []
