"""Input checks of the checklist and of the time spent on a ticket."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from tickets.durations import NoLengthError, minutes_of
from tickets.worklog import LONGEST_ITEM, LONGEST_NOTE, MOST_ITEMS

HOW = gettext_lazy("For example 1h 30m, 1:30, or 90 for minutes.")


class ChecklistForm(forms.Form):
    """New lines of a checklist, one below the other."""

    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=MOST_ITEMS * (LONGEST_ITEM + 2),
        label=gettext_lazy("What is to be done?"),
        help_text=gettext_lazy("One line each; several can be pasted at once."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_checklist_%s")


class ChecklistItemForm(forms.Form):
    """Other words for one line, with the version that was read."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    text = forms.CharField(max_length=LONGEST_ITEM, label=gettext_lazy("Text"))

    def __init__(self, data: Any = None, *, item: Any) -> None:
        initial = {"lock_version": item.lock_version, "text": item.text}
        super().__init__(data, initial=initial, auto_id=f"id_item_{item.public_id}_%s")
        self.of = str(item.public_id)


class TimeForm(forms.Form):
    """How long somebody worked on the ticket; with ``entry`` a correction of it."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)
    minutes = forms.CharField(
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        label=gettext_lazy("How long"),
        help_text=HOW,
    )
    day = forms.DateField(
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), label=gettext_lazy("Day")
    )
    note = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=LONGEST_NOTE,
        required=False,
        label=gettext_lazy("What for"),
    )

    def __init__(self, data: Any = None, *, entry: Any = None) -> None:
        initial: dict[str, Any] = {"day": timezone.localdate()}
        if entry is not None:
            minutes = formats.hours(entry.minutes * 60)
            initial = {"lock_version": entry.lock_version, "day": entry.day, "note": entry.note}
            initial["minutes"] = minutes
        self.of = str(entry.public_id) if entry is not None else ""
        super().__init__(data, initial=initial, auto_id=f"id_time{self.of and '_'}{self.of}_%s")

    def clean_minutes(self) -> int:
        """The length in minutes."""
        try:
            return minutes_of(self.cleaned_data["minutes"])
        except NoLengthError:
            text = _("This is no length of a day's work. %(how)s")
            raise forms.ValidationError(text % {"how": HOW}, code="invalid") from None

    def values(self) -> dict[str, Any]:
        """What the services take."""
        day: dt.date = self.cleaned_data["day"]
        return {"minutes": self.cleaned_data["minutes"], "day": day, "note": self.cleaned_data["note"]}
