"""Input checks of the pages of definitions; what a value may be, ``sla.rules`` and ``sla.lint`` decide."""

from __future__ import annotations

import datetime as dt
from copy import deepcopy
from dataclasses import replace
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.policies import Actor
from core.errors import DomainError, FieldError, RuleRefusedError
from core.forms import refuse
from schedules.models import Calendar
from schedules.selectors import DEFAULT_CALENDAR, calendars_for
from sla.editor import step_rows
from sla.editor.fields import StepsField
from sla.editor.settings import SETTINGS
from sla.models import SLADefinition
from sla.promises import field_word
from sla.relative import dates, instants
from tickets import kinds
from tickets.editing import condition_rows
from tickets.editing.condition_rows import BadRowError
from tickets.editing.fields import ConditionField, untouched


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
            if untouched(self.fields[name], self.data, name, before):
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
