"""The questions of a catalogue item as a page asks them, and reading what was answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from accounts.models import User
from catalog.formdata import Evaluation, FieldState, Form, form_of
from catalog.models import CatalogItemVersion
from catalog.selectors import UsualTime
from tickets.selectors import drafts_of

PREFIX = "a_"
SHOWN = "shown"
INPUT_TYPES = {"email": "email", "number": "text", "date": "date", "text": "text", "user": "text"}
MAX_TAB = 40


@dataclass(frozen=True)
class Option:
    """One choice of a question."""

    value: str
    label: str
    effect: Decimal
    recurring: Decimal
    chosen: bool


@dataclass(frozen=True)
class Question:
    """One question: ``kind`` is one (choose), many, check, long, person or line."""

    key: str
    name: str
    id: str
    kind: str
    input_type: str
    label: str
    help: str
    value: Any
    options: list[Option]
    required: bool
    readonly: bool
    max_length: int | None
    numeric: bool
    error: str
    effect: Decimal
    recurring: Decimal

    @property
    def described_by(self) -> str:
        """The ids of help and error, for screen readers."""
        ids = [f"{self.id}_helptext" if self.help else "", f"{self.id}_error" if self.error else ""]
        return " ".join(each for each in ids if each)


@dataclass(frozen=True)
class Offer:
    """An item in a list: ``price`` is the least one piece costs, ``varies`` whether answers change it."""

    version: CatalogItemVersion
    price: Decimal
    varies: bool
    usual: UsualTime | None


def questions_of(evaluation: Evaluation, *, all_errors: bool) -> list[Question]:
    """What is asked now. Before the form is sent only wrong answers are told, not missing ones."""
    return [_question(state, all_errors=all_errors) for state in evaluation.shown]


def other_errors(evaluation: Evaluation) -> list[str]:
    """What is wrong and belongs to no question that is shown."""
    shown = {state.field.key for state in evaluation.shown}
    return [str(error.detail) for error in evaluation.errors if error.field not in shown]


def _question(state: FieldState, *, all_errors: bool) -> Question:
    field, error = state.field, state.error
    told = error is not None and (all_errors or error.code != "required")
    value = state.value
    chosen = value if isinstance(value, list) else [value]
    text_like = field.type in {"text", "multiline", "email"}
    return Question(
        key=field.key,
        name=f"{PREFIX}{field.key}",
        id=f"q_{field.key}",
        kind=_kind(field.type, len(field.choices)),
        input_type=INPUT_TYPES.get(field.type, "text"),
        label=field.label,
        help=field.help,
        value="" if value is None else value,
        options=[
            Option(each.value, each.label, each.price_effect, each.recurring_effect, each.value in chosen)
            for each in field.choices
        ],
        required=state.required,
        readonly=state.readonly,
        max_length=field.max_length if text_like else None,
        numeric=field.type == "number",
        error=str(error.detail) if told and error is not None else "",
        effect=field.price_effect,
        recurring=field.recurring_effect,
    )


MANY_CHOICES = 8


def _kind(type_: str, choices: int) -> str:
    if type_ == "choice":
        return "one" if choices <= MANY_CHOICES else "list"
    kinds = {"multi_choice": "many", "boolean": "check", "multiline": "long", "user": "person"}
    return kinds.get(type_, "line")


def is_dynamic(form: Form) -> bool:
    """Whether an answer can change what is asked or what it costs."""
    return any(
        field.visible.reads
        or field.required.reads
        or field.readonly.reads
        or field.price_effect
        or field.recurring_effect
        or any(choice.price_effect or choice.recurring_effect for choice in field.choices)
        for field in form.fields
    )


def offer_of(version: CatalogItemVersion, usual: UsualTime | None = None) -> Offer:
    """The item as lists show it, with the least one piece can cost."""
    form = form_of(version.form)
    priced = [field for field in form.fields if any(choice.price_effect for choice in field.choices)]
    must = [field for field in priced if field.type == "choice" and field.required.tree is True]
    least = sum((min(choice.price_effect for choice in field.choices) for field in must), version.price)
    varies = bool(priced) or any(field.price_effect for field in form.fields)
    return Offer(version, least, varies, usual)


def read_answers(sent: QueryDict, form: Form) -> dict[str, Any]:
    """The answers of a sent form by field key; what was shown and left empty is an empty answer."""
    shown = set(sent.getlist(SHOWN))
    answers: dict[str, Any] = {}
    for field in form.fields:
        name = f"{PREFIX}{field.key}"
        if field.type == "boolean" and (field.key in shown or name in sent):
            answers[field.key] = name in sent
        elif field.type == "multi_choice" and (field.key in shown or name in sent):
            answers[field.key] = sent.getlist(name)
        elif name in sent:
            answers[field.key] = sent[name]
    return answers


def draft_tab(item_key: str) -> str:
    """Under which name the draft of an order is kept."""
    return f"order:{item_key}"[:MAX_TAB]


def draft_text(answers: Mapping[str, Any], quantity: int) -> str:
    """A draft as it is stored."""
    return json.dumps({"answers": dict(answers), "quantity": quantity}, ensure_ascii=False)


def draft_of(actor: User, item_key: str) -> tuple[dict[str, Any], int] | None:
    """The answers and the quantity the person left behind, or None."""
    text = drafts_of(actor, None).get(draft_tab(item_key), "")
    try:
        kept = json.loads(text)
        return dict(kept["answers"]), int(kept["quantity"])
    except (ValueError, TypeError, KeyError):
        return None


def period_words(period: str) -> str:
    """What follows a recurring price: "a month", "a year"."""
    return {"month": _("a month"), "year": _("a year")}.get(str(period), "")
