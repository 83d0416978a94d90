"""Merging many incidents into one: which of them is kept, and what would become of the others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import NotVisibleError, RuleRefusedError
from desk.bulk.choosing import Pick
from incidents.merging import main_of
from incidents.models import Incident
from tickets.selectors import ticket_numbered

MOST_OFFERED = 20  # of the chosen ones as the one that is kept; others by their number
OTHER = "other"


class MergeIntoForm(forms.Form):
    """The incident that is kept: one of those chosen, or another one by its number.

    After the check ``target`` is that incident, or the one into which it was merged itself.
    """

    keep = forms.ChoiceField(
        required=False, widget=forms.RadioSelect, label=gettext_lazy("Which one is kept?")
    )
    into = forms.CharField(
        required=False, max_length=20, label=gettext_lazy("Number of the incident they go on in")
    )

    def __init__(self, data: Any = None, *, actor: User, picks: Sequence[Pick]) -> None:
        super().__init__(data, auto_id="id_bulk_%s")
        self.actor, self.picks = actor, picks
        self.target: Incident | None = None
        open_ones = sorted(
            (pick for pick in picks if pick.ticket is not None and not pick.ticket.is_closed),
            key=lambda pick: (pick.ticket.opened_at, pick.ticket.pk),  # type: ignore[union-attr] # those without are left out
        )
        offered = [
            (pick.number, f"{pick.number} {pick.ticket.title}")  # type: ignore[union-attr] # as above
            for pick in open_ones[:MOST_OFFERED]
        ]
        self.fields["keep"].choices = [*offered, (OTHER, _("Another one"))]  # type: ignore[attr-defined]
        self.fields["keep"].initial = offered[0][0] if offered else OTHER

    def clean(self) -> dict[str, Any]:
        """An incident that the reader sees and that is open, and something to merge into it."""
        given: dict[str, Any] = super().clean() or {}
        if self.errors:
            return given
        kept = given.get("keep", "")
        number = (given.get("into", "") if kept in {"", OTHER} else kept).strip().upper()
        if any(pick.ticket is not None and pick.kind != "incident" for pick in self.picks):
            raise forms.ValidationError(_("Only incidents are merged. Take the other tickets out."))
        self.target = self._found(number)
        if self.target is not None and not self.sources:
            self.add_error(None, _("Choose at least one other incident that goes on in it."))
        return given

    def _found(self, number: str) -> Incident | None:
        try:
            target = main_of(ticket_numbered(self.actor, number), self.actor)
        except NotVisibleError:
            self.add_error("into", _("There is no incident “%(number)s”.") % {"number": number})
        except RuleRefusedError as refusal:
            self.add_error("into", str(refusal.errors[0].detail))
        else:
            if not target.is_closed:
                return target
            words = {"number": target.number}
            self.add_error("into", _("%(number)s is closed; choose one that is open.") % words)
        return None

    @property
    def sources(self) -> list[Pick]:
        """The chosen ones but the one that is kept."""
        kept = self.target.number if self.target is not None else ""
        return [pick for pick in self.picks if pick.number != kept]

    @property
    def closed(self) -> int:
        """How many of them are closed, and will be refused."""
        return sum(pick.ticket is not None and pick.ticket.is_closed for pick in self.sources)

    @property
    def shown(self) -> list[Pick]:
        """Some of them, to be looked at."""
        return [pick for pick in self.sources if pick.ticket is not None][:MOST_OFFERED]

    @property
    def hidden(self) -> int:
        """How many of them are not shown."""
        return len(self.sources) - len(self.shown)

    def given(self) -> dict[str, Any]:
        """The number of the one that is kept."""
        return {"into": self.target.number if self.target is not None else ""}
