"""Conditions of branches: the platform's one condition language over the names of a run (DOMAIN 2)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from core.conditions import BadConditionError, Condition, Dictionary, Field, compile_condition
from core.conditions.dictionary import MAX_HOPS, as_type

_BY_OPERATOR = {"contains": "text", "starts": "text", "empty": "text", "nempty": "text"}


@lru_cache(maxsize=2048)
def _compile(text: str) -> Condition:
    tree = json.loads(text)
    types: dict[str, str] = {}
    for leaf in leaves(tree):
        for path in paths(leaf):
            types.setdefault(path, type_of(leaf))
    return compile_condition(tree, Dictionary(Field(path, type_) for path, type_ in types.items()))


def compiled(tree: Any) -> Condition:
    """The condition for ``tree``, compiled once per process. Raises BadConditionError.

    A name has the type of the value it is compared with: a number, a yes or no, an instant, else a text.
    """
    return _compile(json.dumps(tree, sort_keys=True))


def leaves(tree: Any) -> Iterator[dict[str, Any]]:
    """The tests of a tree that may still be malformed."""
    if isinstance(tree, list):
        for part in tree:
            yield from leaves(part)
    elif isinstance(tree, dict) and "f" in tree:
        yield tree
    elif isinstance(tree, dict):
        for part in tree.values():
            yield from leaves(part)


def paths(leaf: dict[str, Any]) -> Iterator[str]:
    """The names a test reads, as far as they are texts the engine can walk."""
    value = leaf.get("v")
    for path in (leaf.get("f"), value.get("ref") if isinstance(value, dict) else None):
        if isinstance(path, str) and all(path.split(".")) and path.count(".") <= MAX_HOPS:
            yield path


def type_of(leaf: dict[str, Any]) -> str:
    """The type a test gives to its names."""
    value = leaf.get("v")
    sample = value[0] if isinstance(value, list) and value else value
    if isinstance(sample, bool):
        return "boolean"
    if isinstance(sample, int | float):
        return "number"
    if isinstance(sample, dict):
        return "datetime" if "now" in sample else "number" if str(leaf.get("op")) in _ORDERED else "text"
    if str(leaf.get("op")) in _ORDERED:
        return "datetime" if as_type("datetime", sample) else "date"
    return _BY_OPERATOR.get(str(leaf.get("op")), "text")


_ORDERED = frozenset({"lt", "lte", "gt", "gte", "between"})
__all__ = ["BadConditionError", "compiled", "leaves", "paths"]
