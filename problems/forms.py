"""What may be asked of the trends, for pages and API alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

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
    told = {name: str(texts[0]) for name, texts in form.errors.items()}
    if mark:  # an address of the API says what it says: an empty value is none of the choices
        told |= {name: _("This is not one of the choices.") for name in form.fields if data.get(name) == ""}
    if told:
        raise BadInputError(errors=[FieldError(f"{mark}{name}", "invalid", told[name]) for name in told])
    return TrendBy(form.cleaned_data["by"] or TrendBy.CATEGORY), form.cleaned_data["weeks"] or WEEKS[1]
