"""Conditions in words: each test as a sentence, groups as lists that say how many of them must hold."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats
from core.conditions.tree import duration

OPPOSITES = {"eq": "ne", "ne": "eq", "in": "nin", "nin": "in", "empty": "nempty", "nempty": "empty"}
_TIMES = frozenset({"date", "datetime"})
_SENTENCES: dict[str, str | Promise] = {
    "eq": gettext_lazy("%(field)s is %(value)s"),
    "ne": gettext_lazy("%(field)s is not %(value)s"),
    "in": gettext_lazy("%(field)s is one of %(value)s"),
    "nin": gettext_lazy("%(field)s is none of %(value)s"),
    "lt": gettext_lazy("%(field)s is less than %(value)s"),
    "lte": gettext_lazy("%(field)s is at most %(value)s"),
    "gt": gettext_lazy("%(field)s is more than %(value)s"),
    "gte": gettext_lazy("%(field)s is at least %(value)s"),
    "between": gettext_lazy("%(field)s is from %(value)s"),
    "contains": gettext_lazy("%(field)s contains %(value)s"),
    "starts": gettext_lazy("%(field)s begins with %(value)s"),
    "empty": gettext_lazy("%(field)s is empty"),
    "nempty": gettext_lazy("%(field)s is filled in"),
    "changed": gettext_lazy("%(field)s has just changed"),
    "changed_from": gettext_lazy("%(field)s has just changed from %(value)s"),
    "changed_to": gettext_lazy("%(field)s has just changed to %(value)s"),
}
_TIME_SENTENCES: dict[str, str | Promise] = {
    "lt": gettext_lazy("%(field)s is before %(value)s"),
    "lte": gettext_lazy("%(field)s is not after %(value)s"),
    "gt": gettext_lazy("%(field)s is after %(value)s"),
    "gte": gettext_lazy("%(field)s is not before %(value)s"),
}
_YES_NO_SENTENCES: dict[str, str | Promise] = {
    "eq": gettext_lazy("%(field)s: %(value)s"),
    "ne": gettext_lazy("%(field)s: not %(value)s"),
}
_LABELS: dict[str, str | Promise] = {
    "eq": gettext_lazy("is"),
    "ne": gettext_lazy("is not"),
    "in": gettext_lazy("is one of"),
    "nin": gettext_lazy("is none of"),
    "lt": gettext_lazy("is less than"),
    "lte": gettext_lazy("is at most"),
    "gt": gettext_lazy("is more than"),
    "gte": gettext_lazy("is at least"),
    "between": gettext_lazy("is from … to …"),
    "contains": gettext_lazy("contains"),
    "starts": gettext_lazy("begins with"),
    "empty": gettext_lazy("is empty"),
    "nempty": gettext_lazy("is filled in"),
    "changed": gettext_lazy("has just changed"),
    "changed_from": gettext_lazy("has just changed from"),
    "changed_to": gettext_lazy("has just changed to"),
}
_TIME_LABELS: dict[str, str | Promise] = {
    "lt": gettext_lazy("is before"),
    "lte": gettext_lazy("is not after"),
    "gt": gettext_lazy("is after"),
    "gte": gettext_lazy("is not before"),
}
_HEADINGS: dict[tuple[str, bool], str | Promise] = {
    ("all", True): gettext_lazy("All of these hold:"),
    ("any", True): gettext_lazy("At least one of these holds:"),
    ("all", False): gettext_lazy("Not all of these hold:"),
    ("any", False): gettext_lazy("None of these holds:"),
}


class Vocabulary(Protocol):
    """What the fields of one kind of record and their values are called."""

    def label(self, path: str) -> str:
        """The field in words."""

    def value(self, path: str, value: Any) -> str:
        """A value of that field in words."""

    def type_of(self, path: str) -> str:
        """The field's type, empty for a field that does not exist."""


@dataclass(frozen=True)
class Outline:
    """A condition as people read it: a sentence, or a heading over further ones."""

    text: str
    parts: tuple[Outline, ...] = ()


def operator_label(op: str, type_: str) -> str:
    """What an operator is called between a field of that type and its value."""
    labels = _LABELS | _TIME_LABELS if type_ in _TIMES else _LABELS
    return str(labels.get(op, op))


def outline(tree: Any, words: Vocabulary, *, holds: bool = True) -> Outline:
    """The condition as an outline; an absent one never holds, an empty one always does.

    ``holds`` False tells of its opposite. What is no condition is shown as it is.
    """
    if tree is None or tree == {}:
        return Outline(_("Always") if (tree is not None) == holds else _("Never"))
    if not isinstance(tree, dict):
        return Outline(_raw(tree))
    if "not" in tree:
        return outline(tree["not"], words, holds=not holds)
    for kind in ("all", "any"):
        parts = tree.get(kind)
        if isinstance(parts, list):
            if not parts:
                return outline({} if kind == "all" else None, words, holds=holds)
            if len(parts) == 1:
                return outline(parts[0], words, holds=holds)
            inner = tuple(outline(part, words) for part in parts)
            return Outline(str(_HEADINGS[kind, holds]), inner)
    return Outline(_sentence(tree, words, holds=holds))


def line(tree: Any, words: Vocabulary) -> str:
    """The condition in one line: groups in brackets after their heading."""
    return _flat(outline(tree, words))


def _flat(shown: Outline) -> str:
    if not shown.parts:
        return shown.text
    inner = "; ".join(f"({_flat(part)})" if part.parts else part.text for part in shown.parts)
    return f"{shown.text} {inner}"


def _sentence(leaf: dict[str, Any], words: Vocabulary, *, holds: bool) -> str:
    path, op = leaf.get("f"), leaf.get("op")
    if not isinstance(path, str) or not isinstance(op, str):
        return _raw(leaf)
    told = op if holds else OPPOSITES.get(op, op)
    sentence = _sentence_of(told, words.type_of(path))
    if not sentence:
        return _raw(leaf)
    label = words.label(path)
    is_yes_no = words.type_of(path) == "boolean" and told in _YES_NO_SENTENCES
    field = formats.josa(label, "이/가") if formats.is_korean() and not is_yes_no else label
    text = sentence % {"field": field, "value": _values(leaf, words)}
    if holds or told != op:
        return text
    return _("it is not so that %(condition)s") % {"condition": text}


def _sentence_of(op: str, type_: str) -> str:
    special = _TIME_SENTENCES if type_ in _TIMES else _YES_NO_SENTENCES if type_ == "boolean" else {}
    return str(special.get(op) or _SENTENCES.get(op, ""))


def _values(leaf: dict[str, Any], words: Vocabulary) -> str:
    path, given = str(leaf["f"]), leaf.get("v")
    if not isinstance(given, list):
        return _value(path, given, words)
    told = [_value(path, each, words) for each in given]
    if leaf.get("op") == "between" and len(told) == 2:
        return _("%(low)s to %(high)s") % {"low": told[0], "high": told[1]}
    return ", ".join(told)


def _value(path: str, given: Any, words: Vocabulary) -> str:
    if not isinstance(given, dict):
        return words.value(path, given)
    if isinstance(given.get("ref"), str):
        return words.label(given["ref"])
    try:
        seconds = duration(given.get("now")).total_seconds()
    except ValueError:
        return _raw(given)
    if not seconds:
        return _("now")
    span = formats.span(abs(seconds))
    return _("%(span)s ago") % {"span": span} if seconds < 0 else _("%(span)s from now") % {"span": span}


def _raw(given: Any) -> str:
    return json.dumps(given, ensure_ascii=False)
