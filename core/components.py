"""The plain data that components show, and the words and icons that go with it."""

from __future__ import annotations

import datetime as dt
import zlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import formats

TONES = ("neutral", "info", "good", "warn", "bad", "ask", "accent", "alarm")
BUTTON_VARIANTS = ("", "primary", "ghost", "danger")
PRIORITIES = (1, 2, 3, 4, 5)
HUES = 8
SLA_ICONS = {
    "ok": "clock",
    "warn": "alarm-clock",
    "crit": "flame",
    "breached": "triangle-alert",
    "paused": "pause",
    "met": "circle-check",
    "missed": "circle-x",
}

_CLOCK_WORDS = {
    "ok": gettext_lazy("on track"),
    "warn": gettext_lazy("due soon"),
    "crit": gettext_lazy("due very soon"),
    "paused": gettext_lazy("Paused"),
    "met": gettext_lazy("Met"),
    "missed": gettext_lazy("Missed"),
}

T = TypeVar("T")


@dataclass(frozen=True)
class FileLink:
    """A file as a page shows it."""

    name: str
    url: str
    size: int


@dataclass(frozen=True)
class FieldChange:
    """One field that changed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Entry:
    """One entry of a conversation.

    ``kind`` is ``in`` (from the requester's side), ``out`` (to it), ``note`` (internal) or ``system``.
    ``origin`` says of which other ticket it is a part; ``offer`` is what can be done with it: words, address.
    """

    kind: str
    at: dt.datetime
    who: Any = None
    body: str | SafeString = ""
    text: str = ""
    badge: str = ""
    badge_tone: str = "neutral"
    badge_icon: str = ""
    icon: str = "zap"
    changes: Iterable[FieldChange] = ()
    files: Iterable[FileLink] = ()
    anchor: str = ""
    origin: str = ""
    offer: tuple[str, str] | None = None


@dataclass(frozen=True)
class ApprovalCard:
    """A decision one person is asked for, as the portal's card shows it."""

    public_id: str
    title: str
    asked_by: Any
    url: str
    decide_url: str
    version: int = 0
    cost: str = ""
    reason: str = ""
    facts: Collection[tuple[str, str]] = ()
    due_at: dt.datetime | None = None
    asked_at: dt.datetime | None = None


def one_of(name: str, value: T, allowed: Collection[Any]) -> T:
    """The value itself. Raises ValueError, naming what is allowed, when it is not among it."""
    if value not in allowed:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, allowed))}, not {value!r}.")
    return value


def hue_of(person: Any) -> int:
    """The number of a person's colour; the same person always has the same one."""
    if person is None:
        return HUES - 1
    name = getattr(person, "username", "") or str(getattr(person, "pk", person))
    return zlib.crc32(name.encode()) % HUES


def attributes(extra: Mapping[str, Any]) -> SafeString:
    """HTML attributes from keywords: underscores become hyphens, True stands alone, False and None vanish."""
    shown = [(name.rstrip("_").replace("_", "-"), value) for name, value in extra.items()]
    for name, _value in shown:
        if name.startswith(("on", "hx-on")) or name == "style":
            raise ValueError(f"{name} is not allowed: pages have no inline script or style.")
    plain = format_html_join("", " {}", ((name,) for name, value in shown if value is True))
    valued = [(name, value) for name, value in shown if value not in (True, False, None, "")]
    return plain + format_html_join("", ' {}="{}"', valued)


def field_kind(bound: forms.BoundField) -> str:
    """How a form field is laid out: ``choices``, ``check``, ``file``, ``hidden`` or ``control``."""
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "file" if isinstance(widget, forms.FileInput) else "control"


def clock_words(clock: Any) -> str:
    """What an SLA clock's colour says, in words."""
    if clock.state == "breached":
        left = getattr(clock, "left_seconds", None) or 0
        return _("overdue by %(span)s") % {"span": formats.span(-left)}
    return str(_CLOCK_WORDS[clock.state])
