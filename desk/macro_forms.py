"""The form of a macro, and the choice of one for many tickets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from desk.fields import GroupField
from desk.forms import input_field
from desk.sharing import SharedForm, shown_to
from incidents.choices import Category
from macros.choices import Assign, Says
from macros.models import Macro
from macros.rules import LONGEST_NAME, LONGEST_TEXT, inputs_of, moves_of
from tickets import kinds
from tickets.choices import Level

_ASKED = "input_"
_KEEP = ("", gettext_lazy("Leave as it is"))
_PLAIN = ("name", "kinds", "says", "text", "move", "assign", "impact", "urgency", "category")


def _levels(label: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=[_KEEP, *Level.choices], coerce=int, empty_value=None, required=False, label=label
    )


class MacroForm(SharedForm):
    """What a macro says and does. It has a field for each input of the move that is chosen.

    ``typed`` shows what was filled in so far without finding fault with it.
    """

    name = forms.CharField(max_length=LONGEST_NAME, label=gettext_lazy("Name"))
    kinds = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, label=gettext_lazy("For which tickets")
    )
    says = forms.ChoiceField(
        choices=[("", gettext_lazy("No text")), *Says.choices],
        required=False,
        label=gettext_lazy("Who reads the text"),
    )
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST_TEXT,
        required=False,
        label=gettext_lazy("Text"),
    )
    move = forms.ChoiceField(required=False, label=gettext_lazy("State change"))
    assign = forms.ChoiceField(choices=Assign.choices, label=gettext_lazy("New assignee"))
    impact = _levels(gettext_lazy("Impact"))
    urgency = _levels(gettext_lazy("Urgency"))
    category = forms.ChoiceField(
        choices=[_KEEP, *Category.choices], required=False, label=gettext_lazy("Category")
    )

    def __init__(
        self, data: Any = None, *, actor: User, macro: Macro | None = None, typed: Any = None
    ) -> None:
        initial = (
            _shown(macro) if macro else {"kinds": ["incident"], "says": Says.COMMENT, "assign": Assign.KEEP}
        )
        if typed is not None:
            initial = {name: typed.get(name, "") for name in typed} | {"kinds": typed.getlist("kinds")}
        super().__init__(data, initial=initial, auto_id="id_macro_%s")
        self.share_with(actor, macro)
        known = {spec.key: spec for spec in kinds.all_kinds()}
        self._choose("kinds", [(key, spec.label) for key, spec in known.items()])
        every = {name: label for key in known for name, label in moves_of([key]).items()}
        self._choose("move", [("", _("Leave as it is")), *every.items()])
        self.fields["move"].widget.attrs |= {
            "hx-post": "",
            "hx-trigger": "change",
            "hx-vals": '{"again": "1"}',
            "hx-target": "#macro-asked",
            "hx-select": "#macro-asked",
            "hx-swap": "outerHTML",
        }
        self.fields["to_group"] = GroupField(actor, required=False, label=_("New group"))
        given = data.getlist("kinds") if data is not None else initial["kinds"]
        move: Any = data.get("move", "") if data is not None else initial.get("move", "")
        self._asks(actor, [key for key in given if key in known], move)

    def _choose(self, name: str, choices: list[Any]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined] # a choice field

    def _asks(self, actor: User, chosen: list[str], move: str) -> None:
        self.inputs = inputs_of(chosen, move) if move else {}
        for name, each in self.inputs.items():
            self.fields[_ASKED + name] = input_field(each, required=each.required is True, actor=actor)

    @property
    def asked(self) -> list[Any]:
        """The fields for what the chosen move asks for."""
        return [self[_ASKED + name] for name in self.inputs]

    def values(self) -> dict[str, Any]:
        """The arguments of the services."""
        clean = self.cleaned_data
        inputs = {name: clean[_ASKED + name] for name in self.inputs}
        fields = {name: clean[name] for name in (*_PLAIN, "to_group")}
        return {**fields, "inputs": inputs, **self.shared()}


def _shown(macro: Macro) -> dict[str, Any]:
    shown = {name: getattr(macro, name) for name in (*_PLAIN, "lock_version")}
    shown |= {_ASKED + name: value for name, value in macro.inputs.items()}
    return shown | {"to_group": macro.to_group.key if macro.to_group else "", "shown_to": shown_to(macro)}


class MacroChoiceForm(forms.Form):
    """Which macro is run on the tickets of a bulk."""

    macro = forms.ChoiceField(label=gettext_lazy("Macro"))

    def __init__(self, data: Any = None, *, macros: Mapping[str, Macro]) -> None:
        super().__init__(data, auto_id="id_bulk_%s")
        choices = [(key, macro.name) for key, macro in macros.items()]
        self.fields["macro"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined] # a choice field
        if not choices:
            self.fields["macro"].help_text = _("No macro is for all kinds of the chosen tickets.")

    def given(self) -> dict[str, Any]:
        """The macro's id."""
        return {"macro": self.cleaned_data["macro"]}
