"""Input checks of second factors: at the sign-in and on their own pages."""

from __future__ import annotations

from typing import Any

from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.webauthn.forms import AuthenticateWebAuthnForm
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.factors.services import guess_code, guess_passkey

_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}


class CodeForm(AuthenticateForm):
    """The second step of the sign-in: a code of the app, or a recovery code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        widget=forms.TextInput(attrs=_CODE | {"autofocus": True}),
        help_text=gettext_lazy("Six digits from your app, or one of your recovery codes."),
    )

    def clean_code(self) -> str:
        """Raises ValidationError for a wrong or used one, and after too many."""
        code: str = self.cleaned_data["code"]
        self.authenticator = guess_code(self.user, code)
        if self.authenticator is None:
            raise ValidationError(_("This code is not right, or was used before."), code="wrong")
        self.authenticator.user = self.user
        return code


class PasskeyForm(AuthenticateWebAuthnForm):
    """The second step of the sign-in with a passkey."""

    def clean_credential(self) -> Any:
        """Raises ValidationError for what does not answer this session's question."""
        return guess_passkey(self.user, self.cleaned_data["credential"])


class AppForm(forms.Form):
    """The first code of a new app."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=10,
        widget=forms.TextInput(attrs=_CODE),
        help_text=gettext_lazy("The six digits that the app shows now."),
    )


class NewPasskeyForm(forms.Form):
    """What a passkey is called, and what the browser made."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("Such as the device it is kept in."),
    )
    credential = forms.JSONField(widget=forms.HiddenInput)
