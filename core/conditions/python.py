"""A condition as a Python closure: for events, flows and clocks."""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterator
from typing import Any

from core.conditions.dictionary import Dictionary, Field
from core.conditions.tree import FromNow, Group, Leaf, Literal, Node, Operand, Ref

Closure = Callable[[Any, Any, dt.datetime], bool]
Reader = Callable[[Any, dt.datetime], Any]

_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt,
    "lte": operator.le,
    "gt": operator.gt,
    "gte": operator.ge,
}


def closure(node: Node, dictionary: Dictionary) -> Closure:
    """A function of (values, before, now) that says whether the condition holds."""
    if isinstance(node, Leaf):
        return leaf_closure(node, dictionary)
    parts = tuple(closure(part, dictionary) for part in node.parts)
    if node.kind == "not":
        inner = parts[0]
        return lambda values, before, now: not inner(values, before, now)
    return _first(parts, stop=node.kind == "any")


def _first(parts: tuple[Closure, ...], *, stop: bool) -> Closure:
    """``stop`` as soon as a part says so: any for True, all for False."""

    def evaluate(values: Any, before: Any, now: dt.datetime) -> bool:
        for part in parts:
            if part(values, before, now) is stop:
                return stop
        return not stop

    return evaluate


def leaf_closure(leaf: Leaf, dictionary: Dictionary) -> Closure:
    """The same for one test. On no value every operator but empty, ne, nin and changed is false (DX-2)."""
    if leaf.op in _CHANGES:
        return _changed(leaf)
    test = _test(leaf, dictionary)
    read = leaf.field.read
    return lambda values, _before, now: test(read(values), values, now)


def operand_reader(operand: Operand) -> Reader:
    """A function of (values, now) that gives the operand's value."""
    if isinstance(operand, Literal):
        value = operand.value
        return lambda _values, _now: value
    if isinstance(operand, FromNow):
        delta = operand.delta
        return lambda _values, now: now + delta
    read = operand.field.read
    return lambda values, _now: read(values)


def _test(leaf: Leaf, dictionary: Dictionary) -> Callable[[Any, Any, dt.datetime], bool]:
    """A function of (value, values, now)."""
    if leaf.op in _BUILDERS:
        return _BUILDERS[leaf.op](leaf)
    if leaf.op in _ORDER:
        return _ordered(leaf)
    check, key = dictionary.tests[leaf.op].check, _only(leaf).value
    return lambda value, _values, _now: value is not None and check(value, key)


def _only(leaf: Leaf) -> Literal:
    operand = leaf.operands[0]
    assert isinstance(operand, Literal)  # noqa: S101 - the parser lets nothing else through
    return operand


def _equal(leaf: Leaf) -> Callable[[Any, Any, dt.datetime], bool]:
    other = operand_reader(leaf.operands[0])

    def equal(value: Any, values: Any, now: dt.datetime) -> bool:
        return value is not None and bool(value == other(values, now))

    return equal


def _unequal(leaf: Leaf) -> Callable[[Any, Any, dt.datetime], bool]:
    equal = _equal(leaf)
    return lambda value, values, now: not equal(value, values, now)


def _ordered(leaf: Leaf) -> Callable[[Any, Any, dt.datetime], bool]:
    compare, other = _ORDER[leaf.op], operand_reader(leaf.operands[0])

    def ordered(value: Any, values: Any, now: dt.datetime) -> bool:
        against = other(values, now)
        return value is not None and against is not None and compare(value, against)

    return ordered


def _between(leaf: Leaf) -> Callable[[Any, Any, dt.datetime], bool]:
    low, high = (operand_reader(operand) for operand in leaf.operands)

    def between(value: Any, values: Any, now: dt.datetime) -> bool:
        least, most = low(values, now), high(values, now)
        return None not in (value, least, most) and bool(least <= value <= most)

    return between


def _among(leaf: Leaf) -> Callable[[Any, Any, dt.datetime], bool]:
    known = frozenset(operand.value for operand in leaf.operands if isinstance(operand, Literal))
    return lambda value, _values, _now: value is not None and value in known


def _not_among(leaf: Leaf) -> Callable[[Any, Any, dt.datetime], bool]:
    among = _among(leaf)
    return lambda value, values, now: not among(value, values, now)


def _contains(leaf: Leaf) -> Callable[[Any, Any, dt.datetime], bool]:
    wanted = _only(leaf).value
    return lambda value, _values, _now: value is not None and wanted in value


def _starts(leaf: Leaf) -> Callable[[Any, Any, dt.datetime], bool]:
    wanted = _only(leaf).value
    return lambda value, _values, _now: value is not None and value.startswith(wanted)


def is_empty(value: Any) -> bool:
    """Whether there is no value: none at all, an empty text or an empty list."""
    return value is None or value in ("", [])


def _changed(leaf: Leaf) -> Closure:
    return _CHANGES[leaf.op](leaf.field, _only(leaf).value if leaf.operands else None)


def _any_change(field: Field, _wanted: Any) -> Closure:
    def changed(values: Any, before: Any, _now: dt.datetime) -> bool:
        if before is None:
            return not is_empty(field.read(values))
        return bool(field.read(values) != field.read_before(values, before))

    return changed


def _change_from(field: Field, wanted: Any) -> Closure:
    def changed_from(values: Any, before: Any, _now: dt.datetime) -> bool:
        if before is None:
            return False
        return bool(field.read_before(values, before) == wanted != field.read(values))

    return changed_from


def _change_to(field: Field, wanted: Any) -> Closure:
    def changed_to(values: Any, before: Any, _now: dt.datetime) -> bool:
        if field.read(values) != wanted:
            return False
        return before is None or bool(field.read_before(values, before) != wanted)

    return changed_to


_CHANGES: dict[str, Callable[[Field, Any], Closure]] = {
    "changed": _any_change,
    "changed_from": _change_from,
    "changed_to": _change_to,
}
_BUILDERS: dict[str, Callable[[Leaf], Callable[[Any, Any, dt.datetime], bool]]] = {
    "eq": _equal,
    "ne": _unequal,
    "between": _between,
    "in": _among,
    "nin": _not_among,
    "contains": _contains,
    "starts": _starts,
    "empty": lambda _leaf: lambda value, _values, _now: is_empty(value),
    "nempty": lambda _leaf: lambda value, _values, _now: not is_empty(value),
}


def paths(node: Node) -> frozenset[str]:
    """The fields a condition reads."""
    if isinstance(node, Group):
        return frozenset[str]().union(*(paths(part) for part in node.parts))
    refs = {operand.field.path for operand in node.operands if isinstance(operand, Ref)}
    return frozenset({node.field.path, *refs})


def leaves(node: Node) -> list[Leaf]:
    """The tests of a condition, in the order they are written."""
    if isinstance(node, Leaf):
        return [node]
    return [leaf for part in node.parts for leaf in leaves(part)]


def folded(node: Node, outcomes: Iterator[bool]) -> bool:
    """What the outcomes of the tests, in the order of ``leaves``, amount to."""
    if isinstance(node, Leaf):
        return next(outcomes)
    parts = [folded(part, outcomes) for part in node.parts]
    if node.kind == "not":
        return not parts[0]
    return any(parts) if node.kind == "any" else all(parts)
