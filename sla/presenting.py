"""Definitions in words: what they promise, their conditions, what changed, and the editor of a condition."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.forms import BoundField
from django.utils.translation import gettext as _

from core.conditions import Outline, line, outline
from core.errors import NotVisibleError
from schedules.bizcal import BizCal
from schedules.models import Calendar
from schedules.selectors import business_time
from sla import lengths
from sla.choices import CalendarSource, CancelMode, Relative, ResumeMode, Stage, Status
from sla.definitions import Version
from sla.editor.fields import StepsField
from sla.editor.presenting import StepsEditor, steps_editor
from sla.editor.settings import SECTIONS, SETTINGS
from sla.forms import DefinitionForm
from sla.models import SLADefinition
from sla.promises import field_word, kind_word, retro_words, step_words
from sla.relative import next_day_due
from tickets.editing.fields import ConditionField
from tickets.editing.presenting import ConditionEditor, editor
from tickets.vocabulary import TicketVocabulary

_TONES = {Status.DRAFT: "warn", Status.PUBLISHED: "good", Status.RETIRED: "neutral"}
_ICONS = {Status.DRAFT: "pencil", Status.PUBLISHED: "circle-check", Status.RETIRED: "history"}


@dataclass(frozen=True)
class Look:
    """What a state is called, and the tone and sign that go with it."""

    label: str
    tone: str
    icon: str


def look(status: str) -> Look:
    """Where a version stands."""
    found = Status(status)
    label = _("Out of use") if found == Status.RETIRED else str(found.label)
    return Look(label, _TONES[found], _ICONS[found])


@dataclass(frozen=True)
class Rule:
    """One condition for reading: what it decides, and when it holds."""

    label: str
    outline: Outline


def rules_of(row: SLADefinition, words: TicketVocabulary) -> list[Rule]:
    """When the clock starts, ends, pauses, goes on, is cancelled and begins anew, as sentences."""
    found = [
        Rule(_label("start_cond"), outline(row.start_cond, words)),
        Rule(_label("stop_cond"), outline(row.stop_cond, words)),
        Rule(_label("pause_cond"), outline(row.pause_cond, words)),
    ]
    if row.pause_cond is not None:
        found.append(Rule(_label("resume_mode"), _mode(row.get_resume_mode_display())))
        if row.resume_mode == ResumeMode.RESUME_COND:
            found.append(Rule(_label("resume_cond"), outline(row.resume_cond, words)))
    found.append(Rule(_label("cancel_mode"), _mode(row.get_cancel_mode_display())))
    if row.cancel_mode == CancelMode.CANCEL_COND:
        found.append(Rule(_label("cancel_cond"), outline(row.cancel_cond, words)))
    found.append(Rule(_label("reset_cond"), outline(row.reset_cond, words)))
    if row.retro_start_field:
        found.insert(1, Rule(_label("retro_start_field"), Outline(retro_words(row))))
    return found


def _mode(label: Any) -> Outline:
    return Outline(str(label))


def _label(name: str) -> str:
    return next(each.label for each in SETTINGS if each.name == name)


def clocks_words(version: Version) -> str:
    """The open clocks of a version by stage, or a dash."""
    pieces = [
        _("%(count)s %(stage)s") % {"count": f"{count:,}", "stage": Stage(stage).label}
        for stage, count in sorted(version.clocks.items())
    ]
    return " · ".join(pieces) or "–"


# Comparing two versions


@dataclass(frozen=True)
class Difference:
    """One setting before and after, in words."""

    label: str
    before: str
    after: str


def compare(older: SLADefinition, newer: SLADefinition, words: TicketVocabulary) -> list[Difference]:
    """What changed from one version to the other, in the order of the form."""
    return [
        Difference(each.label, _told(older, each.name, words), _told(newer, each.name, words))
        for each in SETTINGS
        if getattr(older, each.name) != getattr(newer, each.name)
    ]


def _told(row: SLADefinition, name: str, words: TicketVocabulary) -> str:
    value = getattr(row, name)
    if isinstance(next(each.field for each in SETTINGS if each.name == name), ConditionField):
        return line(value, words)
    if name == "kind":
        return kind_word(value)
    if name in {"target_s", "overdue_repeat_s"} and value:
        return lengths.in_words(value)
    if name in {"due_field", "retro_start_field"} and value:
        return field_word(value)
    if name == "escalations":
        return "; ".join(step_words(row)) or "–"
    choices = dict(getattr(SLADefinition._meta.get_field(name), "flatchoices", ()))
    return str(choices[value]) if value in choices else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Calendar):
        return value.name
    if isinstance(value, dt.time):
        return f"{value:%H:%M}"
    if isinstance(value, list) and not any(isinstance(each, dict) for each in value):
        return ", ".join(map(str, value)) or "–"
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return "–" if value in (None, "") else str(value)


# Counting from now


@dataclass(frozen=True)
class Preview:
    """When a clock that starts ``at`` would be due; no ``due``: the calendar is not open for so long.

    ``span`` is empty where it is due at a date.
    """

    span: str
    at: dt.datetime
    due: dt.datetime | None
    zone: str
    hours: str


def preview(asked: SLADefinition, *, now: dt.datetime) -> Preview | None:
    """The answer for a promise that need not be saved; None while there is nothing to count with."""
    source = asked.calendar_source
    counts = None if source == CalendarSource.NONE else asked.calendar
    if (source != CalendarSource.NONE and counts is None) or not _is_countable(asked):
        return None
    try:
        counted = business_time(counts.key if counts else None)
    except NotVisibleError:
        return None
    hours = counts.name if counts else _("round the clock")
    span = "" if asked.relative else lengths.in_words(asked.target_s or 0)
    return Preview(span, now, _due(counted, now, asked), counted.plan.tz, hours)


def _is_countable(asked: SLADefinition) -> bool:
    """Whether no ticket is needed to say when it is due."""
    if asked.relative == Relative.NEXT_BD_AT:
        return asked.relative_at is not None
    if asked.relative == Relative.DURATION:
        return (asked.target_s or 0) >= 1
    return asked.relative == Relative.END_NEXT_BD


def _due(counted: BizCal, now: dt.datetime, asked: SLADefinition) -> dt.datetime | None:
    try:
        if asked.relative:
            return next_day_due(asked, counted, now)
        return counted.add(now, asked.target_s or 0)
    except ValueError:
        return None


# The form


@dataclass(frozen=True)
class Section:
    """One part of the form: its heading and its fields, each with an editor where it is a condition."""

    key: str
    title: str
    fields: list[tuple[BoundField, ConditionEditor | StepsEditor | None]]


def editor_of(
    form: DefinitionForm, name: str, words: TicketVocabulary, *, problem: str = ""
) -> ConditionEditor | StepsEditor | None:
    """The editor of a condition or of the escalations; None for a plain field."""
    if isinstance(form.fields[name], ConditionField):
        return editor(form, name, words, problem=problem)
    if isinstance(form.fields[name], StepsField):
        return steps_editor(form, name, words.actor, problem=problem)
    return None


def sections(form: DefinitionForm, words: TicketVocabulary) -> list[Section]:
    """The form in parts."""

    def fields_of(key: str) -> Iterable[tuple[BoundField, ConditionEditor | StepsEditor | None]]:
        for each in SETTINGS:
            if each.section == key:
                yield form[each.name], editor_of(form, each.name, words)

    return [Section(key, str(title), list(fields_of(key))) for key, title in SECTIONS.items()]
