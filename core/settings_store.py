"""Settings a company may change: declared in code with a default, kept as rows (PROCESSES G-10)."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from core import audit
from core.errors import BadInputError
from core.models import Setting

_FRESH_SECONDS = 2.0


@dataclass(frozen=True)
class Declaration:
    """A setting's key, default (its type is the type) and what it does."""

    key: str
    default: Any
    help: str


_declared: dict[str, Declaration] = {}
_cache: tuple[float, dict[str, Any]] = (0.0, {})


def declare(key: str, *, default: Any, help: str) -> None:
    """Make ``key`` known; call at import time of the app that reads it."""
    _declared[key] = Declaration(key, default, help)


def declared() -> list[Declaration]:
    """All settings, by key."""
    return sorted(_declared.values(), key=lambda row: row.key)


def value(key: str) -> Any:
    """The company's value, or the default. A change is seen by other processes within 2 seconds."""
    global _cache  # noqa: PLW0603 - one small cache per process
    read_at, rows = _cache
    if time.monotonic() - read_at > _FRESH_SECONDS:
        rows = dict(Setting.objects.values_list("key", "value"))
        _cache = (time.monotonic(), rows)
    return rows.get(key, _declared[key].default)


def change(key: str, new: Any, *, actor: Any) -> None:
    """Store ``new`` for ``key``. Raises BadInputError for an unknown key or another type."""
    global _cache  # noqa: PLW0603
    if key not in _declared or type(new) is not type(_declared[key].default):
        raise BadInputError(f"{key} is not a setting of that type.")
    old = value(key)
    Setting.objects.update_or_create(key=key, defaults={"value": new})
    audit.write(
        actor=actor, table="core_setting", object_ref=key, action="changed", diff={"value": [old, new]}
    )
    _cache = (0.0, {})


def forget() -> None:
    """Read the rows again at the next question (tests)."""
    global _cache  # noqa: PLW0603
    _cache = (0.0, {})
