"""A compiled condition, and its explanation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from core.conditions.dictionary import Dictionary
from core.conditions.python import Closure, closure, folded, leaf_closure, leaves, operand_reader, paths
from core.conditions.sql import filter_of
from core.conditions.tree import Node, parse


@dataclass(frozen=True)
class LeafResult:
    """How one test came out: its place in the tree, what was compared with what, and the verdict."""

    where: str
    field: str
    op: str
    operands: tuple[Any, ...]
    value: Any
    before: Any
    holds: bool


class Condition:
    """A condition tree, checked once and then evaluated in Python or SQL with one meaning (DOMAIN DX-1)."""

    def __init__(self, tree: Any, node: Node, dictionary: Dictionary) -> None:
        """Made by ``compile_condition``."""
        self.tree = tree
        self.fields = paths(node)
        self._node = node
        self._dictionary = dictionary
        self._closure: Closure = closure(node, dictionary)

    def test(self, values: Any, *, now: dt.datetime, before: Any = None) -> bool:
        """Whether the record (or dict) ``values`` fulfils the condition at ``now``.

        ``before`` holds the old values for ``changed…``; None means that the record is new.
        """
        return self._closure(values, before, now)

    def q(self, *, now: dt.datetime) -> Q:
        """The same as a filter. Raises BadConditionError when a test has no SQL form (``changed…``)."""
        return filter_of(self._node, self._dictionary, now)

    def explain(self, values: Any, *, now: dt.datetime, before: Any = None) -> list[LeafResult]:
        """Every test with its value and verdict, in the order they are written."""
        return [
            LeafResult(
                where=leaf.where,
                field=leaf.field.path,
                op=leaf.op,
                operands=tuple(operand_reader(operand)(values, now) for operand in leaf.operands),
                value=leaf.field.read(values),
                before=None if before is None else leaf.field.read_before(values, before),
                holds=leaf_closure(leaf, self._dictionary)(values, before, now),
            )
            for leaf in leaves(self._node)
        ]

    def verdict(self, results: Sequence[LeafResult]) -> bool:
        """What the outcomes of ``explain`` amount to: the same as ``test`` says of that record."""
        return folded(self._node, iter([result.holds for result in results]))


def compile_condition(tree: Any, dictionary: Dictionary) -> Condition:
    """The condition that ``tree`` writes down over ``dictionary``'s fields. ``{}`` always holds.

    Raises BadConditionError with one entry per mistake: unknown field or operator, a value of the wrong type,
    deeper than 12, more than 200 tests, lists over 500 values.
    """
    return Condition(tree, parse(tree, dictionary), dictionary)
