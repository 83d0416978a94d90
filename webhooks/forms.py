"""Input checks of the pages of webhooks; what a value may be is decided by ``webhooks.rules``."""

from __future__ import annotations

import json
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.selectors import person_named
from webhooks.choices import Payload
from webhooks.models import MAX_URL, Webhook
from webhooks.rules import MAX_NAME
from webhooks.selectors import lendable_to
from webhooks.services.editing import MOST_OVERLAP_HOURS


class WebhookForm(forms.Form):
    """All settings of a webhook."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=MAX_NAME,
        required=False,
        help_text=gettext_lazy("The host of the address, if it is left empty."),
    )
    url = forms.CharField(
        label=gettext_lazy("Address of the receiver"),
        max_length=MAX_URL,
        help_text=gettext_lazy("Messages are posted there. https, at an address of the internet."),
    )
    events = forms.CharField(
        label=gettext_lazy("Events"),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("One per line, such as incident.opened, incident.* or *.moved."),
    )
    payload = forms.ChoiceField(label=gettext_lazy("What is told"), choices=Payload.choices)
    run_as = forms.ChoiceField(
        label=gettext_lazy("With the rights of"),
        help_text=gettext_lazy("Only what this person may see is sent."),
    )
    owner = forms.CharField(
        label=gettext_lazy("Who looks after it (user name)"),
        max_length=150,
        help_text=gettext_lazy("Is told when messages cannot be delivered."),
    )
    condition = forms.CharField(
        label=gettext_lazy("Only for tickets with"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy('A condition as JSON, such as {"f": "priority", "op": "lte", "v": 2}.'),
    )
    enabled = forms.BooleanField(label=gettext_lazy("Switched on"), required=False)
    lock_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, required=False)

    def __init__(self, data: Any = None, *, actor: User, webhook: Webhook | None = None) -> None:
        super().__init__(data, initial=_shown(webhook, actor))
        self.actor, self.webhook = actor, webhook
        self._lenders = lendable_to(actor, present=webhook.run_as if webhook else None)
        field: Any = self.fields["run_as"]
        field.choices = [(each.username, f"{each.display_name} ({each.username})") for each in self._lenders]

    def clean_events(self) -> list[str]:
        """The lines that hold something."""
        return [line.strip() for line in self.cleaned_data["events"].splitlines() if line.strip()]

    def clean_run_as(self) -> User:
        """The person."""
        return next(each for each in self._lenders if each.username == self.cleaned_data["run_as"])

    def clean_owner(self) -> User:
        """The person. Raises ValidationError when there is none of that name."""
        name = self.cleaned_data["owner"]
        if self.webhook is not None and name == self.webhook.owner.username:
            return self.webhook.owner
        found = self.actor if name == self.actor.username else person_named(self.actor, name)
        if found is None:
            raise forms.ValidationError(
                _("There is no “{wanted}” that you may use here.").format(wanted=name[:80])
            )
        return found

    def clean_condition(self) -> Any:
        """The tree; empty for all tickets. Raises ValidationError for what is no JSON."""
        text = self.cleaned_data["condition"].strip()
        try:
            return json.loads(text) if text else {}
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(_("This is not JSON.")) from error

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        return {name: value for name, value in self.cleaned_data.items() if name != "lock_version"}


def _shown(row: Webhook | None, actor: User) -> dict[str, Any]:
    if row is None:
        return {"run_as": actor.username, "owner": actor.username, "enabled": True}
    return {
        "name": row.name,
        "url": row.url,
        "events": "\n".join(row.events),
        "payload": row.payload,
        "run_as": row.run_as.username,
        "owner": row.owner.username,
        "condition": json.dumps(row.condition, ensure_ascii=False, indent=1) if row.condition else "",
        "enabled": row.enabled,
        "lock_version": row.lock_version,
    }


class RotateForm(forms.Form):
    """For how long the former secret signs beside the new one."""

    overlap_hours = forms.IntegerField(
        label=gettext_lazy("Hours that the former secret still signs too"),
        min_value=0,
        max_value=MOST_OVERLAP_HOURS,
        initial=MOST_OVERLAP_HOURS,
        help_text=gettext_lazy("Enough time to tell the receiver the new one; 0 if the former one is known."),
    )
