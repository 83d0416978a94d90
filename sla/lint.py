"""What must be right about a definition before it is published, and what its author is warned of."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.utils.translation import gettext as _

from core.conditions import BadConditionError, Condition
from core.errors import FieldError, RuleRefusedError
from schedules.selectors import business_time
from sla import escalations
from sla.choices import CalendarSource, CancelMode, Relative, ResumeMode, Status
from sla.models import SLADefinition
from sla.relative import dates, instants
from sla.satisfying import is_possible
from tickets.conditions import compiled

CONDITIONS = ("start_cond", "stop_cond", "pause_cond", "resume_cond", "cancel_cond", "reset_cond")
MAX_THRESHOLDS = 10
LONGEST_S = 2_000_000_000  # what a clock can count: more than sixty years
LEAST_REPEAT_S, MOST_REPEAT_S = 60, 366 * 86_400


def check(row: SLADefinition, *, now: dt.datetime) -> None:
    """Accept the definition, or raise RuleRefusedError with one entry for each mistake."""
    errors = [error for name in CONDITIONS for error in _condition(name, getattr(row, name))]
    errors += [*_thresholds(row.thresholds), *_modes(row), *_target(row, now), *_retroactive(row)]
    errors += [*_reminders(row), *escalations.check(row)]
    if errors:
        raise RuleRefusedError(errors=errors)


def warnings(row: SLADefinition) -> list[FieldError]:
    """What is legal but hardly meant (SLA-04), named like mistakes; none of a definition that has mistakes.

    It never attaches (start implies stop or cancel, or never holds), cancels instead of pausing (pause
    excludes start), or says the same as another published definition. One query.
    """
    try:
        start = _compiled(row.start_cond)
        found = [] if start is None else _of_conditions(row, start)
    except BadConditionError:
        return []
    return [*found, *_duplicates(row)]


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
    errors = _length(row) if row.relative == Relative.DURATION else _date(row)
    if errors or row.calendar_source == CalendarSource.NONE:
        return errors
    if row.calendar is None:
        return [FieldError("calendar", "required", _("Choose a calendar."))]
    if business_time(row.calendar.key).add(now, row.target_s or 1) is None:
        text = _("This calendar is not open for long enough: the clock would never be due.")
        return [FieldError("calendar", "never_due", text)]
    return []


def _length(row: SLADefinition) -> list[FieldError]:
    if row.target_s is None:
        return [FieldError("target_s", "required", _("Say how long it may take."))]
    if row.target_s < 1:
        return [FieldError("target_s", "range", _("The target must be at least one second."))]
    if row.target_s > LONGEST_S:
        return [FieldError("target_s", "range", _("The target is longer than a clock can count."))]
    return []


def _date(row: SLADefinition) -> list[FieldError]:
    """What a promise that is due at a date needs, and that it never waits: a date does not move (SLA-04)."""
    errors = []
    if row.relative not in Relative.values:
        errors.append(FieldError("relative", "choice", _("Choose how the due time is given.")))
    if row.relative == Relative.DUE_FIELD and row.due_field not in dates():
        text = _("Choose a date of the ticket: %(fields)s.") % {"fields": ", ".join(dates())}
        errors.append(FieldError("due_field", "unknown_field", text))
    if row.relative == Relative.NEXT_BD_AT and row.relative_at is None:
        errors.append(FieldError("relative_at", "required", _("Say at which time of the day.")))
    if row.pause_cond is not None:
        text = _("A promise that is due at a date cannot pause: take the pause condition away.")
        errors.append(FieldError("pause_cond", "relative", text))
    return errors


def _retroactive(row: SLADefinition) -> list[FieldError]:
    errors = []
    if row.retro_start_field and row.retro_start_field not in instants():
        text = _("Choose an instant of the ticket: %(fields)s.") % {"fields": ", ".join(instants())}
        errors.append(FieldError("retro_start_field", "unknown_field", text))
    if row.retro_pause and not row.retro_start_field:
        text = _("Earlier pauses count only for a clock that counts from an earlier instant.")
        errors.append(FieldError("retro_start_field", "required", text))
    if row.retro_pause and row.pause_cond is None and row.relative == Relative.DURATION:
        errors.append(FieldError("pause_cond", "required", _("Say when the clock waits.")))
    return errors


def _reminders(row: SLADefinition) -> list[FieldError]:
    if row.overdue_repeat_s is None or LEAST_REPEAT_S <= row.overdue_repeat_s <= MOST_REPEAT_S:
        return []
    text = _("Remind every minute at most, and once a year at least.")
    return [FieldError("overdue_repeat_s", "range", text)]


def _compiled(tree: Any) -> Condition | None:
    return None if tree is None else compiled(tree)


def _of_conditions(row: SLADefinition, start: Condition) -> list[FieldError]:
    if is_possible(row.kind, holds=[start], fails=[]) is False:
        text = _("The start condition can never hold: the clock never starts.")
        return [FieldError("start_cond", "never_holds", text)]
    return [*_never_attaches(row, start), *_cancels(row, start)]


def _never_attaches(row: SLADefinition, start: Condition) -> list[FieldError]:
    found = []
    stop = _compiled(row.stop_cond)
    if stop is not None and is_possible(row.kind, holds=[start], fails=[stop]) is False:
        text = _("Whenever the start condition holds, the stop condition does too: the clock never starts.")
        found.append(FieldError("stop_cond", "never_attaches", text))
    cancel = _compiled(row.cancel_cond) if row.cancel_mode == CancelMode.CANCEL_COND else None
    if cancel is not None and is_possible(row.kind, holds=[start], fails=[cancel]) is False:
        text = _("Whenever the start condition holds, the cancel condition does too: the clock never starts.")
        found.append(FieldError("cancel_cond", "never_attaches", text))
    return found


def _cancels(row: SLADefinition, start: Condition) -> list[FieldError]:
    pause = _compiled(row.pause_cond)
    if pause is None or row.cancel_mode != CancelMode.START_UNMET:
        return []
    if is_possible(row.kind, holds=[pause, start], fails=[]) is not False:
        return []
    text = _("Whenever the pause condition holds, the start condition does not: the clock is cancelled.")
    return [FieldError("pause_cond", "cancels", text)]


def _duplicates(row: SLADefinition) -> list[FieldError]:
    """Published definitions of other keys that start and stop alike and promise the same."""
    others = SLADefinition.objects.filter(kind=row.kind, status=Status.PUBLISHED, target=row.target)
    said = _said(row)
    alike = [each.key for each in others.exclude(key=row.key).order_by("key") if _said(each) == said]
    if not alike:
        return []
    text = _("The same is promised by: %(keys)s.") % {"keys": ", ".join(alike)}
    return [FieldError("start_cond", "duplicate", text)]


def _said(row: SLADefinition) -> tuple[str, ...]:
    """When it runs, in a form that does not hang on the order of ``all`` and ``any``."""
    return (row.type, *(_ordered(tree) for tree in (row.start_cond, row.stop_cond, row.pause_cond)))


def _ordered(tree: Any) -> str:
    if not isinstance(tree, dict):
        return json.dumps(tree)
    for kind in ("all", "any"):
        if isinstance(tree.get(kind), list):
            parts = sorted(_ordered(part) for part in tree[kind])
            return parts[0] if len(parts) == 1 else f"{kind}({', '.join(parts)})"
    if "not" in tree:
        return f"not({_ordered(tree['not'])})"
    return json.dumps(tree, sort_keys=True)
