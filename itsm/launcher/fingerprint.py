"""Hashes that tell whether code has changed since the last start."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from itsm.environment import BASE_DIR

SKIPPED = frozenset({".venv", "var", "tests", "bench", "docs", "node_modules", "__pycache__", ".git"})


def of_code() -> str:
    """Changes whenever migrations or reference data may have: any source file of ours, or a dependency."""
    return _digest(_files(BASE_DIR, {".py", ".json", ".yaml", ".toml"}))


def of_static() -> str:
    """Changes whenever a collected static file may have changed."""
    files = [BASE_DIR / "uv.lock", BASE_DIR / "itsm" / "settings.py"]
    for folder in BASE_DIR.iterdir():
        static = folder if folder.name == "static" else folder / "static"
        if folder.name not in SKIPPED and static.is_dir():
            files += [path for path in static.rglob("*") if path.is_file()]
    return _digest(files)


def _files(folder: Path, suffixes: set[str]) -> Iterable[Path]:
    yield BASE_DIR / "uv.lock"
    for top in folder.iterdir():
        if top.is_dir() and top.name not in SKIPPED and not top.name.startswith("."):
            yield from (path for path in top.rglob("*") if path.suffix in suffixes and path.is_file())


def _digest(files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in sorted(files):
        if path.exists():
            whole.update(str(path.relative_to(BASE_DIR)).encode("utf-8", "surrogateescape") + b"\0")
            whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()[:16]
