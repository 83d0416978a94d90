"""The editor of the escalations: a row for each step, with what its action takes."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.forms import BoundField

from accounts.policies import Actor
from sla.editor import step_rows
from sla.editor.step_rows import StepRow
from sla.escalations import MOST_STEPS, OVERDUE
from sla.forms import DefinitionForm
from sla.lint import MAX_THRESHOLDS
from sla.promises import mark_words
from tickets import escalations as actions
from tickets.editing.fields import multi


@dataclass(frozen=True)
class InputEditor:
    """One parameter of a step: what is typed, and what may be chosen."""

    name: str
    label: str
    many: bool
    texts: tuple[str, ...]
    options: list[tuple[str, str]]


@dataclass(frozen=True)
class StepEditor:
    """One step of the escalations as the form draws it."""

    number: int
    row: StepRow
    marks: list[tuple[str, str]]
    actions: list[tuple[str, str]]
    inputs: list[InputEditor]


@dataclass(frozen=True)
class StepsEditor:
    """The escalations as the form draws them: rows, or their text."""

    bound: BoundField
    typed: step_rows.TypedSteps
    rows: list[StepEditor]
    can_add: bool
    problem: str = ""
    template: str = "sla/_steps.html"

    @property
    def name(self) -> str:
        """The name of the setting."""
        return self.bound.name


def steps_editor(form: DefinitionForm, name: str, actor: Actor, *, problem: str = "") -> StepsEditor:
    """The editor of the escalations; choices are read once for each action that is used."""
    typed = step_rows.read(multi(form.data), name)
    used = {row.do for row in typed.rows}
    options = {
        (each.key, one.name): one.choices(actor) if one.choices else []
        for each in actions.all_actions()
        if each.key in used
        for one in each.inputs
    }
    marks = _marks(form)
    return StepsEditor(
        bound=form[name],
        typed=typed,
        rows=[_step_editor(number, row, marks, options) for number, row in enumerate(typed.rows)],
        can_add=len(typed.rows) < MOST_STEPS,
        problem=problem,
    )


def _marks(form: DefinitionForm) -> list[str]:
    try:
        typed = form.fields["thresholds"].clean(form.data.get("thresholds", ""))
    except ValidationError:
        typed = []
    return [*(str(percent) for percent in sorted({*typed[:MAX_THRESHOLDS], 100})), OVERDUE]


def _step_editor(
    number: int, row: StepRow, marks: list[str], options: dict[tuple[str, str], list[tuple[str, str]]]
) -> StepEditor:
    known = actions.get(row.do)
    offered = [(each.key, str(each.label)) for each in actions.all_actions()]
    inputs = [
        InputEditor(one.name, str(one.label), one.many, texts, _with(options[(row.do, one.name)], texts))
        for one in (known.inputs if known else ())
        for texts in [row.values.get(one.name, ())]
    ]
    shown = marks if row.at in {*marks, ""} else [row.at, *marks]
    return StepEditor(number, row, [(at, mark_words(at)) for at in shown], offered, inputs)


def _with(options: list[tuple[str, str]], texts: tuple[str, ...]) -> list[tuple[str, str]]:
    """The choices, and what was written by other means, so that it stays to be seen."""
    known = {code for code, _label_of in options}
    return [*options, *((text, text) for text in texts if text and text not in known)] if options else []
