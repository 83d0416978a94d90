"""Input checks of the pages of schedules; what a value may be is decided by ``scheduled.rules``."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import group_keyed, groups_for, person_named
from cmdb.selectors import ci_numbered
from incidents.choices import Category
from scheduled.choices import Nth, OffDay, Repeat
from scheduled.models import MOST_EVERY, TicketSchedule
from scheduled.rules import EDITABLE, LONGEST_TEXT
from schedules.selectors import calendars_for
from tickets.choices import Level

NONE = ("", gettext_lazy("None"))
_PEOPLE = ("requester", "owner")
_PLAIN = sorted(EDITABLE - {"requester", "owner", "group", "ci", "calendar"})


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ScheduleForm(forms.Form):
    """A schedule: the incident, and when it is opened; of a new one its key as well."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=50,
        help_text=gettext_lazy("Small letters, digits and hyphens; it never changes."),
    )
    title = forms.CharField(label=gettext_lazy("Title"), max_length=160)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
        max_length=LONGEST_TEXT,
    )
    requester = forms.CharField(
        label=gettext_lazy("Requester"),
        max_length=60,
        help_text=gettext_lazy("The user name of the person the incident is opened for."),
    )
    category = forms.ChoiceField(
        label=gettext_lazy("Category"), required=False, choices=[NONE, *Category.choices]
    )
    impact = forms.TypedChoiceField(label=gettext_lazy("Impact"), choices=Level.choices, coerce=int)
    urgency = forms.TypedChoiceField(label=gettext_lazy("Urgency"), choices=Level.choices, coerce=int)
    group = forms.ChoiceField(
        label=gettext_lazy("Group"),
        required=False,
        help_text=gettext_lazy("Left empty, the assignment rules choose it."),
    )
    ci = forms.CharField(
        label=gettext_lazy("Configuration item"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Its number, such as CI0001003."),
    )
    owner = forms.CharField(
        label=gettext_lazy("Owner"),
        max_length=60,
        help_text=gettext_lazy("The user name of who is told when a ticket cannot be opened."),
    )
    repeat = forms.ChoiceField(label=gettext_lazy("Repeats"), choices=Repeat.choices)
    every = forms.IntegerField(
        label=gettext_lazy("Every so many days, weeks, months or years"), min_value=1, max_value=MOST_EVERY
    )
    at = forms.TimeField(
        label=gettext_lazy("Time"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    tz = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        help_text=gettext_lazy("The ticket is opened by the wall clock of this zone, in summer and winter."),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Days of the week"),
        coerce=int,
        required=False,
        choices=[*WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )
    month_day = forms.IntegerField(
        label=gettext_lazy("Day of the month"),
        required=False,
        min_value=1,
        max_value=31,
        help_text=gettext_lazy("Where a month is shorter, its last day."),
    )
    nth = forms.TypedChoiceField(
        label=gettext_lazy("Or which one"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", gettext_lazy("By the day of the month")), *Nth.choices],
    )
    nth_weekday = forms.TypedChoiceField(
        label=gettext_lazy("Of which day of the week"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", ""), *WEEKDAYS.items()],
    )
    starts_on = forms.DateField(
        label=gettext_lazy("First day"),
        widget=_date(),
        help_text=gettext_lazy("Weeks, months and years are counted from it; a yearly one has its date."),
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=_date(),
        required=False,
        help_text=gettext_lazy("Empty: without an end."),
    )
    off_day = forms.ChoiceField(
        label=gettext_lazy("On a day on which nobody works"), choices=OffDay.choices, initial=OffDay.OPEN
    )
    calendar = forms.ChoiceField(
        label=gettext_lazy("Calendar"),
        required=False,
        help_text=gettext_lazy("Its hours and holidays say on which days somebody works."),
    )
    is_active = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        actor: User,
        schedule: TicketSchedule | None = None,
        today: dt.date | None = None,
    ) -> None:
        usual = {"is_active": True, "starts_on": today, "requester": actor.username, "owner": actor.username}
        super().__init__(data, initial=_shown(schedule or TicketSchedule()) | ({} if schedule else usual))
        self.actor, self.schedule = actor, schedule
        groups = [(each.key, each.name) for each in groups_for(actor)]
        held = schedule.group if schedule else None
        if held is not None and held.key not in dict(groups):
            groups.append((held.key, held.name))  # one that is not active any more is shown and refused
        self.fields["group"].choices = [NONE, *groups]  # type: ignore[attr-defined] # a choice field
        self.fields["tz"].choices = [(zone, zone) for zone in sorted(available_timezones())]  # type: ignore[attr-defined] # a choice field
        self.calendars = {each.key: each for each in calendars_for(actor)}
        calendars = [NONE, *((key, each.name) for key, each in self.calendars.items())]
        self.fields["calendar"].choices = calendars  # type: ignore[attr-defined] # a choice field
        if schedule is not None:
            del self.fields["key"]

    def clean_requester(self) -> User:
        """The person. Raises ValidationError."""
        return self._person("requester")

    def clean_owner(self) -> User:
        """The person. Raises ValidationError."""
        return self._person("owner")

    def clean_group(self) -> Any:
        """The group, or None; the present one stays though it is not active any more."""
        key = self.cleaned_data["group"]
        if not key:
            return None
        held = self.schedule.group if self.schedule else None
        return held if held is not None and held.key == key else group_keyed(self.actor, key)

    def clean_calendar(self) -> Any:
        """The calendar, or None."""
        return self.calendars.get(self.cleaned_data["calendar"])

    def clean_ci(self) -> Any:
        """The item, or None. Raises ValidationError."""
        number = self.cleaned_data["ci"].strip().upper()
        held = self.schedule.ci if self.schedule else None
        if not number or (held is not None and held.number == number):
            return held if number else None
        found = ci_numbered(self.actor, number)
        if found is None:
            text = _("There is no configuration item “%(name)s”.") % {"name": number}
            raise forms.ValidationError(text)
        return found

    def values(self) -> dict[str, Any]:
        """What the services take: of a schedule that is there what differs from it, so that what others
        made of the rest stays."""
        given = {name: self.cleaned_data[name] for name in sorted(EDITABLE)}
        if self.schedule is None:
            return given
        return {name: value for name, value in given.items() if value != getattr(self.schedule, name)}

    def _person(self, name: str) -> User:
        username = self.cleaned_data[name].strip()
        held: User | None = getattr(self.schedule, name) if self.schedule else None
        if held is not None and held.username == username:
            return held
        found = person_named(self.actor, username)
        if found is None:
            text = _("There is no person with the user name “%(name)s”.") % {"name": username}
            raise forms.ValidationError(text)
        return found


def _shown(row: TicketSchedule) -> dict[str, Any]:
    people = {name: getattr(row, name).username if row.pk else "" for name in _PEOPLE}
    return (
        {name: getattr(row, name) for name in (*_PLAIN, "lock_version")}
        | people
        | {
            "group": row.group.key if row.group else "",
            "ci": row.ci.number if row.ci else "",
            "calendar": row.calendar.key if row.calendar else "",
        }
    )
