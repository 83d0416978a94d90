"""Input checks of skills."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from accounts.choices import SkillLevel
from accounts.skills.rules import LONGEST_NAME


class SkillForm(forms.Form):
    """A skill and how well it is known."""

    name = forms.CharField(
        label=gettext_lazy("Skill"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"list": "known-skills", "autocomplete": "off"}),
    )
    level = forms.TypedChoiceField(label=gettext_lazy("Level"), choices=SkillLevel.choices, coerce=int)

    def __init__(self, data: object = None) -> None:
        super().__init__(data, auto_id="skill_%s")  # type: ignore[arg-type] # form data
