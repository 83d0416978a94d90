"""A form definition, checked and compiled."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from catalog.entitlement import PERSON_FIELDS
from catalog.formdata.checking import Problems, bound, check_literal, check_shape, money, text_pair
from catalog.formdata.words import KEY, MAX_CHOICES, MAX_FIELDS, OF_CHOICE, RESERVED, TEXT_SIZES, TYPES
from catalog.models.catalogue import in_language
from core.conditions import BadConditionError, Condition, Dictionary, Field, compile_condition
from core.errors import RuleRefusedError

ZERO = Decimal(0)


@dataclass(frozen=True)
class Rule:
    """Always, never, or when a condition over the answers and the person holds."""

    tree: Any
    condition: Condition | None

    def holds(self, values: Mapping[str, Any], now: dt.datetime) -> bool:
        """Whether it applies to these answers."""
        return bool(self.tree) if self.condition is None else self.condition.test(values, now=now)

    @property
    def reads(self) -> frozenset[str]:
        """The form fields it depends on."""
        paths = self.condition.fields if self.condition is not None else frozenset()
        return frozenset(path for path in paths if not path.startswith("person."))


@dataclass(frozen=True)
class Choice:
    """One choice of a field."""

    value: str
    label_ko: str
    label_en: str
    price_effect: Decimal = ZERO
    recurring_effect: Decimal = ZERO

    @property
    def label(self) -> str:
        """What people read, in their language."""
        return in_language(self.label_ko, self.label_en)


@dataclass(frozen=True)
class FormField:
    """One question of a form."""

    key: str
    type: str
    label_ko: str
    label_en: str
    help_ko: str
    help_en: str
    required: Rule
    visible: Rule
    readonly: Rule
    choices: tuple[Choice, ...]
    default: Any
    default_path: str
    price_effect: Decimal
    recurring_effect: Decimal
    max_length: int
    pattern: str
    least: Decimal | None
    most: Decimal | None
    whole: bool
    not_past: bool

    @property
    def label(self) -> str:
        """The question, in the reader's language."""
        return in_language(self.label_ko, self.label_en)

    @property
    def help(self) -> str:
        """What helps to answer, in the reader's language."""
        return in_language(self.help_ko, self.help_en)

    def choice(self, value: str) -> Choice | None:
        """The choice with that value, or None."""
        return next((each for each in self.choices if each.value == value), None)


@dataclass(frozen=True)
class Form:
    """A compiled form: the fields as shown, and in an order in which each comes after those it depends on."""

    fields: tuple[FormField, ...]
    settled: tuple[FormField, ...]

    def field(self, key: str) -> FormField | None:
        """The field with that key, or None."""
        return next((each for each in self.fields if each.key == key), None)


def form_of(definition: object) -> Form:
    """The compiled form; the same definition is compiled once per process.

    Raises RuleRefusedError with one entry per mistake, each named by its place in the definition.
    """
    try:
        text = json.dumps(definition, sort_keys=True, allow_nan=False)
    except (TypeError, ValueError):
        problems = Problems()
        problems.add("form", _("This is not a form definition."))
        raise RuleRefusedError(errors=problems.found) from None
    return _compile(text)


@lru_cache(maxsize=512)
def _compile(text: str) -> Form:
    definition = json.loads(text)
    problems = Problems()
    rows = _rows(definition, problems)
    dictionary = _dictionary(rows)
    fields = [_field(row, f"fields.{place}", dictionary, problems) for place, row in rows]
    if problems.found:
        raise RuleRefusedError(errors=problems.found)
    by_order = sorted(
        zip(rows, fields, strict=True), key=lambda pair: (pair[0][1].get("order", 100), pair[0][0])
    )
    shown = tuple(field for _row, field in by_order)
    return Form(shown, _settled(shown))


def _rows(definition: Any, problems: Problems) -> list[tuple[int, dict[str, Any]]]:
    """The field definitions that are shaped well enough to look at, with their places."""
    if not isinstance(definition, dict) or not isinstance(definition.get("fields"), list):
        problems.add("form", _("A form is an object with a list of fields."))
        return []
    if set(definition) - {"schema", "fields"} or definition.get("schema") != 1:
        problems.add("schema", _("This is not a form of schema 1."))
    if len(definition["fields"]) > MAX_FIELDS:
        problems.add("fields", _("A form has at most %(most)s fields.") % {"most": MAX_FIELDS})
        return []
    rows, seen = [], set()
    for place, row in enumerate(definition["fields"]):
        if not check_shape(row, f"fields.{place}", problems):
            continue
        if not KEY.match(row["key"]) or row["key"] in RESERVED:
            problems.add(
                f"fields.{place}.key",
                _("A key is a word of lower-case letters, digits and underscores, and not a reserved one."),
            )
        elif row["key"] in seen:
            problems.add(f"fields.{place}.key", _("The key “%(key)s” is there twice.") % {"key": row["key"]})
        else:
            seen.add(row["key"])
            rows.append((place, row))
    return rows


def _dictionary(rows: list[tuple[int, dict[str, Any]]]) -> Dictionary:
    """What conditions of this form may ask: its fields, and the person as ``person.…``."""
    own = []
    for _place, row in rows:
        codes = None
        if row["type"] == "choice":
            codes = _codes(row)
        own.append(Field(row["key"], TYPES[row["type"]], choices=codes))
    person = [Field(f"person.{each.path}", each.type) for each in PERSON_FIELDS]
    return Dictionary([*own, *person])


def _codes(row: dict[str, Any]) -> list[str]:
    given = row.get("choices")
    rows = given if isinstance(given, list) else []
    return [each["value"] for each in rows if isinstance(each, dict) and _is_code(each.get("value"))]


def _field(row: dict[str, Any], where: str, dictionary: Dictionary, problems: Problems) -> FormField:
    label = text_pair(row.get("label"), f"{where}.label", problems, needed=True)
    help_ = text_pair(row.get("help"), f"{where}.help", problems, needed=False)
    choices = _choices(row, where, problems)
    field = FormField(
        key=row["key"],
        type=row["type"],
        label_ko=label[0],
        label_en=label[1],
        help_ko=help_[0],
        help_en=help_[1],
        required=_rule(row.get("required", False), f"{where}.required", dictionary, problems),
        visible=_rule(row.get("visible", True), f"{where}.visible", dictionary, problems),
        readonly=_rule(row.get("readonly", False), f"{where}.readonly", dictionary, problems),
        choices=choices,
        default=None if isinstance(row.get("default"), dict) else row.get("default"),
        default_path=row["default"].get("user", "") if isinstance(row.get("default"), dict) else "",
        price_effect=money(row.get("price_effect", 0), f"{where}.price_effect", problems),
        recurring_effect=money(row.get("recurring_effect", 0), f"{where}.recurring_effect", problems),
        max_length=row.get("max_length", TEXT_SIZES.get(row["type"], 200)),
        pattern=row.get("pattern", ""),
        least=bound(row.get("min"), f"{where}.min", problems),
        most=bound(row.get("max"), f"{where}.max", problems),
        whole=bool(row.get("whole", False)),
        not_past=row.get("earliest") == "today",
    )
    check_literal(field, row, where, problems)
    return field


def _rule(tree: Any, where: str, dictionary: Dictionary, problems: Problems) -> Rule:
    if isinstance(tree, bool):
        return Rule(tree, None)
    try:
        return Rule(tree, compile_condition(tree, dictionary))
    except BadConditionError as mistake:
        for each in mistake.errors:
            problems.add(f"{where}.{each.field}".rstrip("."), each.detail)
        if not mistake.errors:
            problems.add(where, mistake.detail)
        return Rule(tree=False, condition=None)


def _choices(row: dict[str, Any], where: str, problems: Problems) -> tuple[Choice, ...]:
    if row["type"] not in {"choice", "multi_choice"}:
        return ()
    given = row.get("choices")
    if not isinstance(given, list) or not 1 <= len(given) <= MAX_CHOICES:
        problems.add(
            f"{where}.choices", _("Between 1 and %(most)s choices are needed.") % {"most": MAX_CHOICES}
        )
        return ()
    found: list[Choice] = []
    for place, each in enumerate(given):
        spot = f"{where}.choices.{place}"
        if not isinstance(each, dict) or set(each) - OF_CHOICE or not _is_code(each.get("value")):
            problems.add(
                spot,
                _("A choice has a value (a short code), a label and, if it changes the price, by how much."),
            )
            continue
        if any(known.value == each["value"] for known in found):
            problems.add(f"{spot}.value", _("This value is there twice."))
        label = text_pair(each.get("label"), f"{spot}.label", problems, needed=True)
        effects = [
            money(each.get(name, 0), f"{spot}.{name}", problems)
            for name in ("price_effect", "recurring_effect")
        ]
        found.append(Choice(each["value"], label[0], label[1], effects[0], effects[1]))
    return tuple(found)


def _is_code(value: Any) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}", value) is not None


def _settled(fields: tuple[FormField, ...]) -> tuple[FormField, ...]:
    """The fields in an order that settles each value before a rule reads it. Raises for a circle."""
    left = {field.key: (field.visible.reads | field.readonly.reads) - {field.key} for field in fields}
    own = [f.key for f in fields if f.key in f.visible.reads | f.readonly.reads]
    by_key, done = {field.key: field for field in fields}, []
    while left and not own:
        free = [key for key, needs in left.items() if not needs & left.keys()]
        if not free:
            break
        done += free
        for key in free:
            del left[key]
    circle = own or sorted(left)
    if circle:
        problems = Problems()
        problems.add(
            "fields",
            _("These rules depend on each other in a circle: %(keys)s.") % {"keys": ", ".join(circle)},
        )
        raise RuleRefusedError(errors=problems.found)
    return tuple(by_key[key] for key in done)
