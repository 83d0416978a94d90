"""The field of a form in which a condition over tickets is typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict

from tickets.editing import condition_rows
from tickets.editing.condition_rows import BadRowError, Typed


def multi(data: Any) -> MultiValueDict[str, Any]:
    """Form data with lists, none for other data."""
    return data if isinstance(data, MultiValueDict) else MultiValueDict()


class ConditionWidget(forms.Widget):
    """Reads rows or text of a condition; ``templates/tickets/_condition.html`` draws it."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed:
        """What was typed."""
        return condition_rows.read(data, name)


class ConditionField(forms.Field):
    """A condition over tickets, as a tree or None.

    ``error_messages`` with ``required`` say what a condition is wanted for.
    """

    widget = ConditionWidget

    def clean(self, value: Typed) -> Any:
        """The tree. Raises ValidationError naming the row."""
        try:
            tree = condition_rows.tree_of(value)
        except BadRowError as error:
            raise forms.ValidationError(str(error)) from error
        if tree is None and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return tree


def untouched(field: forms.Field, data: Any, name: str, before: Any) -> bool:
    """Whether the rows of ``name`` still say what ``before`` does, however that is written."""
    if before is None:
        return False
    return condition_rows.as_rows(before) == field.widget.value_from_datadict(data, {}, name)
