"""What is filled in once for all tickets of a bulk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from core.errors import NotVisibleError
from desk.bulk.acts import plain
from desk.fields import GroupField, PersonField
from desk.forms import LONGEST_TEXT, MoveForm
from tickets.selectors import ticket_numbered
from tickets.transitions import Move


class AssignForm(forms.Form):
    """Who is to work on them."""

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data, auto_id="id_bulk_%s")
        self.fields["assignee"] = PersonField(actor, required=False, label=_("Assignee"))
        self.fields["nobody"] = forms.BooleanField(required=False, label=_("Take the assignee away"))
        self.fields["group"] = GroupField(actor, required=False, label=_("Group"))

    def clean(self) -> dict[str, Any]:
        """Something to change, and no contradiction."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("assignee") and given.get("nobody"):
            self.add_error("nobody", _("Name a person or take the assignee away, not both."))
        if not self.errors and not (given.get("assignee") or given.get("nobody") or given.get("group")):
            self.add_error("assignee", _("Choose a person or a group."))
        return given

    def given(self) -> dict[str, Any]:
        """The fields to change."""
        values: dict[str, Any] = {}
        if self.cleaned_data["group"]:
            values["group"] = plain(self.cleaned_data["group"])
        if self.cleaned_data["nobody"]:
            values["assignee"] = None
        elif self.cleaned_data["assignee"]:
            values["assignee"] = plain(self.cleaned_data["assignee"])
        return values


class BulkMoveForm(MoveForm):
    """The inputs of a move; each ticket has its own version, in the list of those chosen."""

    def __init__(self, data: Any = None, *, move: Move, actor: User) -> None:
        super().__init__(data, move=move, version=0, actor=actor)
        del self.fields["lock_version"]

    def given(self) -> dict[str, Any]:
        """The move and what was filled in."""
        return {
            "name": self.move.name,
            "inputs": {name: plain(value) for name, value in self.inputs().items()},
        }


class MoveChoiceForm(forms.Form):
    """Which move."""

    move = forms.ChoiceField(label=gettext_lazy("What is to be done?"), widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, moves: dict[str, str]) -> None:
        super().__init__(data, auto_id="id_bulk_%s")
        self.fields["move"].choices = list(moves.items())  # type: ignore[attr-defined]


class ProblemLinkForm(forms.Form):
    """The problem that causes them."""

    target = forms.CharField(max_length=20, label=gettext_lazy("Number of the problem"))

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data, auto_id="id_bulk_%s")
        self.actor = actor

    def clean_target(self) -> str:
        """The number of a visible problem."""
        number: str = self.cleaned_data["target"].strip().upper()
        try:
            found = ticket_numbered(self.actor, number)
        except NotVisibleError:
            found = None
        if found is None or found.kind != "problem":
            raise forms.ValidationError(_("There is no problem “%(number)s”.") % {"number": number})
        return found.number

    def given(self) -> dict[str, Any]:
        """The problem's number."""
        return {"target": self.cleaned_data["target"]}


class NoteForm(forms.Form):
    """The same note for all of them."""

    body = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST_TEXT,
        label=gettext_lazy("Internal note"),
        help_text=gettext_lazy("Requesters never see it. It cannot be taken back."),
    )

    def __init__(self, data: Any = None, *, actor: User) -> None:
        super().__init__(data, auto_id="id_bulk_%s")
        self.actor = actor

    def given(self) -> dict[str, Any]:
        """The text."""
        return {"body": self.cleaned_data["body"]}
