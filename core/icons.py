"""The icon sprite: one SVG file with only the icons that our templates, code and seed data name.

The drawings come from the ``lucide`` wheel when the sprite is made; none is stored in the repository.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import lucide
from django.conf import settings

FALLBACK = "circle-dashed"

# What administrators may choose for catalogue items, categories and CI classes; always part of the sprite.
CHOICES = (
    "app-window", "badge-check", "book-open", "box", "briefcase", "building-2", "calendar", "camera",
    "car", "cloud", "coffee", "cpu", "credit-card", "database", "file-text", "folder", "gift", "globe",
    "hard-drive", "headphones", "heart-pulse", "house", "id-card", "key-round", "keyboard", "laptop",
    "layers", "life-buoy", "lock", "mail", "map-pin", "monitor", "mouse", "network", "package",
    "palette", "phone", "plane", "printer", "receipt-text", "router", "server", "settings",
    "shield-check", "shopping-cart", "smartphone", "store", "tablet", "truck", "user-plus", "users",
    "video", "wifi", "wrench",
)  # fmt: skip

_TAG = re.compile(r"{%[^%]*\bicon[^%]*%}")
_QUOTED = re.compile(r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""")
_HYPHENATED = re.compile(r"""["']([a-z0-9]+(?:-[a-z0-9]+)+)["']""")
_NAMED = re.compile(r"""icon\w*["']?\s*(?::\s*\w+\s*)?[=:]\s*["']([a-z0-9-]+)["']""", re.IGNORECASE)
_TABLE = re.compile(r"\b\w*icons?\w*\s*(?::[^=\n]+)?=\s*[{(\[](.*?)[})\]]", re.IGNORECASE | re.DOTALL)
_WRAPPING = re.compile(r"^.*?<svg[^>]*>|</svg>.*$", re.DOTALL)
_BREAK = re.compile(r"\s*\n\s*")


def source_files() -> list[Path]:
    """Every template, Python and JSON file of ours in which an icon may be named."""
    base = settings.BASE_DIR
    apps = [path.parent for path in base.glob("*/apps.py")]
    files = list((base / "templates").rglob("*.html"))
    for app in apps:
        files += [path for kind in ("*.html", "*.py", "*.json") for path in app.rglob(kind)]
    return sorted(path for path in files if "migrations" not in path.parts)


def names_in(text: str, suffix: str) -> Iterator[str]:
    """The quoted words of one file that may be icon names."""
    if suffix == ".html":
        for tag in _TAG.findall(text):
            yield from _QUOTED.findall(tag)
        return
    yield from _HYPHENATED.findall(text)
    yield from _NAMED.findall(text)
    for table in _TABLE.findall(text):
        yield from _QUOTED.findall(table)


@lru_cache(maxsize=1)
def _archive() -> zipfile.ZipFile:
    return zipfile.ZipFile(Path(lucide.__file__).with_name("lucide.zip"))


@lru_cache(maxsize=1)
def drawn() -> frozenset[str]:
    """Every name the wheel has a drawing for."""
    return frozenset(Path(name).stem for name in _archive().namelist() if name.endswith(".svg"))


def used() -> list[str]:
    """The names that go into the sprite, in order."""
    found = {FALLBACK, *CHOICES}
    for path in source_files():
        found.update(names_in(path.read_text(encoding="utf-8"), path.suffix))
    return sorted(found & drawn())


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The names in the sprite, read once per process."""
    return frozenset(used())


def sprite() -> str:
    """The text of ``icons.svg``."""
    symbols = []
    for name in used():
        svg = _archive().read(f"{name}.svg").decode()
        body = _BREAK.sub("", _WRAPPING.sub("", svg))
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{body}</symbol>')
    return '<svg xmlns="http://www.w3.org/2000/svg">' + "".join(symbols) + "</svg>\n"
