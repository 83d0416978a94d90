"""A definition's promise in words: what is due when, in whose hours, and what is done as time runs out."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sla import lengths
from sla.choices import CalendarSource, Relative, Target
from sla.escalations import OVERDUE
from sla.models import SLADefinition
from tickets import escalations as actions
from tickets import kinds
from tickets.vocabulary import LABELS

# Whose hours count, without and with a calendar for where there is none.
_HOURS: dict[str, tuple[str | Promise, str | Promise]] = {
    CalendarSource.GROUP: (
        gettext_lazy("hours of the assignment group"),
        gettext_lazy("hours of the assignment group, else of %(calendar)s"),
    ),
    CalendarSource.REQUESTER: (
        gettext_lazy("hours of the requester's location"),
        gettext_lazy("hours of the requester's location, else of %(calendar)s"),
    ),
    CalendarSource.LOCATION: (
        gettext_lazy("hours of the ticket's location"),
        gettext_lazy("hours of the ticket's location, else of %(calendar)s"),
    ),
    CalendarSource.CI: (
        gettext_lazy("hours of the configuration item"),
        gettext_lazy("hours of the configuration item, else of %(calendar)s"),
    ),
}


def kind_word(kind: str) -> str:
    """What the kind of ticket is called; an unknown one by its key."""
    return next((str(spec.label) for spec in kinds.all_kinds() if spec.key == kind), kind)


def field_word(name: str) -> str:
    """What a field of the ticket is called; an unknown one by its name."""
    return _("Created at") if name == "created_at" else str(LABELS.get(name, name))


def target_words(row: SLADefinition) -> str:
    """What is promised, in a few words: ``Resolution within 27 h``; another thing by its own name."""
    what = row.name if row.target == Target.CUSTOM else row.get_target_display()
    if row.relative == Relative.DUE_FIELD:
        words = {"target": what, "field": field_word(row.due_field)}
        return _("%(target)s by the date in “%(field)s”") % words
    if row.relative == Relative.END_NEXT_BD:
        return _("%(target)s by the end of the next business day") % {"target": what}
    if row.relative == Relative.NEXT_BD_AT:
        at = f"{row.relative_at:%H:%M}" if row.relative_at else "–"
        return _("%(target)s by %(at)s of the next business day") % {"target": what, "at": at}
    words = {"target": what, "span": lengths.in_words(row.target_s or 0)}
    return _("%(target)s within %(span)s") % words


def hours_words(row: SLADefinition) -> str:
    """Whose hours count: the calendar's name, round the clock, or those of a group, a place, an item."""
    name = row.calendar.name if row.calendar else ""
    if row.calendar_source == CalendarSource.NONE:
        return _("round the clock")
    if row.calendar_source in _HOURS:
        alone, with_calendar = _HOURS[row.calendar_source]
        return str(with_calendar) % {"calendar": name} if name else str(alone)
    return name


def promise_words(row: SLADefinition) -> str:
    """The promise as a sentence."""
    words = {"kind": kind_word(row.kind), "promise": target_words(row), "hours": hours_words(row)}
    return _("%(kind)s: %(promise)s (%(hours)s)") % words


def retro_words(row: SLADefinition) -> str:
    """From when the time counts; empty where it counts from the start of the clock."""
    if not row.retro_start_field:
        return ""
    words = {"field": field_word(row.retro_start_field)}
    if row.retro_pause:
        return _("Time counts from “%(field)s” on, without the waiting since then.") % words
    return _("Time counts from “%(field)s” on, also for a clock that starts later.") % words


def reminder_words(row: SLADefinition) -> str:
    """How often is reminded after the breach; empty for never."""
    if row.overdue_repeat_s is None:
        return ""
    words = {"span": lengths.in_words(row.overdue_repeat_s)}
    return _("After the breach the assignee and the manager are reminded every %(span)s.") % words


def step_words(row: SLADefinition) -> list[str]:
    """What the marks set going, one sentence for each step."""
    return list(_steps(row))


def _steps(row: SLADefinition) -> Iterator[str]:
    for step in row.escalations if isinstance(row.escalations, list) else []:
        if not isinstance(step, dict):
            continue
        action = actions.get(step.get("do"))
        what = str(step.get("do", "")) if action is None else str(action.label)
        said = "" if action is None else action.words(step)
        words = {"mark": mark_words(step.get("at")), "what": f"{what}: {said}" if said else what}
        yield _("%(mark)s – %(what)s") % words


def mark_words(at: object) -> str:
    """When a step is taken; ``at`` as it is kept or typed."""
    if at == OVERDUE:
        return _("at each reminder")
    if str(at) == "100":
        return _("at the breach")
    return _("at %(percent)s %%") % {"percent": at}
