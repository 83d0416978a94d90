"""Input checks of the pages of calendars and rotas; what a value may be is decided by their rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy

from accounts.models import Group, User
from schedules import holiday_files, rota_rules, rules
from schedules.bizcal import Interval
from schedules.choices import TurnUnit
from schedules.models import (
    CLIMB_MINUTES,
    MOST_CLIMB_MINUTES,
    Calendar,
    Rota,
    RotaLayer,
    intervals_of,
)

OFFICE: tuple[Interval, ...] = ((9 * 60, 18 * 60),)
MOMENT = "%Y-%m-%dT%H:%M"
SPARE_PLACES = 3  # empty places below the people of a layer


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
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
    )
    hours = forms.IntegerField(label=gettext_lazy("Business hours"), min_value=1, max_value=10_000)


class RotaForm(OneOfMany):
    """Names, group and zone of a rota; of a new one its key as well. ``groups`` are those to choose from."""

    ids = "rota"

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=50,
        help_text=gettext_lazy("Small letters, digits and hyphens; it never changes."),
    )
    name_ko = forms.CharField(label=gettext_lazy("Korean name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    group = forms.ChoiceField(label=gettext_lazy("Group"))
    tz = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("Turns are handed over by the wall clock of this zone, in summer and winter."),
    )
    climb_minutes = forms.IntegerField(
        label=gettext_lazy("Minutes until the next person is called"),
        min_value=1,
        max_value=MOST_CLIMB_MINUTES,
        help_text=gettext_lazy("Who is paged and does not answer in this time is followed by the next one."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("In use"), required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data: Any = None, *, groups: Iterable[Group], rota: Rota | None = None) -> None:
        names = ("name_ko", "name_en", "tz", "climb_minutes", "is_active", "lock_version")
        shown = {name: getattr(rota, name) for name in names} if rota else {}
        group = {"group": rota.group.key} if rota else {}
        usual = {"tz": "Asia/Seoul", "is_active": True, "climb_minutes": CLIMB_MINUTES}
        super().__init__(data, initial={**usual, **shown, **group})
        self.groups = {each.key: each for each in groups} | ({rota.group.key: rota.group} if rota else {})
        self.fields["group"].choices = [("", "")] + [(key, each.name) for key, each in self.groups.items()]  # type: ignore[attr-defined] # a choice field
        self.fields["tz"].choices = [(zone, zone) for zone in sorted(available_timezones())]  # type: ignore[attr-defined] # a choice field
        if rota is not None:
            del self.fields["key"]

    def values(self) -> dict[str, Any]:
        """What the services take."""
        names = ("name_ko", "name_en", "tz", "climb_minutes", "is_active")
        group = self.groups[self.cleaned_data["group"]]
        return {name: self.cleaned_data[name] for name in names} | {"group": group}


class LayerForm(OneOfMany):
    """A layer: who takes turns in which order, how long, handed over when; its hours where it has any."""

    ids = "layer"

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    length = forms.IntegerField(label=gettext_lazy("Length of a turn"), min_value=1, max_value=744)
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=TurnUnit.choices)
    start_date = forms.DateField(
        label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    handover_time = forms.TimeField(
        label=gettext_lazy("Handed over at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    handover_weekday = forms.TypedChoiceField(
        label=gettext_lazy("Handed over on"),
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("For turns of weeks. Empty is the weekday of the first day."),
    )
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        people: Iterable[User],
        layer: RotaLayer | None = None,
        order: Sequence[User] = (),
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        names = (*sorted(rota_rules.LAYER_FIELDS - {"members", "hours"}), "lock_version")
        shown = {name: getattr(layer, name) for name in names} if layer else {}
        stored = layer.hours if layer else {}
        days = {
            f"hours_{day}": rules.written(intervals_of(stored.get(str(day), [])) or ()) for day in range(7)
        }
        places = {f"member_{at}": person.username for at, person in enumerate(order, start=1)}
        super().__init__(data, initial={**(initial or {}), **shown, **days, **places})
        self.people = {person.username: person for person in [*people, *order]}
        self.fields["handover_weekday"].choices = [("", ""), *WEEKDAYS.items()]  # type: ignore[attr-defined] # a choice field
        choices = [("", ""), *((name, person.display_name) for name, person in self.people.items())]
        most = min(max(len(order) + SPARE_PLACES, 6), rota_rules.MOST_MEMBERS)
        self.places = [f"member_{at}" for at in range(1, most + 1)]
        for at, name in enumerate(self.places, start=1):
            self.fields[name] = forms.ChoiceField(label=str(at), choices=choices, required=False)
        for day in range(7):
            self.fields[f"hours_{day}"] = forms.CharField(label=WEEKDAYS[day], max_length=300, required=False)

    @property
    def week(self) -> list[forms.BoundField]:
        """The fields of the hours, Monday first."""
        return [self[f"hours_{day}"] for day in range(7)]

    @property
    def order(self) -> list[forms.BoundField]:
        """The places in the order of turns."""
        return [self[name] for name in self.places]

    def values(self) -> dict[str, Any]:
        """What the services take. Raises RuleRefusedError naming the day's field."""
        given = self.cleaned_data
        hours = {day: rules.parsed(f"hours_{day}", given[f"hours_{day}"]) for day in range(7)}
        names = sorted(rota_rules.LAYER_FIELDS - {"members", "hours"})
        members = [self.people[given[name]] for name in self.places if given.get(name)]
        return {name: given[name] for name in names} | {"hours": hours, "members": members}


class OverrideForm(OneOfMany):
    """Who stands in from when to when; the times are of the rota's zone, which the view makes the present."""

    ids = "override"

    person = forms.ChoiceField(label=gettext_lazy("Person"))
    start = forms.DateTimeField(
        label=gettext_lazy("Begins"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
    )
    end = forms.DateTimeField(
        label=gettext_lazy("Ends"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT),
        input_formats=[MOMENT, "%Y-%m-%d %H:%M"],
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200, required=False)

    def __init__(
        self, data: Any = None, *, people: Iterable[User], initial: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.people = {person.username: person for person in people}
        names = [(name, person.display_name) for name, person in self.people.items()]
        self.fields["person"].choices = [("", ""), *names]  # type: ignore[attr-defined] # a choice field

    def values(self) -> dict[str, Any]:
        """What the services take."""
        given = self.cleaned_data
        names = ("start", "end", "reason")
        return {name: given[name] for name in names} | {"person": self.people[given["person"]]}
