"""Arithmetic in texts that people write: numbers only, with a closed list of operations (DOMAIN DX-4).

``price * qty + max(fee, 10)``. Parsed by Python's own parser and walked by ours: no power, no texts, no calls
but the six named here; exact decimals; at most 500 characters and 100 parts.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Collection, Iterator
from decimal import ROUND_HALF_UP, Decimal, DecimalException, localcontext
from typing import Any

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.values import resolve

MAX_LENGTH, MAX_PARTS, DIGITS = 500, 100, 34
_LIMIT = Decimal(10) ** 30


class BadFormulaError(DomainError):
    """A formula that cannot be read, or has no value for the numbers it was given."""

    status = 422
    code = "bad_formula"


def _rounded(value: Decimal, digits: Decimal = Decimal(0)) -> Decimal:
    places = int(digits)
    if not 0 <= places <= 10:
        raise BadFormulaError(_("Round to 0 to 10 digits."))
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


_BINARY: dict[type[ast.operator], Callable[[Decimal, Decimal], Decimal]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_CALLS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "round": _rounded,
    "sum": lambda *values: sum(values, Decimal(0)),
    "abs": abs,
    "len": lambda *values: Decimal(len(values)),
}


def parse(text: str) -> ast.expr:
    """The formula, checked. Raises BadFormulaError."""
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_LENGTH:
        raise BadFormulaError(_("A formula has 1 to %(max)s characters.") % {"max": MAX_LENGTH})
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        raise BadFormulaError(_("This formula cannot be read.")) from error
    parts = list(ast.walk(tree))
    if len(parts) > MAX_PARTS:
        raise BadFormulaError(_("This formula has too many parts; at most %(max)s.") % {"max": MAX_PARTS})
    _check(tree)
    return tree


def paths_of(text: str) -> set[str]:
    """The names a formula reads. Raises BadFormulaError."""
    return set(_paths(parse(text)))


def check(text: str, known: Collection[str]) -> None:
    """Accept a formula that reads nothing but ``known`` names. Raises BadFormulaError."""
    for path in sorted(paths_of(text)):
        if path not in known:
            raise BadFormulaError(_("%(path)s is not available here.") % {"path": path})


def compute(text: str, names: dict[str, Any]) -> Decimal:
    """What the formula comes to with these names. Raises BadFormulaError."""
    try:
        with localcontext(prec=DIGITS):
            value = _value(parse(text), names)
    except (DecimalException, ZeroDivisionError) as error:
        raise BadFormulaError(_("This formula divides by nothing or leaves the range of numbers.")) from error
    if not isinstance(value, Decimal):
        raise BadFormulaError(_("This formula is a list and no number."))
    if not value.is_finite() or abs(value) > _LIMIT:
        raise BadFormulaError(_("This formula divides by nothing or leaves the range of numbers."))
    return value


def _check(node: ast.expr) -> None:
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        _check(node.left)
        _check(node.right)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        _check(node.operand)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _CALLS:
        if node.keywords or not node.args:
            raise BadFormulaError(_("“%(name)s” takes numbers.") % {"name": node.func.id})
        for each in node.args:
            _check(each)
    elif not (_is_number(node) or _path(node)):
        text = _("A formula knows + - * /, min, max, round, sum, abs, len, numbers and names.")
        raise BadFormulaError(text)


def _is_number(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, int | float)
        and not isinstance(node.value, bool)
    )


def _path(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _path(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def _paths(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name | ast.Attribute):
        yield _path(node)
    elif isinstance(node, ast.Call):
        for each in node.args:
            yield from _paths(each)
    else:
        for child in ast.iter_child_nodes(node):
            yield from _paths(child)


def _value(node: ast.expr, names: dict[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return Decimal(str(node.value))
    if isinstance(node, ast.BinOp):
        return _BINARY[type(node.op)](_number(node.left, names), _number(node.right, names))
    if isinstance(node, ast.UnaryOp):
        value = _number(node.operand, names)
        return -value if isinstance(node.op, ast.USub) else value
    if isinstance(node, ast.Call):
        return _called(node, names)
    return _named(_path(node), names)


def _called(node: ast.Call, names: dict[str, Any]) -> Decimal:
    assert isinstance(node.func, ast.Name)  # noqa: S101 - checked when it was parsed
    given: list[Decimal] = []
    for each in node.args:
        value = _value(each, names)
        given += value if isinstance(value, list) else [value]
    name = node.func.id
    if (name == "abs" and len(given) != 1) or (name == "round" and len(given) not in (1, 2)):
        raise BadFormulaError(_("“%(name)s” takes numbers.") % {"name": name})
    if not given and name in ("min", "max"):
        raise BadFormulaError(_("“%(name)s” has nothing to choose from.") % {"name": name})
    return Decimal(_CALLS[name](*given))


def _number(node: ast.expr, names: dict[str, Any]) -> Decimal:
    value = _value(node, names)
    if not isinstance(value, Decimal):
        raise BadFormulaError(_("A list is counted with sum, min, max or len."))
    return value


def _named(path: str, names: dict[str, Any]) -> Any:
    found = resolve(path, names)
    if isinstance(found, list | tuple):
        return [_as_number(path, each) for each in found]
    return _as_number(path, found)


def _as_number(path: str, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal | str):
        raise BadFormulaError(_("%(path)s is no number.") % {"path": path})
    try:
        return Decimal(str(value))
    except DecimalException as error:
        raise BadFormulaError(_("%(path)s is no number.") % {"path": path}) from error
