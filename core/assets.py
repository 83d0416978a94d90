"""What the readable sources in ``static/`` are served as: one style sheet, one script, the icon sprite.

Our style sheets stand in cascade layers and our modules import nothing from each other, so joining the
files in name order is all the build there is (UI section 1). What the workspace and the configuration pages
alone need are sheets of their own, each joined from the folder of its name below ``css/modules``.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from django.conf import settings

from core import icons

LAYERS = "@layer reset, tokens, base, layout, components, pages, utilities;\n"


def css_files() -> list[Path]:
    """Our style sheets in the order they are joined; what only some pages need is in ``css/modules``."""
    found = sorted((settings.BASE_DIR / "static" / "css").rglob("*.css"))
    return [path for path in found if "modules" not in path.parts]


def room_files(room: str) -> list[Path]:
    """The style sheets that only the pages of one room load, in the order they are joined."""
    return sorted((settings.BASE_DIR / "static" / "css" / "modules" / room).glob("*.css"))


def js_files() -> list[Path]:
    """The modules every page loads; what only some pages need is in ``js/modules`` and the import map."""
    return sorted((settings.BASE_DIR / "static" / "js").glob("*.js"))


def module_files() -> list[Path]:
    """The modules that pages import by name."""
    return sorted((settings.BASE_DIR / "static" / "js" / "modules").glob("*.js"))


def _title(path: Path) -> str:
    return f"/* {path.relative_to(settings.BASE_DIR).as_posix()} */\n"


def _joined(paths: list[Path]) -> str:
    return "".join(_title(path) + path.read_text(encoding="utf-8") for path in paths)


def style_sheet() -> str:
    """The text of ``app.css``."""
    return LAYERS + _joined(css_files())


def room_sheet(room: str) -> str:
    """The text of ``<room>.css``; the layers are those of ``app.css``, which every page loads before it."""
    return _joined(room_files(room))


def script() -> str:
    """The text of ``app.js``: each module in a block of its own, so that names do not meet."""
    return "".join(f"{_title(path)}{{\n{bare(path.read_text(encoding='utf-8'))}}}\n" for path in js_files())


def bare(source: str) -> str:
    """The lines of a module without its comments' lines and indentation, a fifth of what crosses the wire.

    No text of ours goes over several lines; a test holds that.
    """
    lines = (line.strip() for line in source.splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


ROOMS = ("desk", "design")
GENERATED: dict[str, tuple[Callable[[], str], Callable[[], list[Path]]]] = {
    "app.css": (style_sheet, css_files),
    **{f"{room}.css": (partial(room_sheet, room), partial(room_files, room)) for room in ROOMS},
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
