"""A condition as rows of field, operator and value that people edit in a form, and as text for the rest."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from core.conditions import OPERATORS, OPPOSITES, Field
from core.conditions.dictionary import as_type
from tickets.conditions import DICTIONARY

ALL, ANY, ALWAYS = "all", "any", "always"
AS_ROWS, AS_TEXT = "rows", "text"
NO_VALUE = frozenset({"empty", "nempty", "changed"})
SEVERAL = frozenset({"in", "nin"})
MOST_ROWS = 50
LONGEST_TEXT = 200_000
_LOCAL = "%Y-%m-%dT%H:%M"


@dataclass(frozen=True)
class Row:
    """One test as it was typed; ``values`` are texts."""

    field: str = ""
    op: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True)
class Typed:
    """One condition as it stands in a form: as rows, or as JSON text where rows cannot say it."""

    mode: str = AS_ROWS
    join: str = ALL
    rows: tuple[Row, ...] = ()
    text: str = ""


class BadRowError(ValueError):
    """What is wrong with a row or the text; the message is for people."""


def typed(tree: Any) -> Typed:
    """The condition for a form; one that rows cannot say is shown as text."""
    return as_rows(tree) or Typed(mode=AS_TEXT, text=written(tree))


def as_rows(tree: Any) -> Typed | None:
    """The condition as rows, or None where they cannot say it: deeper groups, comparisons of two fields."""
    if tree is None:
        return Typed()
    if tree == {}:
        return Typed(join=ALWAYS)
    if not isinstance(tree, dict):
        return None
    join, parts = ALL, [tree]
    for kind in (ALL, ANY):
        if isinstance(tree.get(kind), list) and tree[kind]:
            join, parts = kind, tree[kind]
    rows = [_row_of(part) for part in parts]
    found = tuple(row for row in rows if row is not None)
    return Typed(join=join, rows=found) if len(found) == len(rows) <= MOST_ROWS else None


def tree_of(given: Typed) -> Any:
    """The condition that was typed; None when nothing was. Raises BadRowError, naming the row."""
    if given.mode == AS_TEXT:
        return parsed(given.text)
    if given.join == ALWAYS:
        return {}
    rows = [(number, row) for number, row in enumerate(given.rows, 1) if row.field]
    leaves = [_leaf(row, number) for number, row in rows]
    if len(leaves) < 2:
        return leaves[0] if leaves else None
    return {given.join: leaves}


def written(tree: Any) -> str:
    """The condition as JSON that people read and edit; empty for an absent one."""
    return "" if tree is None else json.dumps(_in_order(tree), ensure_ascii=False, indent=2)


def _in_order(tree: Any) -> Any:
    """The keys of a test as people say them: field, operator, value; the database keeps no order."""
    if isinstance(tree, list):
        return [_in_order(part) for part in tree]
    if not isinstance(tree, dict):
        return tree
    first = [name for name in ("f", "op", "v") if name in tree]
    return {name: _in_order(tree[name]) for name in dict.fromkeys([*first, *tree])}


def operators_of(path: str) -> list[str]:
    """The operators a field takes, in the order they are offered."""
    field = DICTIONARY.get(path)
    return [] if field is None else [op for op, types in OPERATORS.items() if field.type in types]


# Between form data and what was typed


def read(data: MultiValueDict[str, Any], name: str) -> Typed:
    """What was typed for the condition ``name``; whatever else was sent is left out."""

    def rows() -> Iterator[Row]:
        for number in range(_count(str(data.get(f"{name}-count", "")))):
            place = f"{name}-{number}"
            values = tuple(str(value) for value in data.getlist(f"{place}-value"))
            yield Row(str(data.get(f"{place}-field", "")), str(data.get(f"{place}-op", "")), values)

    join, mode = str(data.get(f"{name}-join", ALL)), str(data.get(f"{name}-mode", AS_ROWS))
    return Typed(
        mode=mode if mode in {AS_ROWS, AS_TEXT} else AS_ROWS,
        join=join if join in {ALL, ANY, ALWAYS} else ALL,
        rows=tuple(rows()),
        text=str(data.get(f"{name}-text", "")),
    )


def write(data: MultiValueDict[str, Any], name: str, given: Typed) -> None:
    """Put what was typed into form data, in place of what is there for ``name``."""
    for key in [key for key in data if key.startswith(f"{name}-")]:
        del data[key]
    data[f"{name}-mode"], data[f"{name}-join"], data[f"{name}-text"] = given.mode, given.join, given.text
    data[f"{name}-count"] = str(len(given.rows))
    for number, row in enumerate(given.rows):
        place = f"{name}-{number}"
        data[f"{place}-field"], data[f"{place}-op"] = row.field, row.op
        data.setlist(f"{place}-value", list(row.values))


def edited(given: Typed, step: str, number: str = "") -> Typed:
    """What was typed after a step of editing: ``add``, ``drop`` a row, go on as ``text`` or as ``rows``.

    Any other step leaves it: the form is only shown anew. Raises BadRowError when it cannot be shown so.
    """
    if step == "add":
        join = ALL if given.join == ALWAYS else given.join
        return replace(given, join=join, rows=(*given.rows, Row())[:MOST_ROWS])
    if step == "drop":
        kept = [row for place, row in enumerate(given.rows) if str(place) != number]
        return replace(given, rows=tuple(kept))
    if step == AS_TEXT and given.mode == AS_ROWS:
        return Typed(mode=AS_TEXT, text=written(tree_of(given)))
    if step == AS_ROWS and given.mode == AS_TEXT:
        found = as_rows(tree_of(given))
        if found is None:
            raise BadRowError(_("Rows cannot say this: it has groups in groups, or compares two fields."))
        return found
    return given


def _count(text: str) -> int:
    return min(int(text), MOST_ROWS) if text.isascii() and text.isdigit() and len(text) < 5 else 0


# Between a row and a test


def _row_of(node: Any) -> Row | None:
    """The test as a row, if the row says just the same."""
    if not isinstance(node, dict):
        return None
    leaf = node
    if node.keys() == {"not"} and isinstance(node["not"], dict) and node["not"].get("op") in OPPOSITES:
        leaf = node["not"] | {"op": OPPOSITES[node["not"]["op"]]}
    field = DICTIONARY.get(str(leaf.get("f")))
    op = leaf.get("op")
    if field is None or op not in operators_of(field.path):
        return None
    given = leaf.get("v")
    listed = given if isinstance(given, list) else [] if "v" not in leaf else [given]
    row = Row(field.path, str(op), tuple(_text(field, value) for value in listed))
    try:
        return row if _leaf(row, 1) == leaf else None
    except BadRowError:
        return None


def _leaf(row: Row, number: int) -> dict[str, Any]:
    """The test that a row says. Raises BadRowError naming the row."""
    try:
        return _tested(row)
    except BadRowError as mistake:
        words = {"number": number, "mistake": mistake}
        raise BadRowError(_("Row %(number)s: %(mistake)s") % words) from mistake


def _tested(row: Row) -> dict[str, Any]:
    field = DICTIONARY.get(row.field)
    if field is None:
        raise BadRowError(_("There is no field “%(path)s” here.") % {"path": row.field[:80]})
    if row.op not in operators_of(row.field):
        raise BadRowError(_("Choose how the field is compared."))
    leaf: dict[str, Any] = {"f": row.field, "op": row.op}
    return leaf if row.op in NO_VALUE else leaf | {"v": _operand(field, row)}


def _operand(field: Field, row: Row) -> Any:
    given = [text.strip() for text in row.values if text.strip()]
    if row.op in SEVERAL:
        given = [piece.strip() for text in given for piece in text.split(",") if piece.strip()]
        if not given:
            raise BadRowError(_("Give at least one value."))
        return [_value(field, text) for text in given]
    wanted = 2 if row.op == "between" else 1
    if len(given) != wanted:
        raise BadRowError(_("Give two values.") if wanted == 2 else _("Give a value."))
    values = [_value(field, text) for text in given]
    return values if wanted == 2 else values[0]


def _value(field: Field, text: str) -> Any:
    """The text as a value of the field's type. Raises BadRowError."""
    if field.type == "number":
        return _number(text)
    if field.type == "boolean":
        if text not in {"true", "false"}:
            raise BadRowError(_("Choose yes or no."))
        return text == "true"
    if field.type == "datetime":
        return _moment(text)
    return text


def _number(text: str) -> int | float:
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise BadRowError(_("“%(text)s” is no number.") % {"text": text[:40]}) from error
    if not value.is_finite() or abs(value.adjusted()) > 17:
        raise BadRowError(_("“%(text)s” is no number.") % {"text": text[:40]})
    return int(value) if value == value.to_integral_value() else float(value)


def _moment(text: str) -> str:
    try:
        local = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRowError(_("“%(text)s” is no date with a time.") % {"text": text[:40]}) from error
    return (local if local.tzinfo else timezone.make_aware(local)).isoformat()


def _text(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if field.type == "datetime":
        moment = as_type("datetime", value)
        return "" if moment is None else timezone.localtime(moment).strftime(_LOCAL)
    return str(value)


def parsed(text: str) -> Any:
    """What the JSON says; None for an empty text. Raises BadRowError saying where it is wrong."""
    if not text.strip():
        return None
    if len(text) > LONGEST_TEXT:
        raise BadRowError(_("This text is too long."))
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        words = {"line": error.lineno, "column": error.colno}
        raise BadRowError(_("This is no JSON: look at line %(line)s, column %(column)s.") % words) from error
    except (ValueError, RecursionError) as error:
        raise BadRowError(_("This is no JSON.")) from error


def _refuse(name: str) -> None:
    raise ValueError(name)
