"""Input checks of the pages of calendars; what a value may be is decided by ``schedules.rules``."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy

from schedules import holiday_files, rules
from schedules.bizcal import Interval
from schedules.models import Calendar

OFFICE: tuple[Interval, ...] = ((9 * 60, 18 * 60),)


class OneOfMany(forms.Form):
    """A form of a page with several: its fields have ids of their own, ``<ids>_<name>``."""

    ids = ""

    def __init__(self, data: Any = None, files: Any = None, **more: Any) -> None:
        super().__init__(data, files, auto_id=f"{self.ids}_%s", **more)


class CalendarForm(OneOfMany):
    """Names, zone and weekly hours; of a new calendar its key as well."""

    ids = "calendar"

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=50,
        help_text=gettext_lazy("Small letters, digits and hyphens; it never changes."),
    )
    name_ko = forms.CharField(label=gettext_lazy("Korean name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    tz = forms.ChoiceField(label=gettext_lazy("Time zone"))
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        calendar: Calendar | None = None,
        hours: rules.Hours | None = None,
    ) -> None:
        shown = (
            {name: getattr(calendar, name) for name in ("name_ko", "name_en", "lock_version")}
            if calendar
            else {}
        )
        weekly = dict.fromkeys(range(5), OFFICE) if hours is None else hours
        days = {f"hours_{day}": rules.written(weekly.get(day, ())) for day in range(7)}
        super().__init__(data, initial={"tz": calendar.tz if calendar else "Asia/Seoul", **shown, **days})
        self.fields["tz"].choices = [(zone, zone) for zone in sorted(available_timezones())]  # type: ignore[attr-defined] # a choice field
        for day in range(7):
            self.fields[f"hours_{day}"] = forms.CharField(label=WEEKDAYS[day], max_length=300, required=False)
        if calendar is not None:
            del self.fields["key"]

    @property
    def week(self) -> list[forms.BoundField]:
        """The fields of the hours, Monday first."""
        return [self[f"hours_{day}"] for day in range(7)]

    def values(self) -> dict[str, Any]:
        """What the services take, with ``hours``. Raises RuleRefusedError naming the day's field."""
        hours = {day: rules.parsed(f"hours_{day}", self.cleaned_data[f"hours_{day}"]) for day in range(7)}
        return {name: self.cleaned_data[name] for name in ("name_ko", "name_en", "tz")} | {"hours": hours}


class DayForm(OneOfMany):
    """A holiday, or a date with hours of its own."""

    ids = "day"

    date = forms.DateField(label=gettext_lazy("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    hours = forms.CharField(
        label=gettext_lazy("Hours"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Leave empty for a day that is closed."),
    )


class CountryForm(OneOfMany):
    """Whose public holidays are added."""

    ids = "country"

    country = forms.ChoiceField(label=gettext_lazy("Country"))
    year = forms.IntegerField(label=gettext_lazy("Year"), min_value=1971, max_value=2099)

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["country"].choices = [(code, code) for code in holiday_files.countries()]  # type: ignore[attr-defined] # a choice field


class FileForm(OneOfMany):
    """An iCalendar file of holidays."""

    ids = "file"

    file = forms.FileField(
        label=gettext_lazy("iCalendar file"), widget=forms.FileInput(attrs={"accept": ".ics,text/calendar"})
    )


class PreviewForm(OneOfMany):
    """What to count: business hours from an instant, in the calendar's own zone."""

    ids = "preview"

    at = forms.DateTimeField(
        label=gettext_lazy("Starting at"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    hours = forms.IntegerField(label=gettext_lazy("Business hours"), min_value=1, max_value=10_000)
