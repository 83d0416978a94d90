"""Text with values: ``{{ path | filter }}`` over a plain dict of allowed names (DOMAIN DX-4, SECURITY TPL-3).

Not a template language: no attributes, calls, tags or arithmetic. A path walks dict keys only, the filters
are a closed list, and whatever else stands in braces is printed as it stands.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core import formats
from core.errors import DomainError, FieldError

MAX_BYTES = 64 * 1024
MAX_HOPS = 6
_PLACEHOLDER = re.compile(r"\{\{([^{}\n]{1,200})\}\}")
_PATH = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*")
_FILTER = re.compile(r"([a-z]+)(?:\s*:\s*(?:\"([^\"]*)\"|'([^']*)'|(-?\d+)))?")
_PLAIN = (str, int, float, Decimal, dt.date, dict, list, tuple)


class BadTemplateError(DomainError):
    """A text with a placeholder that could never be filled; ``errors`` has one entry per placeholder."""

    status = 422
    code = "bad_template"


@dataclass(frozen=True)
class Placeholder:
    """One ``{{ … }}``: the path and the filters with their arguments."""

    path: str
    filters: tuple[tuple[str, str | None], ...]


def resolve(path: str, names: dict[str, Any]) -> Any:
    """What lies at the dotted path in ``names``; None when a hop is missing or the value is no plain one."""
    value: Any = names
    hops = path.split(".")
    if len(hops) > MAX_HOPS:
        return None
    for hop in hops:
        if not isinstance(value, dict):
            return None
        value = value.get(hop)
    return value if isinstance(value, _PLAIN) else None


def render(text: str, names: dict[str, Any], *, escape: Callable[[str], str] | None = None) -> str:
    """``text`` with its placeholders filled; a missing value is an empty text.

    ``escape`` is applied to each value, never to the text around. Dates, numbers and money are written in the
    active language and time zone. What would pass 64 KB is left out from there on.
    """
    kept, size = [], 0
    for piece in _pieces(text, names, escape or str):
        size += len(piece.encode(errors="replace"))
        if size > MAX_BYTES:
            break
        kept.append(piece)
    return "".join(kept)


def evaluate(text: str, names: dict[str, Any]) -> Any:
    """The value itself, with its type, when ``text`` is one placeholder and nothing else; else ``render``."""
    found = _PLACEHOLDER.fullmatch(text.strip())
    placeholder = _parsed(found[1]) if found else None
    return render(text, names) if placeholder is None else _filtered(placeholder, names)


def check(text: str, known: Collection[str], *, field: str = "") -> None:
    """Accept ``text`` if each placeholder names a path in ``known`` and filters that exist.

    Raises BadTemplateError; ``field`` names the input in its errors.
    """
    errors = [_mistake(found[0], found[1], known, field) for found in _PLACEHOLDER.finditer(text)]
    if any(errors):
        raise BadTemplateError(errors=[error for error in errors if error is not None])


def _pieces(text: str, names: dict[str, Any], escape: Callable[[str], str]) -> Iterator[str]:
    end = 0
    for found in _PLACEHOLDER.finditer(text):
        yield text[end : found.start()]
        placeholder = _parsed(found[1])
        yield found[0] if placeholder is None else escape(as_text(_filtered(placeholder, names)))
        end = found.end()
    yield text[end:]


def _parsed(inside: str) -> Placeholder | None:
    """The placeholder written between the braces, or None when it is none of ours."""
    path, *calls = (part.strip() for part in inside.split("|"))
    filters = []
    for call in calls:
        found = _FILTER.fullmatch(call)
        if found is None or found[1] not in FILTERS:
            return None
        filters.append((found[1], next((group for group in found.groups()[1:] if group is not None), None)))
    return Placeholder(path, tuple(filters)) if _PATH.fullmatch(path) else None


def _mistake(whole: str, inside: str, known: Collection[str], field: str) -> FieldError | None:
    placeholder = _parsed(inside)
    if placeholder is None:
        return FieldError(field, "placeholder", _("%(text)s cannot be read.") % {"text": whole})
    if placeholder.path not in known:
        text = _("%(path)s is not available here.") % {"path": placeholder.path}
        return FieldError(field, "unknown_name", text)
    return None


def _filtered(placeholder: Placeholder, names: dict[str, Any]) -> Any:
    value = resolve(placeholder.path, names)
    for name, argument in placeholder.filters:
        value = FILTERS[name](value, argument)
    return value


def as_text(value: Any) -> str:
    """How a value is written where no filter says otherwise."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dt.datetime):
        return formats.exact(value) if value.tzinfo else value.isoformat(" ", "minutes")
    if isinstance(value, dt.date):
        return formats.day_text(value)
    if isinstance(value, list | tuple):
        return ", ".join(as_text(item) for item in value)
    return str(value) if isinstance(value, str | int | float | Decimal) else ""


def _number_of(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value))
    return number if number.is_finite() else None


def _default(value: Any, argument: str | None) -> Any:
    return (argument or "") if value is None or value in ("", [], ()) else value


def _number(value: Any, argument: str | None) -> Any:
    number = _number_of(value)
    if number is None:
        return value
    digits = min(int(argument), 6) if argument and argument.isdigit() else None
    return f"{number:,}" if digits is None else f"{number:,.{digits}f}"


def _currency(value: Any, argument: str | None) -> Any:
    number = _number_of(value)
    return value if number is None else formats.money(number, argument or "KRW")


def _date(value: Any, argument: str | None) -> Any:
    if isinstance(value, str):
        value = _from_iso(value)
    if isinstance(value, dt.datetime) and value.tzinfo:
        if argument == "time":
            return formats.time_text(formats.in_zone(value))
        return (
            formats.exact(value) if argument == "exact" else formats.day_text(formats.in_zone(value).date())
        )
    return as_text(value)


def _from_iso(text: str) -> Any:
    try:
        return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
    except ValueError:
        return text


def _join(value: Any, argument: str | None) -> Any:
    if not isinstance(value, list | tuple):
        return value
    return (", " if argument is None else argument).join(as_text(item) for item in value)


def _count(value: Any, _argument: str | None) -> Any:
    return len(value) if isinstance(value, list | tuple | dict) else int(value is not None and value != "")


def _sum(value: Any, _argument: str | None) -> Any:
    if not isinstance(value, list | tuple):
        return value
    return sum((number for number in map(_number_of, value) if number is not None), start=Decimal(0))


FILTERS: dict[str, Callable[[Any, str | None], Any]] = {
    "default": _default,
    "upper": lambda value, _argument: as_text(value).upper(),
    "number": _number,
    "currency": _currency,
    "date": _date,
    "join": _join,
    "count": _count,
    "sum": _sum,
}
