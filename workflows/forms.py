"""Input checks of the pages of flows."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LARGEST = 600_000


class JsonText(forms.CharField):
    """JSON in a text area; what was typed stays, and a mistake is named with its line."""

    def __init__(self, *, kind: type = dict, rows: int = 6, **more: Any) -> None:
        self.kind = kind
        widget = forms.Textarea(attrs={"rows": rows, "spellcheck": "false", "class": "code-text"})
        super().__init__(max_length=LARGEST, strip=False, widget=widget, **more)

    def clean(self, value: Any) -> Any:
        """The object in the text. Raises ValidationError naming line and column."""
        text = super().clean(value)
        if not text.strip():
            return self.kind()
        try:
            found = json.loads(text, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            if isinstance(error, json.JSONDecodeError):
                words = {"line": error.lineno, "column": error.colno}
                message = _("This is no JSON: look at line %(line)s, column %(column)s.") % words
            else:
                message = _("This is no JSON.")
            raise forms.ValidationError(message) from error
        if not isinstance(found, self.kind):
            raise forms.ValidationError(_("This must be a JSON object: { … }."))
        return found


def _refuse(name: str) -> None:
    raise ValueError(name)


class NewFlowForm(forms.Form):
    """A flow's key and names; its steps come with the draft."""

    key = forms.RegexField(
        r"^[a-z][a-z0-9_-]{0,59}$",
        label=gettext_lazy("Key"),
        help_text=gettext_lazy("Small letters, digits, - and _. It never changes."),
    )
    name_ko = forms.CharField(label=gettext_lazy("Korean name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120)


class DraftForm(forms.Form):
    """The draft of a flow as JSON, its names and what is new in it."""

    name_ko = forms.CharField(label=gettext_lazy("Korean name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120)
    notes = forms.CharField(label=gettext_lazy("What is new"), max_length=300, required=False)
    graph = JsonText(label=gettext_lazy("Steps as JSON"), rows=24)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReasonForm(forms.Form):
    """Why an operator does something to a run."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


class SkipForm(ReasonForm):
    """What the skipped step is to have found out, and why it is skipped."""

    output = JsonText(label=gettext_lazy("Its result as JSON"), rows=3, required=False)


class VariablesForm(ReasonForm):
    """Variables to set; null takes one away."""

    values = JsonText(label=gettext_lazy("Variables as JSON"), rows=4)


class JumpForm(ReasonForm):
    """The step to go back to is the one that is shown."""
