"""The editor of a condition as a form draws it."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.conditions import operator_label
from tickets.editing import condition_rows
from tickets.editing.condition_rows import ALL, ALWAYS, ANY, NO_VALUE, SEVERAL, Row
from tickets.editing.fields import multi
from tickets.vocabulary import TicketVocabulary


@dataclass(frozen=True)
class RowEditor:
    """One row of a condition as the form draws it.

    ``control`` is ``none``, ``select``, ``many`` (check boxes), ``two`` or ``text``; ``type`` that of inputs.
    """

    number: int
    row: Row
    operators: list[tuple[str, str]]
    control: str
    type: str
    options: list[tuple[str, str]]

    @property
    def values(self) -> list[str]:
        """The texts of the inputs."""
        if self.control == "two":
            return [*self.row.values[:2], "", ""][:2]
        return [", ".join(self.row.values)]


@dataclass(frozen=True)
class ConditionEditor:
    """One condition as the form draws it: rows, or its text."""

    bound: BoundField
    typed: condition_rows.Typed
    joins: list[tuple[str, str]]
    fields: list[tuple[str, str]]
    rows: list[RowEditor]
    can_add: bool
    problem: str = ""
    template: str = "tickets/_condition.html"

    @property
    def name(self) -> str:
        """The name of the condition."""
        return self.bound.name


_JOINS: dict[str, str | Promise] = {
    ALL: gettext_lazy("all of these hold"),
    ANY: gettext_lazy("at least one of these holds"),
    ALWAYS: gettext_lazy("always"),
}


def editor(form: forms.Form, name: str, words: TicketVocabulary, *, problem: str = "") -> ConditionEditor:
    """The editor of one condition; ``problem`` is what a step of editing could not do."""
    typed = condition_rows.read(multi(form.data), name)
    return ConditionEditor(
        bound=form[name],
        typed=typed,
        joins=[(code, str(label)) for code, label in _JOINS.items()],
        fields=words.fields(),
        rows=[_row_editor(number, row, words) for number, row in enumerate(typed.rows)],
        can_add=len(typed.rows) < condition_rows.MOST_ROWS,
        problem=problem,
    )


def _row_editor(number: int, row: Row, words: TicketVocabulary) -> RowEditor:
    type_ = words.type_of(row.field)
    operators = [(op, operator_label(op, type_)) for op in condition_rows.operators_of(row.field)]
    options = [("true", _("yes")), ("false", _("no"))] if type_ == "boolean" else words.choices(row.field)
    op = row.op if row.op in dict(operators) else operators[0][0] if operators else ""
    known = {code for code, _label_of in options}
    if options:  # what was written by other means stays to be seen
        options = [*options, *((text, text) for text in row.values if text and text not in known)]
    types = {"number": "number", "datetime": "datetime-local", "date": "date"}
    input_type = "text" if op in SEVERAL else types.get(type_, "text")
    return RowEditor(
        number, row, operators, _control(row.field, op, has_options=bool(options)), input_type, options
    )


def _control(field: str, op: str, *, has_options: bool) -> str:
    if not field or op in NO_VALUE:
        return "none"
    if op == "between":
        return "two"
    if not has_options or op in {"contains", "starts"}:
        return "text"
    return "many" if op in SEVERAL else "select"
