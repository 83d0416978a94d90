"""A form with answers: what is asked, what is wrong and what it costs, for pages, API and orders alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policies import Actor
from accounts.selectors import people_for
from catalog.entitlement import facts_of
from catalog.formdata.definition import ZERO, Form, FormField, form_of
from catalog.formdata.values import Context, checked, is_empty
from catalog.models.catalogue import CatalogItemVersion
from core.errors import FieldError, RuleRefusedError, invalid
from core.time import db_now

MAX_ANSWERS = 500
_WHOLE_UNITS = {"KRW", "JPY"}
_MOST_MONEY = Decimal("999999999999")


@dataclass(frozen=True)
class Answers:
    """Checked answers, ready to be stored, and what one piece costs once and per period."""

    values: dict[str, Any]
    price: Decimal
    recurring_price: Decimal


@dataclass
class FieldState:
    """One field as it stands with these answers; ``value`` is what was sent when it could not be stored."""

    field: FormField
    value: Any = None
    visible: bool = True
    required: bool = False
    readonly: bool = False
    error: FieldError | None = None


@dataclass
class Evaluation:
    """A form with answers, whether they are complete or not."""

    states: list[FieldState]
    values: dict[str, Any]
    price: Decimal
    recurring_price: Decimal
    errors: list[FieldError] = field(default_factory=list)

    @property
    def shown(self) -> list[FieldState]:
        """The fields the person is asked now, in order."""
        return [state for state in self.states if state.visible]


def validate(version: CatalogItemVersion, answers: Any, person: User, *, actor: Actor = None) -> Answers:
    """The answers as they are stored, and the price of one piece; hidden values are dropped.

    ``person`` is whom it is for; ``actor`` (the person when left out) limits which people may be named.
    Raises RuleRefusedError with one entry per field: unknown, required, readonly, type, too_long …
    """
    found = evaluate(version, answers, person, actor=actor)
    if found.errors:
        raise RuleRefusedError(errors=found.errors)
    return Answers(found.values, found.price, found.recurring_price)


def evaluate(version: CatalogItemVersion, answers: Any, person: User, *, actor: Actor = None) -> Evaluation:
    """The same without raising for wrong answers: for pages that show the form with its errors.

    Raises RuleRefusedError only when ``answers`` is no mapping of at most 500 answers.
    """
    if not isinstance(answers, Mapping):
        raise invalid("answers", _("Answers are an object of field names and values."), code="type")
    if len(answers) > MAX_ANSWERS:
        raise invalid("answers", _("These are more answers than any form asks for."), code="too_long")
    form, now, facts = form_of(version.form), db_now(), facts_of(person)
    context = Context(_people(form, answers, facts, actor or person), _today(person, now))
    settling = _Settling(answers, facts, context, now)
    states = {each.key: settling.state(each) for each in form.settled}
    settling.mark_required(states)
    price, recurring = _prices(version, states)
    found = Evaluation([states[f.key] for f in form.fields], settling.values, price, recurring)
    found.errors = _unknown(form, answers) + [s.error for s in found.states if s.error is not None]
    if not ZERO <= price <= _MOST_MONEY or not ZERO <= recurring <= _MOST_MONEY:
        found.errors.append(FieldError("", "price", _("These answers give no possible price.")))
    return found


class _Settling:
    """Settles one field after the other; a rule reads only what is settled already."""

    def __init__(
        self, answers: Mapping[str, Any], facts: dict[str, Any], context: Context, now: dt.datetime
    ) -> None:
        self.answers, self.facts, self.context, self.now = answers, facts, context, now
        self.values: dict[str, Any] = {}

    def state(self, each: FormField) -> FieldState:
        """The field's state; a visible, valid answer becomes part of ``values``."""
        known = {**self.values, "person": self.facts}
        if not each.visible.holds(known, self.now):
            return FieldState(each, visible=False)
        state = FieldState(each, readonly=each.readonly.holds(known, self.now))
        fallback = _default(each, self.facts)
        state.value = fallback if state.readonly else self.answers.get(each.key, fallback)
        if not is_empty(state.value):
            self._store(state)
        if state.readonly and state.error is None:
            self._refuse_other_than_default(state)
        return state

    def _store(self, state: FieldState) -> None:
        try:
            state.value = self.values[state.field.key] = checked(state.field, state.value, self.context)
        except RuleRefusedError as refusal:
            state.error = refusal.errors[0]

    def _refuse_other_than_default(self, state: FieldState) -> None:
        sent = self.answers.get(state.field.key)
        if is_empty(sent):
            return
        try:
            same = checked(state.field, sent, self.context) == state.value
        except RuleRefusedError:
            same = False
        if not same:
            text = _("This value is given and cannot be changed.")
            state.error = FieldError(state.field.key, "readonly", text)

    def mark_required(self, states: dict[str, FieldState]) -> None:
        """Note what must be answered and is not, when all values are settled."""
        known = {**self.values, "person": self.facts}
        for key, state in states.items():
            if not state.visible:
                continue
            state.required = state.field.required.holds(known, self.now)
            missing = key not in self.values or self.values[key] is False
            if state.required and missing and state.error is None:
                state.error = FieldError(key, "required", _("This field is required."))


def _default(each: FormField, facts: dict[str, Any]) -> Any:
    if not each.default_path:
        return each.default
    first, _dot, rest = each.default_path.partition(".")
    value = facts[first]
    return (value or {}).get(rest) if rest else value


def _people(form: Form, answers: Mapping[str, Any], facts: dict[str, Any], actor: Actor) -> dict[str, User]:
    """The people named anywhere in the answers that ``actor`` may name, in one query."""
    asked = [each for each in form.fields if each.type == "user"]
    given = [answers.get(each.key, _default(each, facts)) for each in asked]
    given += [_default(each, facts) for each in asked]
    names = {name.strip().lower() for name in given if isinstance(name, str) and name.isprintable()}
    if not names:
        return {}
    return {person.username.lower(): person for person in people_for(actor).filter(username__in=names)}


def _today(person: User, now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(person.time_zone)).date()


def _unknown(form: Form, answers: Mapping[str, Any]) -> list[FieldError]:
    known = {each.key for each in form.fields}
    odd = sorted(str(key) for key in answers if key not in known)
    # The name is shown back, so it must be something that can be written.
    names = [key.encode("unicode_escape").decode()[:60] for key in odd]
    return [FieldError(name, "unknown", _("This form has no such field.")) for name in names]


def _prices(version: CatalogItemVersion, states: dict[str, FieldState]) -> tuple[Decimal, Decimal]:
    price, recurring = version.price, version.recurring_price or ZERO
    for state in states.values():
        if state.visible and state.error is None and not is_empty(state.value):
            once, again = _effect(state.field, state.value)
            price, recurring = price + once, recurring + again
    return rounded(price, version.currency), rounded(recurring, version.currency)


def _effect(each: FormField, value: Any) -> tuple[Decimal, Decimal]:
    if each.type in {"choice", "multi_choice"}:
        wanted = [value] if each.type == "choice" else value
        chosen = [choice for choice in each.choices if choice.value in wanted]
        return (
            sum((choice.price_effect for choice in chosen), ZERO),
            sum((choice.recurring_effect for choice in chosen), ZERO),
        )
    times = Decimal(str(int(value) if isinstance(value, bool) else value)) if _counts(each) else ZERO
    return each.price_effect * times, each.recurring_effect * times


def _counts(each: FormField) -> bool:
    return each.type in {"boolean", "number"}


def rounded(amount: Decimal, currency: str) -> Decimal:
    """An amount in the smallest unit of its currency: whole won, cents elsewhere."""
    unit = Decimal(1) if currency in _WHOLE_UNITS else Decimal("0.01")
    return amount.quantize(unit, rounding=ROUND_HALF_UP)
