"""Input checks of the pages of definitions; what a value may be is decided by ``sla.rules`` and ``sla.lint``.

``SETTINGS`` is the one table of what people may set: the form, its sections, and the comparison of versions
follow it.
"""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import Actor
from core.errors import DomainError, FieldError, RuleRefusedError
from core.forms import refuse
from schedules.models import Calendar
from schedules.selectors import DEFAULT_CALENDAR, calendars_for
from sla import condition_rows, step_rows
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
from sla.condition_rows import BadRowError
from sla.form_fields import ConditionField, LengthField, PercentagesField, StepsField
from sla.models import SLADefinition
from sla.promises import field_word
from sla.relative import dates, instants
from tickets import kinds


@dataclass(frozen=True)
class Setting:
    """One column of a definition: the part of the form it is in, and how it is typed."""

    name: str
    section: str
    field: forms.Field

    @property
    def label(self) -> str:
        """What it is called."""
        return str(self.field.label)


def _choice(label: Any, choices: Any, help_text: Any = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, help_text=help_text)


def _when(label: Any, help_text: Any, *, required: bool = False) -> ConditionField:
    return ConditionField(label=label, help_text=help_text, required=required)


ABOUT, TARGET, LATE, CONDITIONS, CHANGES = "about", "target", "late", "conditions", "changes"
SECTIONS: dict[str, str | Promise] = {
    ABOUT: gettext_lazy("What it is about"),
    TARGET: gettext_lazy("What it promises"),
    LATE: gettext_lazy("When time runs out"),
    CONDITIONS: gettext_lazy("When the clock runs"),
    CHANGES: gettext_lazy("When things change"),
}
# One row for each column that people may set, as the page has them; ``sla.rules.CHECKS`` has the same names.
SETTINGS: tuple[Setting, ...] = (
    Setting("name_ko", ABOUT, forms.CharField(label=gettext_lazy("Korean name"), max_length=120)),
    Setting(
        "name_en", ABOUT, forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    ),
    Setting("kind", ABOUT, _choice(gettext_lazy("Kind of ticket"), ())),
    Setting("type", ABOUT, _choice(gettext_lazy("With whom"), Type.choices)),
    Setting(
        "track",
        ABOUT,
        forms.CharField(
            label=gettext_lazy("Track"),
            max_length=60,
            required=False,
            help_text=gettext_lazy(
                "Definitions of one track are one promise with several targets, such as one per priority."
            ),
        ),
    ),
    Setting(
        "order",
        ABOUT,
        forms.IntegerField(
            label=gettext_lazy("Place in the track"),
            initial=100,
            help_text=gettext_lazy("Where two of a track fit, the lower number wins."),
        ),
    ),
    Setting("target", TARGET, _choice(gettext_lazy("What is promised"), Target.choices)),
    Setting(
        "relative",
        TARGET,
        forms.ChoiceField(label=gettext_lazy("Due"), choices=Relative.choices, required=False),
    ),
    Setting(
        "target_s",
        TARGET,
        LengthField(
            label=gettext_lazy("Within"),
            max_length=40,
            required=False,
            help_text=gettext_lazy("Open time, such as 4h, 1h 30m or 45m. A day of nine open hours is 9h."),
        ),
    ),
    Setting(
        "due_field",
        TARGET,
        forms.ChoiceField(
            label=gettext_lazy("Date of the ticket"),
            required=False,
            help_text=gettext_lazy("Only where the promise is due at a date of the ticket."),
        ),
    ),
    Setting(
        "relative_at",
        TARGET,
        forms.TimeField(
            label=gettext_lazy("Time of the day"),
            required=False,
            widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            help_text=gettext_lazy("Only where the promise is due on the next business day, at a time."),
        ),
    ),
    Setting("calendar_source", TARGET, _choice(gettext_lazy("Whose hours count"), CalendarSource.choices)),
    Setting(
        "calendar",
        TARGET,
        forms.ChoiceField(
            label=gettext_lazy("Calendar"),
            required=False,
            help_text=gettext_lazy(
                "Where a group, a place or an item has no calendar of its own, it counts as well."
            ),
        ),
    ),
    Setting("tz_source", TARGET, _choice(gettext_lazy("In whose time zone"), ZoneSource.choices)),
    Setting(
        "thresholds",
        TARGET,
        PercentagesField(
            label=gettext_lazy("Warn at"),
            max_length=120,
            required=False,
            initial="50, 75",
            help_text=gettext_lazy("Percent of the target, such as 50, 75."),
        ),
    ),
    Setting(
        "overdue_repeat_s",
        LATE,
        LengthField(
            label=gettext_lazy("Remind after the breach every"),
            max_length=40,
            required=False,
            help_text=gettext_lazy("Open time, such as 1h. Empty: nobody is reminded."),
        ),
    ),
    Setting(
        "escalations",
        LATE,
        StepsField(
            label=gettext_lazy("What the marks set going"),
            required=False,
            help_text=gettext_lazy(
                "What is done beside the usual notices. Marks are the percentages above, the breach, and "
                "each reminder after it."
            ),
        ),
    ),
    Setting(
        "start_cond",
        CONDITIONS,
        _when(
            gettext_lazy("Starts when"),
            gettext_lazy("A clock starts on a ticket for which this holds."),
            required=True,
        ),
    ),
    Setting(
        "retro_start_field",
        CONDITIONS,
        forms.ChoiceField(
            label=gettext_lazy("Counts from"),
            required=False,
            help_text=gettext_lazy("A clock that starts later counts from that instant on."),
        ),
    ),
    Setting(
        "retro_pause",
        CONDITIONS,
        forms.BooleanField(
            label=gettext_lazy("Leave out the waiting before the clock started"),
            required=False,
            help_text=gettext_lazy("Only where it counts from an earlier instant."),
        ),
    ),
    Setting("stop_cond", CONDITIONS, _when(gettext_lazy("Ends when"), gettext_lazy("The promise is kept."))),
    Setting(
        "pause_cond",
        CONDITIONS,
        _when(gettext_lazy("Pauses when"), gettext_lazy("No time passes and nothing is missed meanwhile.")),
    ),
    Setting("resume_mode", CONDITIONS, _choice(gettext_lazy("A pause ends when"), ResumeMode.choices)),
    Setting(
        "resume_cond",
        CONDITIONS,
        _when(
            gettext_lazy("Goes on when"),
            gettext_lazy("Only where a pause ends by a condition of its own."),
        ),
    ),
    Setting(
        "cancel_mode", CONDITIONS, _choice(gettext_lazy("A clock is cancelled when"), CancelMode.choices)
    ),
    Setting(
        "cancel_cond",
        CONDITIONS,
        _when(
            gettext_lazy("Is cancelled when"),
            gettext_lazy("Only where a condition of its own cancels the clock."),
        ),
    ),
    Setting(
        "reset_cond",
        CHANGES,
        _when(gettext_lazy("Starts anew when"), gettext_lazy("The clock ends, and another one begins.")),
    ),
    Setting(
        "on_retarget",
        CHANGES,
        _choice(gettext_lazy("When another definition of the track fits"), OnRetarget.choices),
    ),
)


class DefinitionForm(forms.Form):
    """All settings of a definition; of a new one its key as well. Its fields have ids ``definition_<name>``.

    Without ``checks`` it is only shown anew, as after a row was added: nothing is refused yet.
    """

    def __init__(
        self,
        data: Any = None,
        *,
        actor: Actor,
        definition: SLADefinition | None = None,
        checks: bool = True,
    ) -> None:
        super().__init__(data, auto_id="definition_%s")
        self.definition, self.checks = definition, checks
        if definition is None:
            self.fields["key"] = forms.CharField(
                label=gettext_lazy("Key"),
                max_length=60,
                help_text=gettext_lazy("Small letters, digits, - and _. It never changes."),
            )
        for setting in SETTINGS:
            self.fields[setting.name] = deepcopy(setting.field)
        self.fields["lock_version"] = forms.IntegerField(
            widget=forms.HiddenInput, min_value=0, required=False
        )
        self.calendars = list(calendars_for(actor))
        self._offer("kind", [(spec.key, spec.label) for spec in kinds.all_kinds()])
        self._offer("calendar", [("", "–"), *((row.key, row.name) for row in self.calendars)])
        self._offer("due_field", [("", "–"), *((name, field_word(name)) for name in dates())])
        started = [("", _("The instant it starts")), *((name, field_word(name)) for name in instants())]
        self._offer("retro_start_field", started)

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined] # a choice field

    def full_clean(self) -> None:
        """Check everything, unless the form is only shown anew."""
        if self.checks:
            super().full_clean()
        else:
            self._errors, self.cleaned_data = ErrorDict(), {}

    def values(self) -> dict[str, Any]:
        """What the services take. A condition whose rows were not touched stays as it was written."""
        found = {setting.name: self.cleaned_data.get(setting.name) for setting in SETTINGS}
        for name in [name for name in found if isinstance(self.fields[name], ConditionField)]:
            before = getattr(self.definition, name, None)
            typed = self.fields[name].widget.value_from_datadict(self.data, self.files, name)
            if before is not None and condition_rows.as_rows(before) == typed:
                found[name] = before
        if self.definition is None and not found["track"]:
            del found["track"]
        return found


def show_refusal(form: DefinitionForm, refusal: DomainError) -> None:
    """Show a refusal at its fields; what is wrong with a step of the escalations names the step."""
    errors = [replace(each, detail=_of_step(each)) for each in refusal.errors]
    refuse(form, RuleRefusedError(refusal.detail, errors=errors))


def _of_step(error: FieldError) -> str:
    column, _dot, rest = error.field.partition(".")
    number, _dot, part = rest.partition(".")
    if column != "escalations" or not number.isdigit():
        return str(error.detail)
    words = {"number": int(number) + 1, "part": part, "mistake": error.detail}
    if not part:
        return _("Step %(number)s: %(mistake)s") % words
    return _("Step %(number)s, %(part)s: %(mistake)s") % words


def multi(data: Any) -> MultiValueDict[str, Any]:
    """Form data with lists, none for other data."""
    return data if isinstance(data, MultiValueDict) else MultiValueDict()


def data_of(row: SLADefinition) -> MultiValueDict[str, Any]:
    """Form data that say what the definition says, so that its mistakes are shown at their fields."""
    data: MultiValueDict[str, Any] = MultiValueDict()
    data["lock_version"] = str(row.lock_version)
    for setting in SETTINGS:
        value = getattr(row, setting.name)
        if isinstance(setting.field, ConditionField):
            condition_rows.write(data, setting.name, condition_rows.typed(value))
        elif isinstance(setting.field, StepsField):
            step_rows.write(data, setting.name, step_rows.typed(value))
        elif isinstance(setting.field, forms.BooleanField):
            if value:
                data[setting.name] = "on"
        else:
            if isinstance(value, dt.time):
                value = f"{value:%H:%M}"
            shown = setting.field.prepare_value(value.key if isinstance(value, Calendar) else value)
            data[setting.name] = "" if shown is None else str(shown)
    return data


def first_data() -> MultiValueDict[str, Any]:
    """Form data of a new definition: four office hours for incidents, with one row to begin with."""
    row = SLADefinition(kind="incident", target_s=4 * 3600, start_cond={"f": "priority", "op": "eq", "v": 1})
    data = data_of(row)
    data["lock_version"], data["calendar"] = "", DEFAULT_CALENDAR
    return data


def edited(data: Any, command: str) -> tuple[MultiValueDict[str, Any], str, str]:
    """The form data after a step of editing, the setting it was about, and what could not be done.

    ``command`` is ``step:setting`` or ``step:setting:row``; the setting is a condition or the escalations,
    and empty for any other step.
    """
    changed = data.copy()
    step, _colon, rest = command.partition(":")
    name, _colon, number = rest.partition(":")
    field = next((each.field for each in SETTINGS if each.name == name), None)
    try:
        if isinstance(field, ConditionField):
            test = condition_rows.edited(condition_rows.read(changed, name), step, number)
            condition_rows.write(changed, name, test)
        elif isinstance(field, StepsField):
            step_rows.write(changed, name, step_rows.edited(step_rows.read(changed, name), step, number))
        else:
            return changed, "", ""
    except BadRowError as refusal:
        return changed, name, str(refusal)
    return changed, name, ""
