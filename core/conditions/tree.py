"""Reading a condition tree: JSON becomes typed nodes, or a refusal that names every mistake and its place."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.conditions.dictionary import ORDERED, STRINGS, TYPES, Dictionary, Field, as_type
from core.errors import DomainError, FieldError

MAX_DEPTH = 12
MAX_LEAVES = 200
MAX_LIST = 500
MAX_TEXT = 4_000
MAX_NUMBER = 10**18
_MAX_SECONDS = 100 * 366 * 86_400
_DURATION = re.compile(
    r"(?P<sign>[+-]?)P(?:(?P<weeks>\d{1,5})W)?(?:(?P<days>\d{1,6})D)?"
    r"(?:T(?:(?P<hours>\d{1,7})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?"
)

_COMPARABLE = STRINGS | ORDERED | {"boolean"}
OPERATORS: dict[str, frozenset[str]] = {
    "eq": _COMPARABLE,
    "ne": _COMPARABLE,
    "in": STRINGS | {"number", "date"},
    "nin": STRINGS | {"number", "date"},
    "lt": ORDERED,
    "lte": ORDERED,
    "gt": ORDERED,
    "gte": ORDERED,
    "between": ORDERED,
    "contains": frozenset({"text", "list"}),
    "starts": frozenset({"text"}),
    "empty": TYPES,
    "nempty": TYPES,
    "changed": TYPES,
    "changed_from": _COMPARABLE,
    "changed_to": _COMPARABLE,
}
_BARE = frozenset({"empty", "nempty", "changed"})
_FIXED = frozenset({"in", "nin", "contains", "starts", "changed_from", "changed_to"})


class BadConditionError(DomainError):
    """The tree is no legal condition; ``errors`` has one entry per mistake, named by place in the tree."""

    status = 422
    code = "bad_condition"


@dataclass(frozen=True)
class Literal:
    """A value written in the tree."""

    value: Any


@dataclass(frozen=True)
class Ref:
    """The value of another field of the same record."""

    field: Field


@dataclass(frozen=True)
class FromNow:
    """An instant relative to the evaluation."""

    delta: dt.timedelta


Operand = Literal | Ref | FromNow


@dataclass(frozen=True)
class Leaf:
    """One test of one field. ``where`` is its place in the tree, such as ``all.0``."""

    where: str
    field: Field
    op: str
    operands: tuple[Operand, ...]


@dataclass(frozen=True)
class Group:
    """``all``, ``any`` or ``not`` of further nodes."""

    kind: str
    parts: tuple[Node, ...]


Node = Leaf | Group


class _MistakeError(Exception):
    """One thing wrong in the tree, raised to the node that holds it."""

    def __init__(self, where: str, code: str, detail: str) -> None:
        super().__init__(detail)
        self.error = FieldError(where, code, detail)


def parse(tree: Any, dictionary: Dictionary) -> Node:
    """The typed nodes of ``tree``; an empty object always holds. Raises BadConditionError."""
    if tree == {}:
        return Group("all", ())
    parser = _Parser(dictionary)
    node = parser.node(tree, "", 1)
    if parser.leaves > MAX_LEAVES:
        text = _("A condition has at most %(max)s tests; this one has %(count)s.")
        parser.errors.append(FieldError("", "too_many", text % {"max": MAX_LEAVES, "count": parser.leaves}))
    if parser.errors or node is None:
        raise BadConditionError(errors=parser.errors)
    return node


class _Parser:
    """One reading of one tree; collects mistakes instead of stopping at the first."""

    def __init__(self, dictionary: Dictionary) -> None:
        self.dictionary = dictionary
        self.errors: list[FieldError] = []
        self.leaves = 0

    def node(self, tree: Any, where: str, depth: int) -> Node | None:
        """The node, or None after noting what is wrong with it."""
        try:
            return self._node(tree, where, depth)
        except _MistakeError as mistake:
            self.errors.append(mistake.error)
            return None

    def _node(self, tree: Any, where: str, depth: int) -> Node | None:
        if depth > MAX_DEPTH:
            text = _("Conditions nest at most %(max)s deep.")
            raise _MistakeError(where, "too_deep", text % {"max": MAX_DEPTH})
        if not isinstance(tree, dict):
            raise _MistakeError(where, "no_node", _("Expected a condition here."))
        kinds = tree.keys() & {"all", "any", "not"}
        if not kinds:
            return self._leaf(tree, where)
        if len(tree) > 1:
            text = _("A group has one of all, any and not, and nothing else.")
            raise _MistakeError(where, "no_node", text)
        kind = kinds.pop()
        return self._group(kind, tree[kind], _place(where, kind), depth)

    def _group(self, kind: str, content: Any, where: str, depth: int) -> Group | None:
        if kind == "not":
            inner = self.node(content, where, depth + 1)
            return None if inner is None else Group("not", (inner,))
        if not isinstance(content, list) or len(content) > MAX_LEAVES:
            text = _("Expected a list of at most %(max)s conditions.")
            raise _MistakeError(where, "no_list", text % {"max": MAX_LEAVES})
        parts = [self.node(part, f"{where}.{at}", depth + 1) for at, part in enumerate(content)]
        return Group(kind, tuple(part for part in parts if part is not None))

    def _leaf(self, tree: dict[str, Any], where: str) -> Leaf:
        self.leaves += 1
        if "f" not in tree or not tree.keys() <= {"f", "op", "v"}:
            raise _MistakeError(where, "no_node", _("A test has f, op and v, and nothing else."))
        field = self._field(tree["f"], _place(where, "f"))
        op = tree.get("op")
        special = self.dictionary.tests.get(op) if isinstance(op, str) else None
        if special is not None and special.applies_to(field):
            return Leaf(where, field, str(op), (self._key(tree.get("v"), _place(where, "v")),))
        if not isinstance(op, str) or field.type not in OPERATORS.get(op, ()):
            text = _("“%(op)s” is no operator for %(field)s.")
            raise _MistakeError(_place(where, "op"), "operator", text % {"op": op, "field": field.path})
        return Leaf(where, field, op, self._operands(tree, field, op, _place(where, "v")))

    def _field(self, path: Any, where: str) -> Field:
        field = self.dictionary.get(path) if isinstance(path, str) else None
        if field is None:
            text = _("There is no field “%(path)s” here.")
            raise _MistakeError(where, "unknown_field", text % {"path": str(path)[:80]})
        return field

    def _key(self, raw: Any, where: str) -> Literal:
        if not isinstance(raw, str) or not 0 < len(raw) <= 120 or not _is_storable(raw):
            raise _MistakeError(where, "type", _("Expected the key of a record."))
        return Literal(raw)

    def _operands(self, tree: dict[str, Any], field: Field, op: str, where: str) -> tuple[Operand, ...]:
        if op in _BARE:
            if "v" in tree:
                raise _MistakeError(where, "unexpected", _("This operator takes no value."))
            return ()
        if "v" not in tree:
            raise _MistakeError(where, "required", _("This operator needs a value."))
        raw = tree["v"]
        if op in {"in", "nin"}:
            return tuple(_literal(field, each, where) for each in _list(raw, where, 1, MAX_LIST))
        if op == "between":
            return tuple(self._operand(field, op, each, where) for each in _list(raw, where, 2, 2))
        return (self._operand(field, op, raw, where),)

    def _operand(self, field: Field, op: str, raw: Any, where: str) -> Operand:
        if not isinstance(raw, dict):
            return _literal(field, raw, where, nonempty=op in {"contains", "starts"})
        if op in _FIXED:
            raise _MistakeError(where, "type", _("This operator needs a fixed value."))
        if raw.keys() == {"ref"}:
            other = self._field(raw["ref"], where)
            if other.family != field.family:
                text = _("%(other)s cannot be compared with %(field)s.")
                raise _MistakeError(where, "type", text % {"other": other.path, "field": field.path})
            return Ref(other)
        if raw.keys() == {"now"} and field.type == "datetime":
            try:
                return FromNow(duration(raw["now"]))
            except ValueError as error:
                raise _MistakeError(where, "type", str(error)) from error
        raise _MistakeError(where, "type", _wrong_type(field))


def duration(raw: Any) -> dt.timedelta:
    """The span that an ISO 8601 text such as ``+PT2H``, ``-P1DT30M`` or ``P2W`` stands for.

    Raises ValueError, with a text for people, for anything else and beyond a hundred years.
    """
    found = _DURATION.fullmatch(raw) if isinstance(raw, str) else None
    if found is None or raw[-1] in "PT":
        raise ValueError(_("Expected a length of time such as +PT2H or -P1D."))
    parts = {unit: int(found[unit] or 0) for unit in ("weeks", "days", "hours", "minutes", "seconds")}
    span = dt.timedelta(**parts)
    if span.total_seconds() > _MAX_SECONDS:
        raise ValueError(_("At most a hundred years are possible."))
    return -span if found["sign"] == "-" else span


def _list(raw: Any, where: str, least: int, most: int) -> list[Any]:
    if not isinstance(raw, list) or not least <= len(raw) <= most:
        text = _("Expected a list of %(least)s to %(most)s values.")
        raise _MistakeError(where, "no_list", text % {"least": least, "most": most})
    return raw


def _literal(field: Field, raw: Any, where: str, *, nonempty: bool = False) -> Literal:
    type_ = "text" if field.type == "list" else field.type
    value = as_type(type_, raw)
    if value is None or (nonempty and value == ""):
        raise _MistakeError(where, "type", _wrong_type(field))
    _check_range(value, where)
    if field.choices is not None and value not in field.choices:
        text = _("“%(value)s” is not one of the choices of %(field)s.")
        raise _MistakeError(where, "choice", text % {"value": str(value)[:80], "field": field.path})
    return Literal(value)


def _check_range(value: Any, where: str) -> None:
    if isinstance(value, str) and (len(value) > MAX_TEXT or not _is_storable(value)):
        text = _("This text is too long or holds a character that cannot be stored.")
        raise _MistakeError(where, "range", text)
    if isinstance(value, dt.date) and value.year not in range(1900, 2201):
        raise _MistakeError(where, "range", _("Years from 1900 to 2200 are possible."))
    if isinstance(value, int | Decimal) and not -MAX_NUMBER < value < MAX_NUMBER:
        raise _MistakeError(where, "range", _("This number is too large."))


def _place(where: str, part: str) -> str:
    return f"{where}.{part}" if where else part


def _is_storable(text: str) -> bool:
    return "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _wrong_type(field: Field) -> str:
    return _("%(field)s takes a value of type %(type)s.") % {"field": field.path, "type": field.type}
