"""Input checks of the pages of connectors; what a value may be is decided by ``connectors.rules``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from connectors.choices import METHODS, AuthKind
from connectors.models import MAX_BODY, Connector


class ConnectorForm(forms.Form):
    """All settings of a connector; of a new one its key as well."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=50,
        help_text=gettext_lazy("What flows call it by. Small letters, digits and hyphens; it never changes."),
    )
    name_ko = forms.CharField(label=gettext_lazy("Korean name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    base_url = forms.CharField(
        label=gettext_lazy("Base address"),
        max_length=500,
        help_text=gettext_lazy("Flows add a path below it, and cannot leave it."),
    )
    allowed_hosts = forms.CharField(
        label=gettext_lazy("Hosts that may be called"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One per line, with a port where it is not 80 or 443. Its own are added."),
    )
    auth = forms.ChoiceField(label=gettext_lazy("Credentials"), choices=AuthKind.choices)
    username = forms.CharField(label=gettext_lazy("User name"), max_length=200, required=False)
    parameter = forms.CharField(
        label=gettext_lazy("Name of the header or parameter"), max_length=80, required=False
    )
    client_id = forms.CharField(label=gettext_lazy("Client ID"), max_length=200, required=False)
    token_url = forms.CharField(label=gettext_lazy("Token address"), max_length=500, required=False)
    scope = forms.CharField(label=gettext_lazy("Scope"), max_length=500, required=False)
    headers = forms.CharField(
        label=gettext_lazy("Further headers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One per line: name, colon, text. No secrets: everybody here can read them."),
    )
    ca_certificates = forms.CharField(
        label=gettext_lazy("Own certificates"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "PEM of the authority that signed the service's certificate, if it is your own."
        ),
    )
    timeout_seconds = forms.IntegerField(label=gettext_lazy("Seconds for a call"), min_value=1, max_value=60)
    max_body_bytes = forms.IntegerField(
        label=gettext_lazy("Largest answer in bytes"), min_value=1024, max_value=MAX_BODY
    )
    concurrency = forms.IntegerField(label=gettext_lazy("Calls at the same time"), min_value=1, max_value=50)
    retention_days = forms.IntegerField(
        label=gettext_lazy("Days that calls are kept"), min_value=1, max_value=365
    )
    enabled = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data: Any = None, *, connector: Connector | None = None) -> None:
        super().__init__(data, initial=_shown(connector or Connector()))
        if connector is not None:
            del self.fields["key"]

    def clean_allowed_hosts(self) -> list[str]:
        """The lines that hold something."""
        return [line.strip() for line in self.cleaned_data["allowed_hosts"].splitlines() if line.strip()]

    def clean_headers(self) -> dict[str, str]:
        """Names and texts of the lines. Raises ValidationError for a line without a colon."""
        found: dict[str, str] = {}
        for line in filter(None, map(str.strip, self.cleaned_data["headers"].splitlines())):
            name, colon, text = line.partition(":")
            if not colon:
                raise forms.ValidationError(_("Write each header as a name, a colon and a text."))
            found[name.strip()] = text.strip()
        return found

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            name: value for name, value in self.cleaned_data.items() if name not in {"key", "lock_version"}
        }


def _shown(row: Connector) -> dict[str, Any]:
    names = [name for name in ConnectorForm.base_fields if name not in {"allowed_hosts", "headers"}]
    return {name: getattr(row, name) for name in names} | {
        "allowed_hosts": "\n".join(row.allowed_hosts),
        "headers": "\n".join(f"{name}: {text}" for name, text in row.headers.items()),
    }


class SecretForm(forms.Form):
    """A secret, typed in; it is never shown again."""

    value = forms.CharField(
        max_length=4000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class TrialForm(forms.Form):
    """What the Test button sends."""

    method = forms.ChoiceField(
        label=gettext_lazy("Method"), choices=[(each, each) for each in METHODS], initial="GET"
    )
    path = forms.CharField(label=gettext_lazy("Path"), max_length=2000, required=False)
