"""Input checks of the page on which calendars are chosen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.policies import Actor
from schedules.models import Calendar
from schedules.selectors import calendars_for
from sla.calendars.selectors import missing_words, thing_named
from sla.choices import Whose


class ChosenForm(forms.Form):
    """For whom, and which calendar; none takes the choice back."""

    whose = forms.ChoiceField(label=_("For"), choices=Whose.choices)
    ref = forms.CharField(
        label=_("Key or number"),
        max_length=60,
        widget=forms.TextInput(attrs={"list": "refs", "autocomplete": "off"}),
        help_text=_("The key of a group or location, the number of a configuration item."),
    )
    calendar = forms.ModelChoiceField(
        label=_("Calendar"), queryset=Calendar.objects.none(), to_field_name="key", required=False,
        empty_label=_("None of its own"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data)
        self.actor = actor
        field = self.fields["calendar"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared above
        field.queryset = calendars_for(actor)
        field.label_from_instance = lambda row: row.name  # type: ignore[method-assign,assignment]

    def clean(self) -> dict[str, Any]:
        """``thing`` is the group, location or item that was named."""
        given: dict[str, Any] = super().clean() or {}
        if "whose" in given and "ref" in given:
            given["thing"] = thing_named(self.actor, given["whose"], given["ref"])
            if given["thing"] is None:
                self.add_error("ref", missing_words(given["whose"], given["ref"]))
        return given
