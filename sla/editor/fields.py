"""How lengths of time, percentages and steps are typed in the form of a definition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from sla import lengths
from sla.editor import step_rows
from sla.editor.step_rows import TypedSteps
from tickets.editing.condition_rows import BadRowError


class LengthField(forms.CharField):
    """A length of open time as people write it, in seconds."""

    def clean(self, value: Any) -> Any:
        """The seconds, None for none. Raises ValidationError."""
        text = super().clean(value)
        if text in self.empty_values:
            return None
        try:
            return lengths.parsed(text)
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def prepare_value(self, value: Any) -> Any:
        """As it is written in the form."""
        return lengths.written(value) if isinstance(value, int) else value


class PercentagesField(forms.CharField):
    """Percentages with commas between them, as a list."""

    def clean(self, value: Any) -> Any:
        """The numbers. Raises ValidationError."""
        text = super().clean(value)
        pieces = [piece.strip().removesuffix("%") for piece in text.split(",") if piece.strip()]
        if not all(piece.isascii() and piece.isdigit() and len(piece) < 5 for piece in pieces):
            raise forms.ValidationError(_("Write percentages with commas between them, such as 50, 75."))
        return [int(piece) for piece in pieces]

    def prepare_value(self, value: Any) -> Any:
        """As it is written in the form."""
        return ", ".join(map(str, value)) if isinstance(value, list) else value


class StepsWidget(forms.Widget):
    """Reads rows or text of steps; ``templates/sla/_steps.html`` draws it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedSteps:
        """What was typed."""
        return step_rows.read(data, name)


class StepsField(forms.Field):
    """The steps of an escalation, as a list."""

    widget = StepsWidget

    def clean(self, value: TypedSteps) -> list[Any]:
        """The steps. Raises ValidationError."""
        try:
            return step_rows.steps_of(value)
        except BadRowError as error:
            raise forms.ValidationError(str(error)) from error
