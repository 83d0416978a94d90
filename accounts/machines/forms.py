"""Input checks of the pages of service accounts; who may give which role is decided by the service."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from accounts.models import Role, User


class AccountForm(forms.Form):
    """Names and roles of a service account; of a new one its user name, of another whether it is on."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=60,
        help_text=gettext_lazy("Small letters, digits, dots, - and _; it never changes."),
    )
    name_ko = forms.CharField(label=gettext_lazy("Korean name"), max_length=80)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=80, required=False)
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("You can give roles whose rights you hold yourself."),
    )
    is_active = forms.BooleanField(
        label=gettext_lazy("Switched on"),
        required=False,
        help_text=gettext_lazy("Switching it off ends its tokens for good."),
    )
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data: Any = None, *, roles: Iterable[Role], account: User | None = None) -> None:
        super().__init__(data, initial=_shown(account) if account is not None else None)
        given: Any = self.fields["roles"]
        given.choices = [(role.key, role.name) for role in roles]
        del self.fields["username" if account is not None else "is_active"]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "lock_version"}


def _shown(account: User) -> dict[str, Any]:
    shown = {name: getattr(account, name) for name in ("name_ko", "name_en", "is_active", "lock_version")}
    return shown | {"roles": [role.key for role in account.roles.all()]}
