"""Input checks of the page that explains access; what there is to ask about is decided by the selector."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy


class QuestionForm(forms.Form):
    """A person, a thing, and what they would do with it."""

    user = forms.CharField(
        label=gettext_lazy("Person"), max_length=60, help_text=gettext_lazy("The user name, such as jimin.")
    )
    object = forms.CharField(
        label=gettext_lazy("Object"),
        max_length=60,
        help_text=gettext_lazy(
            "The number of a ticket or configuration item, the id of an approval, or a part of the"
            " configuration."
        ),
        widget=forms.TextInput(attrs={"list": "areas"}),
    )
    action = forms.CharField(
        label=gettext_lazy("Action"),
        max_length=40,
        initial="read",
        widget=forms.TextInput(attrs={"list": "actions"}),
    )
    field = forms.CharField(
        label=gettext_lazy("Field"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("With a field the action is read, update, or query: filter and order by it."),
        widget=forms.TextInput(attrs={"list": "fields"}),
    )
