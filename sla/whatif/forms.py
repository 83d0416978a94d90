"""Input checks of the what-if pages; what a candidate may be is decided by ``sla.whatif.trials``."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy

from schedules import rules
from schedules.models import Calendar
from schedules.selectors import hours_of
from sla.choices import Status
from sla.models import SLADefinition
from sla.whatif.services import MOST_MONTHS

DEFAULT_MONTHS = 3


class WhatIfForm(forms.Form):
    """A definition that is not retired, and how far to look back."""

    months = forms.IntegerField(
        label=gettext_lazy("Months to look back"), min_value=1, max_value=MOST_MONTHS, initial=DEFAULT_MONTHS
    )
    definition = forms.ChoiceField(
        label=gettext_lazy("Definition"),
        help_text=gettext_lazy("A draft is compared with the published version of the same key."),
    )

    def __init__(self, data: Any = None, *, definitions: list[SLADefinition], **more: Any) -> None:
        super().__init__(data, **more)
        self._rows = {f"{row.key}:{row.no}": row for row in definitions}
        self.fields["definition"].choices = [  # type: ignore[attr-defined] # a choice field
            (key, f"{row.name} · {row.key} {row.no} · {Status(row.status).label}")
            for key, row in self._rows.items()
        ]

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            "months": self.cleaned_data["months"],
            "definition": self._rows[self.cleaned_data["definition"]],
        }


class CalendarTrialForm(forms.Form):
    """Another zone, other hours or more holidays of a calendar, and how far to look back."""

    months = forms.IntegerField(
        label=gettext_lazy("Months to look back"), min_value=1, max_value=MOST_MONTHS, initial=DEFAULT_MONTHS
    )
    tz = forms.ChoiceField(label=gettext_lazy("Time zone"))
    holidays = forms.CharField(
        label=gettext_lazy("More holidays"),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Dates such as 2026-05-01, separated by commas or lines."),
    )

    def __init__(self, data: Any = None, *, calendar: Calendar, **more: Any) -> None:
        self.calendar = calendar
        weekly = hours_of(calendar.pk)
        days = {f"hours_{day}": rules.written(weekly.get(day, ())) for day in range(7)}
        super().__init__(data, initial={"tz": calendar.tz, "months": DEFAULT_MONTHS, **days}, **more)
        self.fields["tz"].choices = [(zone, zone) for zone in sorted(available_timezones())]  # type: ignore[attr-defined] # a choice field
        for day in range(7):
            self.fields[f"hours_{day}"] = forms.CharField(label=WEEKDAYS[day], max_length=300, required=False)

    @property
    def week(self) -> list[forms.BoundField]:
        """The fields of the hours, Monday first."""
        return [self[f"hours_{day}"] for day in range(7)]

    def asked(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        changes = {
            "tz": given["tz"],
            "hours": {str(day): given[f"hours_{day}"] for day in range(7)},
            "holidays": [day for day in given["holidays"].replace(",", " ").split() if day],
        }
        return {"months": given["months"], "calendar": self.calendar, "changes": changes}
