"""A form as the API and the browser read it."""

from __future__ import annotations

from typing import Any

from catalog.formdata import Evaluation, FormField


def form_schema(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The fields in order, in both languages, with rules as condition trees and the state for this person.

    ``rules`` are evaluated by the browser for comfort; the server evaluates them again for every order.
    """
    return [
        _described(state.field)
        | {
            "value": state.value,
            "is_visible": state.visible,
            "is_required": state.required,
            "is_readonly": state.readonly,
        }
        for state in evaluation.states
    ]


def _described(field: FormField) -> dict[str, Any]:
    return {
        "key": field.key,
        "type": field.type,
        "label": {"ko": field.label_ko, "en": field.label_en},
        "help": {"ko": field.help_ko, "en": field.help_en},
        "rules": {
            "required": field.required.tree,
            "visible": field.visible.tree,
            "readonly": field.readonly.tree,
        },
        "choices": [
            {
                "value": each.value,
                "label": {"ko": each.label_ko, "en": each.label_en},
                "price_effect": str(each.price_effect),
                "recurring_effect": str(each.recurring_effect),
            }
            for each in field.choices
        ],
        "price_effect": str(field.price_effect),
        "recurring_effect": str(field.recurring_effect),
        "max_length": field.max_length if field.type in {"text", "multiline", "email"} else None,
        "pattern": field.pattern,
        "min": None if field.least is None else str(field.least),
        "max": None if field.most is None else str(field.most),
        "whole": field.whole,
        "not_past": field.not_past,
    }
