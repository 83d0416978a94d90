"""A condition as a Django ``Q``: for lists, reports and mass re-evaluation.

Every leaf is two-valued: SQL's third value would turn a ``not`` over an empty column into "unknown", where
Python says true. So each comparison also demands that both sides are there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db.models import BooleanField, Expression, F, Q, Value
from django.db.models.lookups import (
    Contains,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    IsNull,
    LessThan,
    LessThanOrEqual,
    Lookup,
    StartsWith,
)
from django.utils.translation import gettext as _

from core.conditions.dictionary import STRINGS, Dictionary
from core.conditions.tree import BadConditionError, FromNow, Leaf, Literal, Node, Operand
from core.errors import FieldError

Side = F | Value

_ORDER: dict[str, type[Lookup[Any]]] = {
    "lt": LessThan,
    "lte": LessThanOrEqual,
    "gt": GreaterThan,
    "gte": GreaterThanOrEqual,
}


def filter_of(node: Node, dictionary: Dictionary, now: dt.datetime) -> Q:
    """The condition as a filter. Raises BadConditionError for a test without SQL form (``changed``)."""
    if isinstance(node, Leaf):
        return _leaf(node, dictionary, now)
    parts = [filter_of(part, dictionary, now) for part in node.parts]
    if node.kind == "not":
        return ~parts[0]
    if node.kind == "all":
        return _join(parts, Q.AND) if parts else _constant(value=True)
    return _join(parts, Q.OR) if parts else _constant(value=False)


def _join(parts: list[Q], how: str) -> Q:
    return Q(*parts, _connector=how)


def _constant(*, value: bool) -> Q:
    return Q(Value(value, output_field=BooleanField()))


def _leaf(leaf: Leaf, dictionary: Dictionary, now: dt.datetime) -> Q:
    if leaf.field.type == "list":
        build = _ON_LISTS.get(leaf.op)
    else:
        build = _ORDERED if leaf.op in _ORDER else _ON_VALUES.get(leaf.op)
    if build is not None:
        return build(leaf, now)
    special = dictionary.tests.get(leaf.op)
    if special is None or special.q is None:
        text = _("“%(op)s” cannot be used in a list or report.") % {"op": leaf.op}
        raise BadConditionError(errors=[FieldError(leaf.where, "no_sql", text)])
    return Q(_present(F(leaf.field.column))) & special.q(leaf.field.column, _literals(leaf)[0])


def _present(side: Side) -> Expression:
    return IsNull(side, False)  # noqa: FBT003 - the lookup's own signature


def _side(operand: Operand, now: dt.datetime) -> Side:
    if isinstance(operand, Literal):
        return Value(operand.value)
    if isinstance(operand, FromNow):
        return Value(now + operand.delta)
    return F(operand.field.column)


def _literals(leaf: Leaf) -> list[Any]:
    return [operand.value for operand in leaf.operands if isinstance(operand, Literal)]


def _compare(lookup: type[Lookup[Any]], leaf: Leaf, operand: Operand, now: dt.datetime) -> Q:
    column, other = F(leaf.field.column), _side(operand, now)
    both = [_present(side) for side in (column, other) if isinstance(side, F)]
    return Q(*both, lookup(column, other))


def _equal(leaf: Leaf, now: dt.datetime) -> Q:
    return _compare(Exact, leaf, leaf.operands[0], now)


def _unequal(leaf: Leaf, now: dt.datetime) -> Q:
    return ~_equal(leaf, now)


def _ORDERED(leaf: Leaf, now: dt.datetime) -> Q:  # noqa: N802 - stands beside the tables below
    return _compare(_ORDER[leaf.op], leaf, leaf.operands[0], now)


def _between(leaf: Leaf, now: dt.datetime) -> Q:
    low, high = leaf.operands
    return _compare(GreaterThanOrEqual, leaf, low, now) & _compare(LessThanOrEqual, leaf, high, now)


def _among(leaf: Leaf, _now: dt.datetime) -> Q:
    column = F(leaf.field.column)
    return Q(_present(column), In(column, [Value(value) for value in _literals(leaf)]))


def _not_among(leaf: Leaf, now: dt.datetime) -> Q:
    return ~_among(leaf, now)


def _contains(leaf: Leaf, _now: dt.datetime) -> Q:
    column = F(leaf.field.column)
    return Q(_present(column), Contains(column, _literals(leaf)[0]))


def _starts(leaf: Leaf, _now: dt.datetime) -> Q:
    column = F(leaf.field.column)
    return Q(_present(column), StartsWith(column, _literals(leaf)[0]))


def _empty(leaf: Leaf, _now: dt.datetime) -> Q:
    return ~_filled(leaf, _now)


def _filled(leaf: Leaf, _now: dt.datetime) -> Q:
    column = F(leaf.field.column)
    filled = Q(_present(column))
    return filled & ~Q(Exact(column, Value(""))) if leaf.field.type in STRINGS else filled


def _list_contains(leaf: Leaf, _now: dt.datetime) -> Q:
    column = leaf.field.column
    return Q(_present(F(column)), (f"{column}__contains", _literals(leaf)))


def _list_filled(leaf: Leaf, _now: dt.datetime) -> Q:
    column = leaf.field.column
    return Q(_present(F(column))) & ~Q((column, []))


def _list_empty(leaf: Leaf, now: dt.datetime) -> Q:
    return ~_list_filled(leaf, now)


_ON_VALUES: dict[str, Callable[[Leaf, dt.datetime], Q]] = {
    "eq": _equal,
    "ne": _unequal,
    "between": _between,
    "in": _among,
    "nin": _not_among,
    "contains": _contains,
    "starts": _starts,
    "empty": _empty,
    "nempty": _filled,
}
_ON_LISTS: dict[str, Callable[[Leaf, dt.datetime], Q]] = {
    "contains": _list_contains,
    "empty": _list_empty,
    "nempty": _list_filled,
}
