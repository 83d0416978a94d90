"""Input checks of the pages of tokens; what a token may do is decided by ``accounts.tokens``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.scopes import allowed_to
from accounts.tokens import DEFAULT_DAYS, DEFAULT_OVERLAP_HOURS, MAX_DAYS, MAX_OVERLAP_HOURS


class TokenForm(forms.Form):
    """A token to make: its name, what it may do, for how long, from where."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("What it is for, such as the program that uses it."),
    )
    everything = forms.BooleanField(
        label=gettext_lazy("Everything its owner may do"),
        required=False,
        help_text=gettext_lazy("Also what the owner is allowed later. Better tick only what is needed."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Only this"), required=False, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=gettext_lazy("Days until it ends"), min_value=1, max_value=MAX_DAYS, initial=DEFAULT_DAYS
    )
    networks = forms.CharField(
        label=gettext_lazy("Only from these addresses"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy("Addresses or networks such as 10.1.0.0/16, one a line; empty is everywhere."),
    )

    def __init__(self, data: Any = None, *, owner: User) -> None:
        super().__init__(data)
        scopes: Any = self.fields["scopes"]
        scopes.choices = [(scope.code, scope.code) for scope in allowed_to(owner)]

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError when nothing is ticked: no scope would mean everything."""
        data = super().clean() or {}
        if not data.get("everything") and not data.get("scopes") and "scopes" not in self.errors:
            self.add_error("scopes", _("Tick what the token may do."))
        return data

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        data = self.cleaned_data
        return {
            "name": data["name"],
            "days": data["days"],
            "scopes": [] if data["everything"] else data["scopes"],
            "networks": [line.strip() for line in data["networks"].splitlines() if line.strip()],
        }


class RotateForm(forms.Form):
    """How long the token lives from now, and how long the former secret serves beside the new one."""

    days = forms.IntegerField(
        label=gettext_lazy("Days until it ends"), min_value=1, max_value=MAX_DAYS, initial=DEFAULT_DAYS
    )
    overlap_hours = forms.IntegerField(
        label=gettext_lazy("Hours the former secret still works"),
        min_value=0,
        max_value=MAX_OVERLAP_HOURS,
        initial=DEFAULT_OVERLAP_HOURS,
        help_text=gettext_lazy("0 ends it at once; 168 (7 days) at most."),
    )
