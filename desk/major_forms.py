"""Input checks of the forms in the room of a major incident."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from desk.fields import PersonField
from incidents.choices import Audience, UpdateChannel
from incidents.major import LABELS, LONGEST, Edge
from incidents.services.reviewing import TEXTS

_REVIEW_LABELS = {
    "summary": _("Summary"),
    "timeline": _("Timeline"),
    "updates": _("Updates"),
    "actions": _("Actions"),
    "lessons": _("Lessons"),
}
_LONG = {"timeline": 10}


def _area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class StandingForm(forms.Form):
    """The texts that one edge of ``major_status`` asks for, with the version they were typed for."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, edge: Edge, version: int, impact: str = "") -> None:
        initial = {"lock_version": version, "business_impact": impact}
        super().__init__(data, initial=initial, auto_id=f"id_{edge.name}_%s")
        self.edge = edge
        for name in edge.required:
            self.fields[name] = forms.CharField(widget=_area(), max_length=LONGEST, label=str(LABELS[name]))

    def texts(self) -> dict[str, str]:
        """What was filled in, by name."""
        return {name: self.cleaned_data[name] for name in self.edge.required}


class SeatForm(forms.Form):
    """Who does one part; empty for nobody."""

    def __init__(self, data: Any = None, *, actor: User, part: str, person: Any = None) -> None:
        name = person.username if person is not None else ""
        super().__init__(data, initial={"person": name}, auto_id=f"id_seat_{part}_%s")
        self.part = part
        self.fields["person"] = PersonField(actor, label=_("Person"), required=False)


class UpdateForm(forms.Form):
    """An update in one or both languages."""

    audience = forms.ChoiceField(choices=Audience.choices, initial=Audience.PUBLIC, label=_("For whom"))
    channel = forms.ChoiceField(choices=UpdateChannel.choices, label=_("How"))
    text_ko = forms.CharField(widget=_area(), max_length=LONGEST, required=False, label=_("In Korean"))
    text_en = forms.CharField(widget=_area(), max_length=LONGEST, required=False, label=_("In English"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="id_update_%s")


class TodoForm(forms.Form):
    """Something to be done, and by whom."""

    text = forms.CharField(max_length=300, label=_("What is to be done"))

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data, auto_id="id_todo_%s")
        self.fields["owner"] = PersonField(actor, label=_("By whom"), required=False)


class ReviewForm(forms.Form):
    """The texts of a review, with the version they were typed for."""

    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, review: Any) -> None:
        names = ("lock_version", *TEXTS)
        initial = {name: getattr(review, name) for name in names}
        super().__init__(data, initial=initial, auto_id="id_review_%s")
        for name in TEXTS:
            self.fields[name] = forms.CharField(
                widget=_area(_LONG.get(name, 4)),
                max_length=20_000,
                required=False,
                label=_REVIEW_LABELS[name],
            )

    def texts(self) -> dict[str, str]:
        """What was filled in, by name."""
        return {name: self.cleaned_data[name] for name in TEXTS}
