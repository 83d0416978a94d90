"""Input checks of hand-overs: what one leaves to the next shift, and what earlier ones are looked for by."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Group, User
from core import formats
from desk.fields import TicketField
from handovers.selectors import Proposed, tickets_named
from handovers.services import LONGEST_NOTE, LONGEST_TEXT, MOST_NOTES
from tickets.models import Ticket

_PICK, _NOTE = "pick_", "note_"
_FURTHER = 3


@dataclass(frozen=True)
class Line:
    """One ticket of the form: whether it is in, what is said of it, why it is proposed."""

    ticket: Any
    reasons: Sequence[str]
    pick: Any
    note: Any


class HandOverForm(forms.Form):
    """What the next shift should know. A note makes its ticket part of it, also without the tick.

    What was proposed when the form was made stays in it, whatever became of the tickets meanwhile.
    """

    since = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=LONGEST_TEXT,
        required=False,
        label=gettext_lazy("What the next shift should know"),
        help_text=gettext_lazy(
            "The whole team reads this. What only some may know belongs to its ticket: "
            "a note there is read by those who may see the ticket."
        ),
    )

    def __init__(
        self, data: Any = None, *, actor: User, proposed: Iterable[Proposed], since: dt.datetime
    ) -> None:
        super().__init__(data, initial={"since": since.isoformat()}, auto_id="id_handover_%s")
        self.tickets: dict[str, Any] = {}
        self.reasons: dict[str, list[str]] = {}
        for each in proposed:
            self._add(each.ticket, [str(why.label) for why in each.reasons], is_chosen=each.is_chosen)
        for ticket in tickets_named(actor, self._kept(data)).values() if data else ():
            self._add(ticket, [])
        for place in range(1, _FURTHER + 1):
            names = {"place": place}
            self.fields[f"further_{place}"] = TicketField(
                actor, required=False, label=_("Another ticket, number %(place)s") % names
            )
            self.fields[f"further_note_{place}"] = _note(
                _("Note on another ticket, number %(place)s") % names
            )

    def _kept(self, data: Any) -> list[str]:
        sent = (name.partition("_")[2] for name in data if name.startswith((_PICK, _NOTE)))
        return [number for number in dict.fromkeys(sent) if number not in self.tickets][:MOST_NOTES]

    def _add(self, ticket: Any, reasons: list[str], *, is_chosen: bool = False) -> None:
        number = ticket.number
        self.tickets[number], self.reasons[number] = ticket, reasons
        names = {"number": number}
        self.fields[_PICK + number] = forms.BooleanField(
            required=False, initial=is_chosen, label=_("Hand over %(number)s") % names
        )
        self.fields[_NOTE + number] = _note(_("Note on %(number)s") % names)

    def lines(self) -> Iterator[Line]:
        """The proposed tickets."""
        for number, ticket in self.tickets.items():
            yield Line(ticket, self.reasons[number], self[_PICK + number], self[_NOTE + number])

    def further(self) -> Iterator[tuple[Any, Any]]:
        """Places for other tickets, and for what is said of them."""
        for place in range(1, _FURTHER + 1):
            yield self[f"further_{place}"], self[f"further_note_{place}"]

    def clean(self) -> dict[str, Any]:
        """A note without its ticket is no note."""
        clean = super().clean() or self.cleaned_data
        for place in range(1, _FURTHER + 1):
            if clean.get(f"further_note_{place}") and not clean.get(f"further_{place}"):
                name = f"further_{place}"
                if name not in self.errors:
                    self.add_error(name, _("Say which ticket the note is on."))
        return clean

    def values(self) -> dict[str, Any]:
        """The arguments of the service."""
        clean = self.cleaned_data
        notes: list[tuple[Ticket, str]] = [
            (ticket, clean[_NOTE + number])
            for number, ticket in self.tickets.items()
            if clean[_PICK + number] or clean[_NOTE + number]
        ]
        notes += [
            (clean[f"further_{place}"], clean[f"further_note_{place}"])
            for place in range(1, _FURTHER + 1)
            if clean[f"further_{place}"]
        ]
        return {"text": clean["text"], "since": clean["since"], "notes": notes}


def _note(label: str) -> forms.CharField:
    return forms.CharField(
        widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_NOTE, required=False, label=label
    )


class DayInput(forms.DateInput):
    """The browser's own picker of a day."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class HandOverSearchForm(forms.Form):
    """Which hand-overs are listed; every part may be left out."""

    group = forms.ChoiceField(required=False, label=gettext_lazy("Team"))
    since = forms.DateField(required=False, widget=DayInput, label=gettext_lazy("From this day on"))
    until = forms.DateField(required=False, widget=DayInput, label=gettext_lazy("Until this day"))
    waiting = forms.BooleanField(required=False, label=gettext_lazy("Only those that nobody has yet"))

    def __init__(self, data: Any, *, groups: Sequence[Group]) -> None:
        super().__init__(data, auto_id="id_handovers_%s")
        choices = [("", _("All my teams")), *((group.key, group.name) for group in groups)]
        self.fields["group"].choices = choices  # type: ignore[attr-defined] # a choice field

    def query(self) -> dict[str, Any]:
        """The filters of the one filter set; days are those of the reader's zone."""
        clean = self.cleaned_data
        found: dict[str, Any] = {"group": clean["group"]} if clean["group"] else {}
        if clean["waiting"]:
            found["waiting"] = "true"
        if clean["since"]:
            found["written_at__gte"] = _midnight(clean["since"])
        if clean["until"]:
            found["written_at__lt"] = _midnight(clean["until"] + dt.timedelta(days=1))
        return found


def _midnight(day: dt.date) -> str:
    at = dt.datetime.combine(day, dt.time.min, tzinfo=timezone.get_current_timezone())
    return formats.in_zone(at).isoformat()
