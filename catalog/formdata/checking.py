"""Checks of the parts of a form definition; mistakes are collected, not raised one by one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from catalog.formdata.words import COMMON, MAX_TEXT, OWN, PATTERNS, TYPES, USER_PATHS
from core.errors import FieldError, RuleRefusedError
from core.text import clean

if TYPE_CHECKING:
    from catalog.formdata.definition import FormField

_MONEY = re.compile(r"-?[0-9]{1,11}(\.[0-9]{1,2})?\Z")


class Problems:
    """The mistakes found so far, each with its place in the definition."""

    def __init__(self) -> None:
        self.found: list[FieldError] = []

    def add(self, where: str, detail: Any) -> None:
        """Note one mistake."""
        self.found.append(FieldError(where, "definition", detail))


def check_shape(row: Any, where: str, problems: Problems) -> bool:
    """Whether ``row`` has a key and a known type; attributes that its type does not have are noted."""
    if not isinstance(row, dict) or not _is_named(row):
        problems.add(where, _("A field has a key and a type: %(types)s.") % {"types": _listed(TYPES)})
        return False
    unknown = set(row) - COMMON - OWN[row["type"]]
    if unknown:
        problems.add(
            where,
            _("Unknown in a field of type “%(type)s”: %(names)s.")
            % {"type": row["type"], "names": _listed(unknown)},
        )
    if not isinstance(row.get("order", 100), int):
        problems.add(f"{where}.order", _("The order is a whole number."))
        row["order"] = 100
    return True


def _listed(words: Iterable[str]) -> str:
    return ", ".join(sorted(words))


def _is_named(row: dict[str, Any]) -> bool:
    return isinstance(row.get("key"), str) and isinstance(row.get("type"), str) and row["type"] in TYPES


def text_pair(value: Any, where: str, problems: Problems, *, needed: bool) -> tuple[str, str]:
    """Korean and English text of ``{"ko": …, "en": …}``; both are needed or none."""
    if value is None and not needed:
        return "", ""
    if not isinstance(value, dict) or set(value) != {"ko", "en"}:
        problems.add(where, _('Write the text in both languages: {"ko": "…", "en": "…"}.'))
        return "", ""
    texts = []
    for language in ("ko", "en"):
        try:
            text = clean(where, value[language], max_length=300)
        except RuleRefusedError as refusal:
            problems.add(f"{where}.{language}", refusal.detail)
            text = "?"
        if not text:
            problems.add(f"{where}.{language}", _("This text is missing."))
        texts.append(text)
    return texts[0], texts[1]


def money(value: Any, where: str, problems: Problems) -> Decimal:
    """An amount of the definition: text or whole number, never a float."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not _MONEY.match(str(value)):
        problems.add(where, _('Money is written as text or whole number, such as "1290000".'))
        return Decimal(0)
    return Decimal(str(value))


def bound(value: Any, where: str, problems: Problems) -> Decimal | None:
    """A limit of a number field, or None."""
    if value is None:
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal("NaN")
    if isinstance(value, bool) or not number.is_finite():
        problems.add(where, _("This must be a number."))
        return None
    return number


def check_literal(field: FormField, row: dict[str, Any], where: str, problems: Problems) -> None:
    """Note what is wrong with sizes, patterns and the default of a field."""
    size = row.get("max_length", 1)
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_TEXT:
        problems.add(
            f"{where}.max_length",
            _("The greatest length is a whole number up to %(most)s.") % {"most": MAX_TEXT},
        )
    if field.pattern and (not isinstance(field.pattern, str) or field.pattern not in PATTERNS):
        problems.add(f"{where}.pattern", _("Known patterns: %(names)s.") % {"names": _listed(PATTERNS)})
    if row.get("earliest", "today") != "today":
        problems.add(f"{where}.earliest", _('The earliest date can only be "today".'))
    if field.least is not None and field.most is not None and field.least > field.most:
        problems.add(f"{where}.min", _("The least value is above the greatest."))
    _check_default(field, row, where, problems)


def _check_default(field: FormField, row: dict[str, Any], where: str, problems: Problems) -> None:
    if isinstance(row.get("default"), dict):
        if set(row["default"]) != {"user"} or field.default_path not in USER_PATHS:
            problems.add(f"{where}.default", _("Known paths: %(names)s.") % {"names": _listed(USER_PATHS)})
    elif field.default is not None and not _fits(field):
        problems.add(f"{where}.default", _("The default is not a value of this field."))
    if field.readonly.tree is True and field.required.tree is True and row.get("default") is None:
        problems.add(where, _("Nobody could fill this in: it is required and read-only without a default."))


def _fits(field: FormField) -> bool:
    value = field.default
    if field.type == "boolean":
        return isinstance(value, bool)
    if field.type == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    if field.type == "multi_choice":
        return isinstance(value, list) and all(isinstance(v, str) and field.choice(v) for v in value)
    if not isinstance(value, str):
        return False
    if field.type == "choice":
        return field.choice(value) is not None
    return field.type != "date" or _is_date(value)


def _is_date(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
