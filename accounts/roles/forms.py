"""Input checks of the pages of roles; what a grant is and who may give it is decided by the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.choices import Grant
from accounts.models import Role, User
from accounts.selectors import person_named


class RoleForm(forms.Form):
    """Names and grants of a role; of a new one its key as well."""

    key = forms.CharField(
        label=gettext_lazy("Key"),
        max_length=50,
        help_text=gettext_lazy("Small letters, digits, - and _, beginning with a letter; it never changes."),
    )
    name_ko = forms.CharField(label=gettext_lazy("Korean name"), max_length=120)
    name_en = forms.CharField(label=gettext_lazy("English name"), max_length=120, required=False)
    grants = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        choices=Grant.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("You can add rights that you hold yourself."),
    )
    needs_second_factor = forms.BooleanField(
        label=gettext_lazy("Sign in with a second factor"),
        required=False,
        help_text=gettext_lazy("Who holds this role sets one up at the next sign-in, before anything else."),
    )
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data: Any = None, *, role: Role | None = None) -> None:
        super().__init__(data, initial=_shown(role) if role is not None else None)
        if role is not None:
            del self.fields["key"]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {
            name: self.cleaned_data[name] for name in ("name_ko", "name_en", "grants", "needs_second_factor")
        }


class HolderForm(forms.Form):
    """Who is to hold the role."""

    user = forms.CharField(label=gettext_lazy("User name"), max_length=60)

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data)
        self.actor = actor

    def clean_user(self) -> User:
        """The person, if the actor may name them."""
        name = self.cleaned_data["user"]
        person = person_named(self.actor, name)
        if person is None:
            raise forms.ValidationError(
                _("There is no person with the user name “%(name)s”.") % {"name": name}
            )
        return person


def _shown(role: Role) -> dict[str, Any]:
    names = ("name_ko", "name_en", "grants", "needs_second_factor", "lock_version")
    return {name: getattr(role, name) for name in names}
