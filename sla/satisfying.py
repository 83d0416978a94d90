"""Whether conditions can hold together at all: tried on every combination of values that makes a difference.

For tests of a field against fixed values, a few values per field stand for all: the fixed ones, their
neighbours, another text, nothing. The answer is exact for these; anything else is left undecided.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from core.conditions import Condition
from core.conditions.condition import LeafResult
from tickets import kinds
from tickets.choices import Channel, Level, Phase, Priority
from tickets.conditions import DICTIONARY

MOST_COMBINATIONS = 20_000
_NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
_DECIDABLE = frozenset({"eq", "ne", "in", "nin", "lt", "lte", "gt", "gte", "between", "empty", "nempty"})
_OTHER = "\x01another"  # a text that no condition names
# Fields that always have one of these values.
_DOMAINS: dict[str, Sequence[Any]] = {
    "priority": Priority.values,
    "impact": Level.values,
    "urgency": Level.values,
    "phase": Phase.values,
    "channel": Channel.values,
}
# Of each type some value, for fields that are only asked whether there is one.
_EXAMPLES: dict[str, tuple[Any, ...]] = {"number": (0,), "datetime": (_NOW,), "date": (_NOW.date(),)}
_STATE, _PHASE, _KIND = "state", "phase", "kind"


def is_possible(kind: str, *, holds: Sequence[Condition], fails: Sequence[Condition]) -> bool | None:
    """Whether some ticket of this kind makes all of ``holds`` true and all of ``fails`` false.

    None when that is not decided: tests of a change, of one field against another, of a part of a text, or
    too many combinations.
    """
    leaves = [leaf for each in (*holds, *fails) for leaf in each.explain({}, now=_NOW)]
    if any(leaf.op not in _DECIDABLE or None in leaf.operands for leaf in leaves):
        return None
    choices = _choices(kind, leaves)
    if prod(len(values) for values in choices) > MOST_COMBINATIONS:
        return None
    return any(_fits(combination, holds, fails) for combination in product(*choices))


def _fits(
    combination: Iterable[dict[str, Any]], holds: Sequence[Condition], fails: Sequence[Condition]
) -> bool:
    values = {path: value for part in combination for path, value in part.items()}
    return all(each.test(values, now=_NOW) for each in holds) and not any(
        each.test(values, now=_NOW) for each in fails
    )


def _choices(kind: str, leaves: list[LeafResult]) -> list[list[dict[str, Any]]]:
    """For each field, or fields that hang together, what may be in them."""
    given: dict[str, set[Any]] = {}
    for leaf in leaves:
        given.setdefault(leaf.field, set()).update(leaf.operands)
    found = []
    if given.keys() & {_STATE, _PHASE} and (places := _places(kind)):
        found.append(places)
        given.pop(_STATE, None)
        given.pop(_PHASE, None)
    for path, operands in given.items():
        values = [kind] if path == _KIND else _DOMAINS.get(path) or _around(path, operands)
        found.append([{path: value} for value in values])
    return found


def _places(kind: str) -> list[dict[str, Any]]:
    """The states of a known kind, each with its phase."""
    try:
        phases = kinds.get(kind).model.PHASES
    except KeyError:
        return []
    return [{_STATE: str(state), _PHASE: str(phase)} for state, phase in phases.items()]


def _around(path: str, operands: set[Any]) -> list[Any]:
    """The values named, those beside them, one that is not named, and none."""
    field = DICTIONARY.get(path)
    if field is not None and field.type == "boolean":
        return [True, False, None]
    if field is not None and field.choices is not None:
        return [*field.choices, None]
    beside = {value for operand in operands for value in _beside(operand)}
    examples = _EXAMPLES.get(field.type, ("", _OTHER)) if field is not None else ()
    return [*sorted(beside.union(examples), key=repr), None]


def _beside(value: Any) -> list[Any]:
    if isinstance(value, dt.datetime):
        return [value - dt.timedelta(seconds=1), value, value + dt.timedelta(seconds=1)]
    if isinstance(value, dt.date):
        return [value - dt.timedelta(days=1), value, value + dt.timedelta(days=1)]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return [value - 1, value, value + 1]
    return [value]
