"""What the readable sources in ``static/`` are served as: one style sheet, one script, the icon sprite.

Our style sheets stand in cascade layers and our modules import nothing from each other, so joining the
files in name order is all the build there is (UI section 1).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from core import icons

LAYERS = "@layer reset, tokens, base, layout, components, pages, utilities;\n"


def css_files() -> list[Path]:
    """Our style sheets in the order they are joined; what only some pages need is in ``css/modules``."""
    found = sorted((settings.BASE_DIR / "static" / "css").rglob("*.css"))
    return [path for path in found if path.parent.name != "modules"]


def js_files() -> list[Path]:
    """The modules every page loads; what only some pages need is in ``js/modules`` and the import map."""
    return sorted((settings.BASE_DIR / "static" / "js").glob("*.js"))


def module_files() -> list[Path]:
    """The modules that pages import by name."""
    return sorted((settings.BASE_DIR / "static" / "js" / "modules").glob("*.js"))


def _title(path: Path) -> str:
    return f"/* {path.relative_to(settings.BASE_DIR).as_posix()} */\n"


def style_sheet() -> str:
    """The text of ``app.css``."""
    return LAYERS + "".join(_title(path) + path.read_text(encoding="utf-8") for path in css_files())


def script() -> str:
    """The text of ``app.js``: each module in a block of its own, so that names do not meet."""
    return "".join(f"{_title(path)}{{\n{path.read_text(encoding='utf-8')}}}\n" for path in js_files())


GENERATED: dict[str, tuple[Callable[[], str], Callable[[], list[Path]]]] = {
    "app.css": (style_sheet, css_files),
    "app.js": (script, js_files),
    "icons.svg": (icons.sprite, icons.source_files),
}


def folder() -> Path:
    """Where generated files are kept; safe to delete."""
    return Path(settings.ENV.data_dir) / "static" / "generated"


def generate(name: str) -> Path:
    """The path of one generated file, made anew when a source is younger than it."""
    make, sources = GENERATED[name]
    target = folder() / name
    newest = max((path.stat().st_mtime_ns for path in [Path(__file__), *sources()]), default=0)
    if not target.exists() or target.stat().st_mtime_ns < newest:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=target.parent, delete=False, encoding="utf-8") as part:
            part.write(make())
        Path(part.name).chmod(0o644)
        os.replace(part.name, target)
    return target
