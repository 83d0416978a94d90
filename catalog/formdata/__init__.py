"""Forms as data: what a form asks, checked when published and again for every order (PROCESSES REQ-07).

A form is ``{"schema": 1, "fields": [field …]}``. A field has ``key``, ``type``, ``label`` {ko, en} and may
have ``help`` {ko, en}, ``order``, ``required``, ``visible``, ``readonly`` (true, false or a condition tree
over the other answers and ``person.…``), ``choices`` [{value, label, price_effect, recurring_effect}],
``default`` (a value or ``{"user": "department.name"}``), ``price_effect`` and ``recurring_effect`` (boolean:
when true; number: for each), ``max_length``, ``pattern`` (a named one), ``min``, ``max``, ``whole`` (number)
and ``earliest`` ("today"; date). Money is written as text or whole number, never as a float.
"""

from catalog.formdata.definition import Choice, Form, FormField, form_of
from catalog.formdata.evaluation import Answers, Evaluation, FieldState, evaluate, validate
from catalog.formdata.words import PATTERNS, TYPES, USER_PATHS

__all__ = [
    "PATTERNS",
    "TYPES",
    "USER_PATHS",
    "Answers",
    "Choice",
    "Evaluation",
    "FieldState",
    "Form",
    "FormField",
    "check_definition",
    "evaluate",
    "form_of",
    "validate",
]


def check_definition(form: object) -> Form:
    """The compiled form. Raises RuleRefusedError with one entry per mistake."""
    return form_of(form)
