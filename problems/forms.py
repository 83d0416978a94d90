"""What may be asked of the trends, for pages and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from core.errors import BadInputError, FieldError
from problems.choices import TrendBy
from problems.trends import WEEKS


class TrendForm(forms.Form):
    """By what, and over how many weeks; an address without them means categories and 13 weeks."""

    by = forms.ChoiceField(required=False, choices=TrendBy.choices)
    weeks = forms.TypedChoiceField(
        required=False, coerce=int, empty_value=None, choices=[(weeks, weeks) for weeks in WEEKS]
    )


def trend_asked(data: Mapping[str, Any], *, mark: str = "") -> tuple[TrendBy, int]:
    """The checked parameters. Raises BadInputError that names each bad one, after ``mark``."""
    form = TrendForm(data)
    if not form.is_valid():
        errors = [
            FieldError(f"{mark}{name}", "invalid", str(text))
            for name, texts in form.errors.items()
            for text in texts
        ]
        raise BadInputError(errors=errors)
    return TrendBy(form.cleaned_data["by"] or TrendBy.CATEGORY), form.cleaned_data["weeks"] or WEEKS[1]
